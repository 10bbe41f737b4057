"""Paths that go on below a step of a loop's body: `selected`, `outputs[0]`, and what a loop selects by."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from compiler.expr import Segment
from compiler.model.pipeline import Step
from compiler.model.steptype import Astray, Inner
from compiler.model.values import Get, Hole, Join, JsonGet, Value
from compiler.syntax import Mapping, Node, Scalar, Sequence
from compiler.text import Span, guess

if TYPE_CHECKING:
    from compiler.diagnostics import Report
    from compiler.resolve.references import References

Follow = Callable[[Step, tuple[Segment, ...], Span], Value]


def go_on(
    references: References, loop: Step, found: Inner | Astray, segments: tuple[Segment, ...], span: Span, follow: Follow
) -> Value:
    """What a path into `loop` leads to. `follow` binds the rest of the path on the body step it goes on at."""
    if isinstance(found, Astray):
        return _astray(references, found, segments, span)
    rest = segments[found.depth :]
    if not rest:
        references.report.add(
            "unknown-name", f"the path stops at step `{found.step.name}`", span, hint="go on with one of its outputs"
        )
        return Hole(span)
    return _read_from(follow(found.step, rest, span), "Steps", loop.name, found.path, references.report)


def _astray(references: References, found: Astray, segments: tuple[Segment, ...], span: Span) -> Hole:
    """Report the fault, unless it lies in a step that could not be read."""
    at = segments[min(found.segment, len(segments) - 1)]
    if found.message and not references.table.excuses(str(at.value)):
        hint = guess(str(at.value), found.known) or found.hint
        references.report.add("unknown-name", found.message, at.span, hint=hint)
    return Hole(span)


def field_fault(item: Node, segments: tuple[Segment, ...]) -> tuple[Segment, str, str] | None:
    """Why an item that is written out has no such field: the segment at fault, a message, a hint."""
    for segment in segments:
        match item, segment.value:
            case Mapping(entries), str(name) if name in entries:
                item = entries[name].value
            case Sequence(parts), int(number) if number < len(parts):
                item = parts[number]
            case Mapping(entries), name:
                return segment, f"an item has no field `{name}`", guess(str(name), entries)
            case Scalar(value), name if not isinstance(value, str):  # text may be JSON
                return segment, f"an item is a scalar there and has no field `{name}`", ""
            case Sequence(parts), name:
                return segment, f"an item has a list of {len(parts)} there, and no `{name}`", ""
            case _:
                return None
    return None


def iteration_output(value: Value, loop: Step, report: Report) -> Value:
    """A reference to a step of the loop's body, as its Selector compares it over the iterations."""
    match value:
        case Hole():
            return value
        case Get("Steps", name) | JsonGet(step=name) if name in [child.name for child in loop.children]:
            return _read_from(value, "IterationOutput", name, (), report)
    report.add(
        "wrong-notation",
        "a loop selects by an output of a step in its body",
        value.span,
        hint="write `step:output` with one of its steps",
    )
    return Hole(value.span)


def _read_from(value: Value, root: str, name: str, path: tuple[Segment, ...], report: Report) -> Value:
    """A value of a body step, as it is read from outside the body."""
    match value:
        case Get(_, _, rest, type_, span):
            return Get(root, name, (*path, *rest), type_, span)
        case Join(on, values, span):
            return Join(on, tuple(_read_from(v, root, name, path, report) for v in values), span)
        case JsonGet(span=span):
            report.add(
                "loop-metric",
                "a metric in a file of one iteration cannot be read from outside",
                span,
                hint="compare it inside the loop, or return it as the output of a lambda step",
            )
            return Hole(span)
        case _:
            return value
