"""Random valid documents: steps on the top level, in branches and in loops; targets, defaults, variables, a matrix."""

from __future__ import annotations

import json
import re
from typing import Any

from hypothesis import strategies as st
from random_services import SERVICES
from random_steps import MAKERS, Maker, Step, cache, retry
from random_values import INTEGER, STRING, Author, Chain, Made, Offer

Json = Any
ALL: dict[str, Maker] = {**MAKERS, **SERVICES}
NOT_IN_LOOPS = ("condition", "fail")
ROLE = "arn:aws:iam::111122223333:role/sm-pipeline"


def lay(author: Author, chain: Chain, count: int) -> dict[str, Step]:
    """The steps of one level."""
    steps: dict[str, Step] = {}
    for _ in range(count):
        name = author.name()
        kinds = [k for k in ALL if not (k in NOT_IN_LOOPS and chain)] + (
            [] if chain else ["for-each", "notice", "cleanup"]
        )
        kind = author.pick(kinds)
        if any(branch in ("then", "else") for _, branch in chain) and author.chance(5):
            kind = "fail"
        step, offers, depends = _one(author, chain, name, kind)
        steps[name] = step
        if depends and kind not in ("raw", "notice", "cleanup"):
            _waits(author, chain, step)
        names = _stamped(author, name, step, offers) if kind in ("lambda", "callback", "processing") else [name]
        for each in names:
            own = tuple(offers) if each == name else ()
            author.made.append(Made(each, step["type"], chain, own, _last(step, kind)))
    return steps


def _last(step: Step, kind: str) -> bool:
    """Whether nothing may wait for the step: it ends the execution, is a condition, or may never run."""
    return kind in ("condition", "fail", "notice", "cleanup") or step.get("definition", {}).get("Type") == "Fail"


def _one(author: Author, chain: Chain, name: str, kind: str) -> tuple[Step, list[Offer], bool]:
    if kind == "for-each":
        return *_loop(author, name), author.chance(3)
    if kind == "notice":
        return _notice(author, chain), [], False
    if kind == "cleanup":
        return _cleanup(author, chain), [], False
    step, offers = ALL[kind](author, chain, name)
    if kind == "condition":
        for branch in ("then", "else"):
            if author.chance(2):
                step[branch] = lay(author, ((name, branch),), author.number(0, 2))
    return step, offers, author.chance(3)


def _loop(author: Author, name: str) -> tuple[Step, list[Offer]]:
    """A for-each; a lambda in its body writes the number it may select by."""
    maps = [{"id": i, "a": {"b": [f"item {i}"]}} for i in range(author.number(1, 3))]
    given = author.pick((maps, ["a", 2, True], f"${{{{ {author.parameter('items', STRING, lambda: '[1]')} }}}}"))
    author.item = "item.id" if given is maps else "item"
    deep = {"deep": "${{ item.a['b'][0] }}"} if given is maps else {}
    step: Step = {"type": "for-each", "items": given, "max_concurrency": author.number(1, 50)}
    chain: Chain = ((name, "steps"),)
    measure = author.name()
    body: dict[str, Step] = {
        measure: {
            "type": "lambda",
            "function": "arn:aws:lambda:us-east-1:111122223333:function:sagemaker-measure",
            "arguments": {"item": "${{ item }}", "text": f"x-${{{{ {author.item} }}}}"} | deep,
            "outputs": {"score": "float"},
        }
    }
    author.made.append(Made(measure, "lambda", chain, (Offer(f"{measure}:score", f"steps.{measure}.score", "float"),)))
    step["steps"] = body | lay(author, chain, author.number(0, 2))
    offers = [
        Offer("", f"steps.{name}.status", STRING),
        Offer("", f"steps.{name}.properties.FailedStepCount", INTEGER),
        Offer("", f"steps.{name}.outputs[0].{measure}.score", "float"),
    ]
    if author.chance(2):
        step["select"] = {author.pick(("max_by", "min_by")): author.pick(
            (f"{measure}:score", f"${{{{ steps.{measure}.score }}}}"))}  # fmt: skip
        offers.append(Offer("", f"steps.{name}.selected.score", "float"))
    return step, offers


def _notice(author: Author, chain: Chain) -> Step:
    """A lambda that runs on an outcome other than completion."""
    step: Step = {"type": "lambda", "function": "arn:aws:lambda:us-east-1:111122223333:function:sagemaker-notice"}
    waited = [m.name for m in author.made if m.chain == () and not m.last]
    if waited:
        step["after"] = [{"step": author.pick(waited), "trigger": author.pick(("failed", "stopped", "any"))}]
    return step


def _cleanup(author: Author, chain: Chain) -> Step:
    trained = [m.name for m in author.made if m.chain == () and m.type == "training"]
    if not trained:
        return _notice(author, chain)
    name = author.pick(trained)
    return {"type": "cleanup", "after": [name], "raw": {"Resources": {"S3": [{"StepName": name}]}}}


def _waits(author: Author, chain: Chain, step: Step) -> None:
    names = [m.name for m in author.made if chain[: len(m.chain)] == m.chain and not m.last]
    if names:
        step["after"] = [author.pick((n, {"step": n}, {"step": n, "trigger": "completed"})) for n in author.some(names)]


def _stamped(author: Author, name: str, step: Step, offers: list[Offer]) -> list[str]:
    """The names of a step stamped out by a matrix; the step itself when it has none."""
    if not author.chance(5):
        return [name]
    step["matrix"] = {"k": ["a", "b.c"], "n": [1]} if author.chance(2) else {"k": [author.pick((1, 1.5, True))]}
    step["description"] = "for ${{ matrix.k }}"
    texts = [str(k).lower() if isinstance(k, bool) else str(k) for k in step["matrix"]["k"]]
    tail = "-1" if "n" in step["matrix"] else ""
    offers.clear()
    return [f"{name}-{re.sub('[^A-Za-z0-9_-]', '-', text)}{tail}" for text in texts]


def defaults(author: Author) -> Json:
    shared = {
        "cache": lambda: cache(author),
        "retry": lambda: retry(author, ("throttling", "service-fault", "capacity")),
        "tags": author.texts,
        "volume_gb": lambda: 40,
        "processing": lambda: {"max_runtime": "3h", "env": {"A": 1}},
        "training": lambda: {"kms_key": None, "input_mode": "File"},
        "lambda": lambda: {"cache": None, "arguments": {"shared": "${{ execution.id }}"}},
    }
    return {key: shared[key]() for key in author.some(shared, most=4)}


def targets(author: Author, steps: dict[str, Step]) -> Json:
    """Two targets; the second overrides settings, parameters, defaults and a step."""
    other: Json = {"role": ROLE.replace("1111", "4444"), "bucket": "other-bucket"}
    patched = [n for n, s in steps.items() if s["type"] not in ("raw", "condition", "register-model")]
    optional = {
        "tags": lambda: {"stage": "prod"},
        "prefix": lambda: "team/a",
        "defaults": lambda: defaults(author),
        "steps": lambda: {n: {"display_name": "patched"} for n in author.some(patched)},
        "variables": lambda: {n: v for n, v in author.variables.items() if author.chance(2)},
        "parameters": lambda: {n: p["default"] for n, p in author.parameters.items() if "default" in p},
    }
    for key in author.some(optional, most=4):
        other[key] = optional[key]()
    return {"dev": {"default": True}, "prod": other}


@st.composite
def documents(draw: Any, most: int = 5) -> dict[str, Json]:
    """A document without a fault, as plain JSON values in the author's order."""
    author = Author(draw)
    steps = lay(author, (), author.number(1, most))
    pipeline: dict[str, Json] = {"name": "random", "region": "us-east-1", "role": ROLE, "bucket": "some-bucket"}
    pipeline |= author.pick(({}, {"prefix": "p/q"}, {"tags": {"a": "b"}, "parallelism": 3}, {"metadata": {"k": 1}}))
    trial = author.wrapped(author.pick(("execution.id", author.plain_parameter(STRING))))
    pipeline |= author.pick(({}, {"experiment": True}, {"experiment": {"trial": f"t-{trial}"}}))
    document: dict[str, Json] = {"version": 1, "pipeline": pipeline, "steps": steps}
    if author.chance(2):
        document["defaults"] = defaults(author)
    if author.chance(2):
        document["targets"] = targets(author, steps)
    if author.parameters:
        document["parameters"] = author.parameters
    if author.files:
        document["files"] = author.files
    if author.variables:
        document["variables"] = author.variables
    return document


PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./]*")
RESERVED = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}


def yaml_text(value: Json, indent: int = 0) -> str:
    """A document as YAML: maps in blocks, lists in brackets, text in quotes where it is not plainly text."""
    pad = "  " * indent
    if isinstance(value, dict) and value:
        lines = []
        for key, inner in value.items():
            block = isinstance(inner, dict) and inner
            below = "\n" + yaml_text(inner, indent + 1) if block else " " + scalar_text(inner) + "\n"
            lines.append(f"{pad}{scalar_text(key)}:{below}")
        return "".join(lines)
    return pad + scalar_text(value) + "\n"


def scalar_text(value: Json) -> str:
    if isinstance(value, str) and PLAIN.fullmatch(value) and value.lower() not in RESERVED:
        return value
    return json.dumps(value, ensure_ascii=False)
