"""The graph of a program, made from the references themselves, and its cycles."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.diagnostics import Place, Report
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


def report_cycles(steps: dict[str, BuiltStep], graph: tuple[Edge, ...], report: Report) -> None:
    """Report each cycle once, as the path it takes."""
    needs: dict[str, list[Edge]] = {name: [] for name in steps}
    for edge in graph:
        if edge.step in needs and edge.needs in needs:
            needs[edge.step].append(edge)
    done: set[str] = set()
    for name in steps:
        if name not in done:
            _search(name, needs, done, report)


def _search(start: str, needs: dict[str, list[Edge]], done: set[str], report: Report) -> None:
    """Depth first without recursion: a pipeline may be a chain of thousands of steps."""
    path: list[Edge] = []
    open_: dict[str, int] = {start: 0}
    stack = [(start, iter(needs[start]))]
    while stack:
        name, rest = stack[-1]
        edge = next(rest, None)
        if edge is None:
            stack.pop()
            done.add(name)
            del open_[name]
            if path:
                path.pop()
        elif edge.needs in open_:
            _tell([*path[open_[edge.needs] :], edge], report)
        elif edge.needs not in done:
            path.append(edge)
            open_[edge.needs] = len(path)
            stack.append((edge.needs, iter(needs[edge.needs])))


def _tell(cycle: list[Edge], report: Report) -> None:
    """One error, at the edge that stands first in the text; the others are second places."""
    placed = [e for e in cycle if e.span is not None]
    if not placed:
        return
    first = min(placed, key=lambda e: e.span.start if e.span else 0)
    at = cycle.index(first)
    turned = cycle[at:] + cycle[:at]
    names = " -> ".join(f"`{n}`" for n in [turned[0].step, *(e.needs for e in turned)])
    if len(turned) == 1:
        message = f"step `{first.step}` needs itself"
    else:
        message = f"the steps wait for each other: {names}"
    places = tuple(Place(e.span, f"`{e.step}` needs `{e.needs}`") for e in turned[1:] if e.span)
    report.add("cycle", message, first.span, places=places, label=f"`{first.step}` needs `{first.needs}`")
