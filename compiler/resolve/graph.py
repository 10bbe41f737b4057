"""The graph of a program, made from the references themselves."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.model.program import BuiltStep, Edge, Reads
from compiler.model.values import Get, Join, JsonGet, late


def edges(steps: dict[str, BuiltStep], reads: Reads) -> tuple[Edge, ...]:
    """Every edge: references, `after`, branch to condition, body to for-each. In the steps' order, each once."""
    found: dict[tuple[str, str, str], Edge] = {}
    for step in steps.values():
        for edge in _of(step, reads[step.name]):
            found.setdefault((edge.step, edge.needs, edge.trigger), edge)
    return tuple(found.values())


def _of(step: BuiltStep, reads: tuple[Get | JsonGet, ...]) -> Iterator[Edge]:
    for value in reads:
        match value:
            case Get("Steps", name, _, _, span):
                yield Edge(step.name, name, "reference", "Completed", span)
            case JsonGet(step=name, span=span) if name:
                yield Edge(step.name, name, "reference", "Completed", span)
    for depend in step.depends:
        yield Edge(step.name, depend.step, "after", depend.trigger, depend.span)
    if step.parent:
        yield Edge(step.name, step.parent, "body" if step.branch in ("steps", "ForEachBody") else "branch")


def reads(step: BuiltStep) -> tuple[Get | JsonGet, ...]:
    """What the step's own request and keys read when running; the steps nested in it read for themselves."""
    found = (*late(step.arguments), *late(step.keys))
    return tuple([value for value in found if not isinstance(value, Join)])
