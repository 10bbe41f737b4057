"""The graph of a program, made from the references themselves."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.model.program import BuiltStep, Edge
from compiler.model.values import Get, JsonGet, MapValue, StepList, Value, walk


def edges(steps: dict[str, BuiltStep]) -> tuple[Edge, ...]:
    """Every edge: references, `after`, branch to condition, body to for-each. In the steps' order, each once."""
    found: dict[tuple[str, str, str], Edge] = {}
    for step in steps.values():
        for edge in _of(step):
            found.setdefault((edge.step, edge.needs, edge.trigger), edge)
    return tuple(found.values())


def _of(step: BuiltStep) -> Iterator[Edge]:
    for value in values(step):
        match value:
            case Get("Steps", name, _, _, span):
                yield Edge(step.name, name, "reference", "Completed", span)
            case JsonGet(step=name, span=span) if name:
                yield Edge(step.name, name, "reference", "Completed", span)
    for depend in step.depends:
        yield Edge(step.name, depend.step, "after", depend.trigger, depend.span)
    if step.parent:
        yield Edge(step.name, step.parent, "body" if step.branch in ("steps", "ForEachBody") else "branch")


def values(step: BuiltStep) -> Iterator[Value]:
    """All values of the step's own request and keys, without those of the steps nested in it."""
    if isinstance(step.arguments, MapValue):
        for _, value in step.arguments.pairs():
            if not isinstance(value, StepList):
                yield from walk(value)
    else:
        yield from walk(step.arguments)
    yield from walk(step.keys)
