"""Steps that wait for each other in a circle: one error for each knot, as the shortest path it takes."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from compiler.check.facts import Facts
from compiler.check.graph import chain, outside
from compiler.diagnostics import Diagnostic, Place
from compiler.model.program import Edge

MOST_STARTS = 60
Graph = dict[str, list[Edge]]


def cycles(facts: Facts) -> Iterator[Diagnostic]:
    """DG: the service refuses cyclic dependencies. Edges refused for another reason do not count."""
    chains = {name: chain(facts.steps, step) for name, step in facts.steps.items()}
    needs: Graph = {name: [] for name in facts.steps}
    for edge in facts.program.edges:
        if edge.step in needs and edge.needs in needs and outside(edge, chains, facts.steps) is None:
            needs[edge.step].append(edge)
    for knot in _knots(needs):
        cycle = _shortest(knot, needs)
        if cycle:
            yield from _tell(cycle)


def _knots(needs: Graph) -> Iterator[list[str]]:
    """Strongly connected components with a cycle in them (Tarjan), without recursion: chains may be long."""
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    held: list[str] = []
    on_stack: set[str] = set()
    for root in needs:
        if root in number:
            continue
        work = [(root, iter(needs[root]))]
        number[root] = low[root] = len(number)
        held.append(root)
        on_stack.add(root)
        while work:
            name, rest = work[-1]
            edge = next(rest, None)
            if edge is not None:
                other = edge.needs
                if other not in number:
                    number[other] = low[other] = len(number)
                    held.append(other)
                    on_stack.add(other)
                    work.append((other, iter(needs[other])))
                elif other in on_stack:
                    low[name] = min(low[name], number[other])
                continue
            work.pop()
            if work:
                low[work[-1][0]] = min(low[work[-1][0]], low[name])
            if low[name] == number[name]:
                at = held.index(name)
                knot = held[at:]
                del held[at:]
                on_stack.difference_update(knot)
                if len(knot) > 1 or any(e.needs == name for e in needs[name]):
                    yield knot


def _shortest(knot: list[str], needs: Graph) -> list[Edge]:
    """A shortest cycle in the knot, by breadth-first search from its steps (the first of them, where they are many)."""
    inside = dict.fromkeys(knot)
    best: list[Edge] = []
    for start in knot[:MOST_STARTS]:
        found = _back_to(start, inside, needs)
        if found and (not best or len(found) < len(best)):
            best = found
    return best


def _back_to(start: str, inside: dict[str, None], needs: Graph) -> list[Edge]:
    came: dict[str, Edge] = {}
    queue = deque([start])
    while queue:
        name = queue.popleft()
        for edge in needs[name]:
            if edge.needs == start:
                path = [edge]
                while path[0].step != start:
                    path.insert(0, came[path[0].step])
                return path
            if edge.needs in inside and edge.needs not in came:
                came[edge.needs] = edge
                queue.append(edge.needs)
    return []


def _tell(cycle: list[Edge]) -> Iterator[Diagnostic]:
    """At the edge that stands first in the text; the others are second places."""
    placed = [e for e in cycle if e.span is not None]
    if not placed:
        return
    first = min(placed, key=lambda e: e.span.start if e.span else 0)
    at = cycle.index(first)
    turned = cycle[at:] + cycle[:at]
    if len(turned) == 1:
        message = f"step `{first.step}` needs itself"
    else:
        names = " -> ".join(f"`{n}`" for n in [turned[0].step, *(e.needs for e in turned)])
        message = f"the steps wait for each other: {names}"
    places = tuple(Place(e.span, f"`{e.step}` needs `{e.needs}`") for e in turned[1:] if e.span)
    label = f"`{first.step}` needs `{first.needs}`"
    hint = "remove one of these links" if places else "remove it"
    yield Diagnostic.of("cycle", message, first.span, places=places, label=label, hint=hint)
