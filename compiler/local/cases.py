"""Cases of `sagepipe test`: what is given and what is expected, read from YAML, and compared."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from compiler.local.parameters import ParameterFault, bind
from compiler.local.plan import Plan
from compiler.local.rehearsal import Facts, Failure, Rehearsed, rehearse
from compiler.local.retries import EXCEPTIONS, exception_named
from compiler.local.values import ValueFault, segments, select
from compiler.syntax import Mapping as MapNode
from compiler.syntax import Node, Scalar, Sequence
from compiler.text import guess, not_named, record
from compiler.text.jsonfault import parse_json

Json = Any
GIVEN = ("parameters", "metrics", "files", "outputs", "fail")
EXPECTED = ("status", "steps", "not_run", "values", "attempts")
MAPS, MAPS_OF_MAPS = ("parameters", "metrics", "attempts", "expect"), ("files", "outputs", "values")
LISTS = ("steps", "not_run")
FAILURE = ("reason", "exception", "times")


class CasesFault(Exception):
    """The cases cannot be read; the text says where and why, a line each."""


@record
class Case:
    """One case. `place` is `file:line`; the maps are as written."""

    name: str
    place: str
    parameters: dict[str, str]
    facts: Facts
    expect: dict[str, Json]


@record
class Verdict:
    """How a case came out: `differences` are lines, none where all is as expected."""

    case: Case
    differences: tuple[str, ...]
    rehearsed: Rehearsed | None = None


Metrics = Mapping[str, tuple[str, str]]


class Reader:
    """Reads cases. `metrics`: the names of the pipeline's metrics, `step:name`, to step and JSON path."""

    def __init__(self, plan: Plan, metrics: Metrics, folder: Path) -> None:
        self._plan, self._metrics, self._folder = plan, metrics, folder
        self.faults: list[str] = []

    def cases(self, root: Node | None) -> list[Case]:
        """All cases of a document. Raises `CasesFault` with all that is wrong in it."""
        document = self._map(root, "the document", ("version", "cases"))
        if plain(document.get("version")) != 1:
            self._fault(document.get("version") or root, "`version: 1` is required")
        given = document.get("cases")
        found = []
        if isinstance(given, MapNode) and given.entries:
            found = [self._case(entry.key, entry.value) for entry in given]
        else:
            self._fault(given or root, "`cases` must be a map of names to cases, one at least")
        if self.faults:
            raise CasesFault("\n".join(self.faults))
        return found

    def _case(self, key: Scalar, node: Node) -> Case:
        fields = self._map(node, f"case `{key.text}`", (*GIVEN, "expect"))
        expect = self._map(fields.get("expect"), "`expect`", EXPECTED)
        facts = Facts(
            self._measured(fields.get("metrics")), self._files(fields.get("files")),
            {str(k): v for k, v in (plain(fields.get("outputs")) or {}).items()}, self._failures(fields.get("fail")),
        )  # fmt: skip
        self._known([*facts.outputs, *facts.files, *facts.failures], node)
        said = {name: plain(value) for name, value in expect.items()}
        named = [said.get(key) or [] for key in ("steps", "not_run", "values", "attempts")]
        self._known([name for names in named for name in names], node)
        parameters = fields.get("parameters")
        texts = {e.key.text: _text(e.value) for e in parameters} if isinstance(parameters, MapNode) else {}
        return Case(key.text, _place(key), texts, facts, said)

    def _measured(self, node: Node | None) -> dict[tuple[str, str], Json]:
        found: dict[tuple[str, str], Json] = {}
        for entry in node if isinstance(node, MapNode) else ():
            name = entry.key.text
            step, _, rest = name.partition(":")
            if step not in self._plan.nodes:
                self._fault(entry.key, f"`{name}` names no step: write step:metric")
            elif name not in self._metrics:
                self._is_path(entry.key, step, rest)
            found[self._metrics.get(name) or (step, rest)] = plain(entry.value)
        return found

    def _is_path(self, key: Scalar, step: str, path: str) -> None:
        """A fault, where a step has metrics and this is neither the name of one nor the path of any that is read."""
        named = [name for name, (owner, _) in self._metrics.items() if owner == step]
        known = [*_paths(self._plan), *(self._metrics[name][1] for name in named)]
        if named and path not in known:
            near = guess(key.text, named) or f"these are: {', '.join(named)}"
            self._fault(key, f"`{step}` has no metric `{path}`; {near}")

    def _files(self, node: Node | None) -> dict[str, dict[str, Json]]:
        """Contents, written out or in a JSON file beside the cases."""
        found: dict[str, dict[str, Json]] = {}
        for step in node if isinstance(node, MapNode) else ():
            files = step.value if isinstance(step.value, MapNode) else ()
            found[step.key.text] = {entry.key.text: self._content(entry.value) for entry in files}
        return found

    def _content(self, node: Node) -> Json:
        if not isinstance(node, Scalar):
            return plain(node)
        try:
            return parse_json((self._folder / node.text).read_bytes())
        except (OSError, ValueError) as error:
            self._fault(node, f"`{node.text}` is no JSON file that can be read: {error}")
            return None

    def _failures(self, node: Node | None) -> dict[str, Failure]:
        if isinstance(node, MapNode):
            return {entry.key.text: self._failure(entry.value) for entry in node}
        match plain(node):
            case list() as names:
                return {str(name): Failure() for name in names}
            case None:
                return {}
            case name:
                return {str(name): Failure()}

    def _failure(self, node: Node) -> Failure:
        """A reason, or a map that says more."""
        if isinstance(node, Scalar):
            return Failure(node.text or "injected")
        fields = {name: plain(value) for name, value in self._map(node, "a failure", FAILURE).items()}
        said, times = str(fields.get("exception") or ""), fields.get("times") or 0
        exception = exception_named(said)
        if said and not exception:
            self._fault(node, f"`{said}` is no exception of retry policies; these are: {', '.join(EXCEPTIONS)}")
        if not isinstance(times, int) or times < 0:
            self._fault(node, f"`times` counts the attempts that fail, which `{times}` does not")
            times = 0
        return Failure(str(fields.get("reason") or exception or "injected"), exception, times)

    def _known(self, names: list[Json], node: Node) -> None:
        for name in names:
            body = str(name).rpartition("-")[0]
            if str(name) not in self._plan.nodes and body not in self._plan.nodes:
                self._fault(node, not_named("step", str(name), self._plan.nodes))

    def _map(self, node: Node | None, about: str, keys: tuple[str, ...]) -> dict[str, Node]:
        if node is None:
            return {}
        if not isinstance(node, MapNode):
            self._fault(node, f"{about} must be a map")
            return {}
        for entry in node:
            if entry.key.text not in keys:
                self._fault(entry.key, f"{about} has no key `{entry.key.text}`; these are: {', '.join(keys)}")
        return {entry.key.text: entry.value for entry in node if self._has_form(entry.key.text, entry.value)}

    def _has_form(self, key: str, value: Node) -> bool:
        """Whether a value is a map or a list where its key wants one."""
        inner = list(value) if isinstance(value, MapNode) else []
        if key in (*MAPS, *MAPS_OF_MAPS) and not isinstance(value, MapNode):
            self._fault(value, f"`{key}` must be a map")
        elif key in LISTS and not isinstance(value, Sequence):
            self._fault(value, f"`{key}` must be a list")
        elif key in MAPS_OF_MAPS and not all(isinstance(entry.value, MapNode) for entry in inner):
            self._fault(value, f"`{key}` must be a map of steps, each to a map")
        else:
            return True
        return False

    def _fault(self, node: Node | None, message: str) -> None:
        self.faults.append(f"{_place(node)}: {message}" if node is not None else message)


def _paths(plan: Plan) -> Iterator[str]:
    """The JSON paths that the steps of a plan read."""
    stack: list[Json] = [node.json for node in plan.nodes.values()]
    while stack:
        match stack.pop():
            case {"Std:JsonGet": {"Path": str(path)}}:
                yield path
            case dict() as inner:
                stack += inner.values()
            case list() as inner:
                stack += inner


def plain(node: Node | None) -> Json:
    """A node as plain values."""
    match node:
        case Scalar():
            return node.value
        case Sequence():
            return [plain(item) for item in node.items]
        case MapNode():
            return {entry.key.text: plain(entry.value) for entry in node}
        case _:
            return None


def _text(node: Node) -> str:
    return node.text if isinstance(node, Scalar) else json.dumps(plain(node))


def _place(node: Node | None) -> str:
    return f"{node.span.source.path}:{node.span.position[0]}" if node is not None else ""


def judge(plan: Plan, case: Case, parameters: Mapping[str, str]) -> Verdict:
    """Rehearse a case, and compare. `parameters` are those of all cases that do not say otherwise."""
    try:
        bound = bind(plan, {**parameters, **case.parameters})
    except ParameterFault as fault:
        return Verdict(case, tuple(str(fault).splitlines()))
    found = rehearse(plan, bound, case.facts)
    return Verdict(case, tuple(_differences(case, found)), found)


def _differences(case: Case, found: Rehearsed) -> Iterator[str]:
    """What is not as expected. A failure that nobody expected is told, whatever else the case expects."""
    expect = case.expect
    if "status" in expect and expect["status"] != found.status:
        yield f"status: expected {expect['status']}, got {found.status}"
    for name, outcome in found.outcomes.items():
        injected = name in case.facts.failures
        if outcome.status == "Failed" and not injected and "status" not in expect:
            yield f"step `{name}` failed: {outcome.reason}"
    if "steps" in expect:
        yield from _list_difference("steps, in their order", [str(s) for s in expect["steps"]], list(found.order))
    for name in expect.get("not_run") or ():
        if name in found.order:
            yield f"`{name}` was not to run, and ran"
    for step, count in (expect.get("attempts") or {}).items():
        if count != found.attempts.get(step, 0):
            yield f"`{step}` was to be tried {count} times, and was {found.attempts.get(step, 0)} times"
    for step, values in (expect.get("values") or {}).items():
        for path, value in values.items():
            yield from _value_difference(found, step, str(path), value)


def _list_difference(about: str, expected: list[str], got: list[str]) -> Iterator[str]:
    if expected == got:
        return
    yield f"{about} (- expected, + got):"
    yield from (f"  {line}" for line in difflib.ndiff(expected, got) if not line.startswith("?"))


def _value_difference(found: Rehearsed, step: str, path: str, expected: Json) -> Iterator[str]:
    if step not in found.arguments:
        yield f"`{step}` did not run, so it has no `{path}`"
        return
    try:
        got = select(found.arguments[step], segments(path), path)
    except ValueFault as fault:
        yield f"`{step}`: {fault}"
        return
    if got != expected:
        yield f"`{step}` {path}: expected {json.dumps(expected)}, got {json.dumps(got)}"
