"""Every table of `REFERENCE.md`, by name, made from what the compiler itself goes by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import click

from compiler.cli.application import VERBS, sagepipe
from compiler.decode.schema import default_fields
from compiler.devtools.field_rows import rows
from compiler.diagnostics import CODES
from compiler.model.document import DOCUMENT, PARAMETER, PIPELINE, TARGET_FIELDS
from compiler.model.kinds import Field, Kind, MapOf, Record
from compiler.model.pipeline import Step
from compiler.model.steptype import StepType
from compiler.resolve.references import EXECUTION
from compiler.resolve.stepkeys import EXCEPTIONS
from compiler.shapes.images import Scope, algorithms, frameworks, versions
from compiler.steps import STEP_TYPES
from compiler.steps.parts import COMMON, RAW
from compiler.syntax import Mapping as Map
from compiler.text import Source, Span

SEVERAL = 3  # a field of so many types is told once, for all of them
CACHE = {"yes": "yes", "admitted": "admitted", "no": ""}
SCOPES: dict[Scope, str] = {"training": "train", "inference": "serve", "processing": "process"}


def tables() -> dict[str, str]:
    """Name to Markdown."""
    return {
        "keys of the document": fields_table({k: Field(_flat(f.kind), f.doc, f.required) for k, f in DOCUMENT.items()}),
        "keys of pipeline": fields_table(PIPELINE),
        "keys of a parameter": fields_table(PARAMETER.fields),
        "keys of a target": fields_table({k: f for k, f in TARGET_FIELDS.items() if k not in PIPELINE}),
        "keys of defaults": ", ".join(f"`{name}`" for name in default_fields()),
        "keys of every step": fields_table({**COMMON, "raw": RAW}),
        "keys of several step types": shared_table(),
        "step types": overview(),
        "exceptions": exceptions(),
        "execution": table(("expression", "wire form"), _execution()),
        "frameworks": table(("to", "frameworks"), _frameworks()),
        "algorithms": ", ".join(f"`{name}`" for name in algorithms()) + ".",
        "codes": table(("code", "", "what it says"), ((f"`{n}`", c.severity, c.summary) for n, c in CODES.items())),
        **{f"step {t.name}": step(t) for t in STEP_TYPES.values()},
        "verbs": verbs(),
    }


def table(head: Iterable[str], body: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    lines = [tuple(head), *(tuple(map(_escaped, line)) for line in body)]
    lines.insert(1, tuple("---" for _ in lines[0]))
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _escaped(cell: str) -> str:
    """`|` ends a cell even in code, and `<` begins a tag elsewhere."""
    pieces = cell.replace("|", r"\|").split("`")
    return "`".join(piece if number % 2 else piece.replace("<", "&lt;") for number, piece in enumerate(pieces))


def fields_table(fields: Mapping[str, Field]) -> str:
    """A line for each key and for each key of the maps in it."""
    found = (
        (f"`{r.key}`{'*' if r.required else ''}", r.takes, "yes" if r.late else "", r.doc)
        for r in rows(fields)
        if not r.key.endswith(".raw")
    )
    return table(("key", "takes", "run time", "what"), found)


def _flat(kind: Kind) -> Kind:
    """The kind of a section whose keys have a table of their own, without them."""
    match kind:
        case Record():
            return Record({})
        case MapOf(Record()):
            return MapOf(Record({}))
        case _:
            return kind


def shared(name: str) -> bool:
    """Whether a field is one and the same in many types."""
    found = [t.fields[name] for t in STEP_TYPES.values() if name in t.fields]
    return len(found) >= SEVERAL and all(f is found[0] for f in found)


def shared_table() -> str:
    found: dict[str, Field] = {}
    for step_type in STEP_TYPES.values():
        found |= {n: f for n, f in step_type.fields.items() if n not in COMMON and n != "raw" and shared(n)}
    return fields_table(found)


def overview() -> str:
    head = ("`type`", "JSON type", "cache", "retry on", "`step:` offers")
    return table(head, (_summary(t) for t in STEP_TYPES.values()))


def _summary(step_type: StepType) -> tuple[str, ...]:
    anchor = f"[`{step_type.name}`](#{step_type.name})"
    kind = f"`{step_type.json_type}`" if step_type.json_type else "any"
    return anchor, kind, CACHE[step_type.cache], _retries(step_type), ", ".join(offered(step_type))


def _retries(step_type: StepType) -> str:
    if len(step_type.retry) == len(EXCEPTIONS):
        return "all"
    return ", ".join(f"`{name}`" for name in step_type.retry)


def offered(step_type: StepType) -> Iterator[str]:
    """What a step of the type offers, told from one that declares nothing."""
    nowhere = Span(Source("", ""), 0, 0)
    offers = step_type.offers(Step("", nowhere, step_type, Map({}, nowhere)))
    names = [name for name in offers.names if not name.startswith("model-")]
    yield from (f"`{name}`" for name in names)
    if len(names) < len(offers.names):
        yield "`model-1` to `model-50`"
    yield from (f"each of its `{group}`" for group in offers.groups)
    if step_type.descend is not None:
        yield "`selected.OFFER`, `outputs[0].STEP.OFFER`"


def step(step_type: StepType) -> str:
    """One step type: what it becomes, and its own keys."""
    own = {n: f for n, f in step_type.fields.items() if n not in COMMON and n != "raw" and not shared(n)}
    others = [n for n in step_type.fields if n not in COMMON and n != "raw" and shared(n)]
    parts = [
        "\n".join(_facts(step_type)),
        fields_table(own) if own else "",
        "Shared with other types: " + ", ".join(f"`{n}`" for n in others) + "." if others else "",
    ]
    return "\n\n".join(filter(None, parts))


def _facts(step_type: StepType) -> Iterator[str]:
    if step_type.request:
        yield f"- becomes `{step_type.json_type}`, with the members of {_shape(step_type.request)}"
    elif step_type.json_type:
        yield f"- becomes `{step_type.json_type}`"
    if offers := ", ".join(offered(step_type)):
        yield f"- offers {offers}"
    if properties := list(_properties(step_type)):
        yield f"- properties: {', '.join(properties)}"
    if step_type.cache == "yes":
        key = ", ".join(f"`{name}`" for name in step_type.cache_key)
        yield f"- can be cached; in the key: {key}"
    elif step_type.cache == "admitted":
        yield "- the service takes `cache` here and does not say that it works: a warning tells so"
    if step_type.retry:
        yield f"- is retried on {_retries(step_type) if len(step_type.retry) < len(EXCEPTIONS) else 'all exceptions'}"
    yield from (f"- pipelines refuse `{name}`: {why}" for name, why in step_type.forbidden.items())


def _shape(name: str) -> str:
    service, _, shape = name.partition(":")
    return f"`{shape}`" if service == "sagemaker" else f"`{shape}` of {service}"


def _properties(step_type: StepType) -> Iterator[str]:
    if step_type.describe:
        yield _shape(step_type.describe)
    yield from (f"`{name}`" for name in step_type.extra_properties)


def exceptions() -> str:
    def takers(word: str) -> str:
        return ", ".join(f"`{t.name}`" for t in STEP_TYPES.values() if word in t.retry)

    return table(("word", "wire form", "step types"), ((f"`{w}`", f"`{x}`", takers(w)) for w, x in EXCEPTIONS.items()))


def _execution() -> Iterator[tuple[str, str]]:
    yield from ((f"`execution.{name}`", f"`Execution.{api}`") for name, api in EXECUTION.items())


def _frameworks() -> Iterator[tuple[str, str]]:
    for scope, verb in SCOPES.items():
        yield verb, ", ".join(f"`{name}`" for name in frameworks() if versions(name, scope))


def verbs() -> str:
    """Every verb of the command line and its own verbs, as the command line knows them."""
    return "\n\n".join(part for name in VERBS for part in _verb(_command(sagepipe, name), f"sagepipe {name}"))


def _verb(command: click.Command, name: str) -> Iterator[str]:
    yield f"### {name}"
    yield " ".join((command.help or "").split("\n\n")[0].split())
    context = click.Context(command, info_name=name)
    yield f"`{' '.join([name, *command.collect_usage_pieces(context)])}`"
    if found := list(_options(command, context)):
        yield table(("option", "what"), found)
    if isinstance(command, click.Group):
        for inner in command.list_commands(context):
            yield from _verb(_command(command, inner), f"{name} {inner}")


def _command(group: click.Group, name: str) -> click.Command:
    command = group.get_command(click.Context(group), name)
    assert command is not None
    return command


def _options(command: click.Command, context: click.Context) -> Iterator[tuple[str, str]]:
    for parameter in command.params:
        record = parameter.get_help_record(context)
        if record and isinstance(parameter, click.Option):
            yield f"`{record[0]}`", record[1]
