"""Run-time parameters: typed, with their defaults as the target leaves them."""

from __future__ import annotations

from compiler.decode.fold import Scope, fold
from compiler.decode.merge import is_null
from compiler.decode.structure import conform
from compiler.diagnostics import Report
from compiler.expr import DECLARED, UNKNOWN, Type
from compiler.model.document import PARAMETER
from compiler.model.pipeline import Parameter
from compiler.syntax import Entry, Gap, Mapping, Node, Scalar, ScalarValue, Sequence, Template
from compiler.text import Span, guess


def read_parameters(
    declared: Mapping | None, patches: Mapping | None, scope: Scope, report: Report
) -> dict[str, Parameter]:
    """The parameters by name, in order. A target may replace defaults; type and range hold for those, too."""
    found: dict[str, Parameter] = {}
    for entry in declared or ():
        node = _declaration(entry, scope, report)
        if isinstance(node, Mapping):
            given = patches.get(entry.key.text) if patches else None
            found[entry.key.text] = _parameter(entry, node, fold(given, scope) if given else None, report)
        else:
            found[entry.key.text] = Parameter(entry.key.text, UNKNOWN, entry.key.span)
    for patch in patches or ():
        if patch.key.text not in found:
            report.add(
                "unknown-parameter",
                f"no parameter is named `{patch.key.text}`",
                patch.key.span,
                hint=guess(patch.key.text, found) or "declare it under `parameters`",
            )
    return found


def _declaration(entry: Entry, scope: Scope, report: Report) -> Node:
    """The folded declaration; what folding put in is checked in structure, and what only a run knows is refused."""
    name, node = entry.key.text, fold(entry.value, scope)
    if isinstance(node, Mapping) and node is not entry.value:
        node = conform(node, PARAMETER, "properties/parameters/additionalProperties", f"parameter `{name}`", report)
    if not isinstance(node, Mapping):
        if not isinstance(node, Gap):
            report.add("wrong-type", f"parameter `{name}` wants a map known when compiling", node.span)
        return node
    for key in ("type", "enum", "min", "max", "pattern", "description"):
        if isinstance(value := node.get(key), Template):
            _runtime(_first_path(value), f"`{key}` of parameter `{name}`", report)
    return node


def _parameter(entry: Entry, node: Mapping, patched: Node | None, report: Report) -> Parameter:
    name = entry.key.text
    kind = node.get("type")
    type_ = DECLARED.get(kind.text, UNKNOWN) if isinstance(kind, Scalar) else UNKNOWN
    default = node.get("default") if patched is None else None if is_null(patched) else patched
    bounds = [_number(node.get(key)) for key in ("min", "max")]
    enum = node.get("enum")
    words = tuple(_read(i, type_, name, "a word", report) for i in enum.items) if isinstance(enum, Sequence) else ()
    return Parameter(
        name=name,
        type=type_,
        span=entry.key.span,
        default=_read(default, type_, name, "the default", report) if default is not None else None,
        default_span=default.span if default is not None else None,
        enum=() if None in words else words,
        enum_spans=tuple(i.span for i in enum.items) if isinstance(enum, Sequence) and None not in words else (),
        minimum=bounds[0],
        maximum=bounds[1],
        pattern=_text(node.get("pattern")),
        description=_text(node.get("description")),
        spans={e.key.text: e.value.span for e in node},
    )


def _read(node: Node, type_: Type, name: str, what: str, report: Report) -> ScalarValue:
    """The value as the parameter's type has it; a string takes a scalar's own text. None where it is at fault."""
    if isinstance(node, (Sequence, Mapping)):
        report.add("wrong-type", f"{what} of parameter `{name}` is a scalar", node.span)
        return None
    if not isinstance(node, Scalar):
        if not isinstance(node, Gap):
            _runtime(_first_path(node), f"{what} of parameter `{name}`", report)
        return None
    value = node.value
    match type_, value:
        case ("unknown", _):
            return None
        case "string", str():
            return value
        case "string", int() | float() if not isinstance(value, bool):
            return node.text
        case "boolean", bool():
            return value
        case "integer", int() if not isinstance(value, bool):
            return value
        case "float", int() | float() if not isinstance(value, bool):
            return float(value)
    report.add(
        "parameter-type",
        f"`{node.text}` is not {_ARTICLES[type_]} as parameter `{name}` is declared",
        node.span,
        hint=_mend(type_, node),
    )
    return None


_ARTICLES = {"string": "a string", "integer": "an integer", "float": "a float", "boolean": "a boolean"}


def _mend(type_: Type, node: Scalar) -> str:
    if type_ == "string":
        return f'write "{node.text}" in quotes'
    if isinstance(node.value, str) and not node.plain:
        return "remove the quotes if a number or a boolean is meant"
    return ""


def _first_path(node: Node) -> Span:
    """The first expression in a template: the smallest text at fault."""
    paths = [part.span for part in node.parts if not isinstance(part, str)] if isinstance(node, Template) else []
    return paths[0] if paths else node.span


def _runtime(span: Span, what: str, report: Report) -> None:
    hint = "it may use `target`, `variables` and `files`"
    report.add("runtime-in-compile-slot", f"{what} is known only when running", span, hint=hint)


def _number(node: Node | None) -> float | None:
    match node:
        case Scalar(value=bool()):
            return None
        case Scalar(value=int() | float() as number):
            return number
        case _:
            return None


def _text(node: Node | None) -> str:
    return node.text if isinstance(node, Scalar) else ""
