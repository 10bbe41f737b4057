"""Which steps of a definition wait for which."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from compiler.diff.steps import flatten

Json = Any


def downstream(definition: dict[str, Json], name: str) -> tuple[str, ...]:
    """The step and every step that needs it, directly or not, in the order of the definition."""
    steps = flatten(definition)
    needs = {step.name: {*_needs(step.own), step.container} for step in steps.values()}
    found = {name}
    while more := [n for n, needed in needs.items() if n not in found and needed & found]:
        found.update(more)
    return tuple(n for n in steps if n in found)


def _needs(value: Json) -> Iterator[str]:
    match value:
        case {"Get": str(path), **rest} if not rest:
            words = path.split(".")
            if words[0] in ("Steps", "IterationOutput") and len(words) > 1:
                yield words[1].partition("[")[0]
        case dict():
            for key, inner in value.items():
                yield from _named(inner) if key == "DependsOn" else _needs(inner)
        case list():
            for inner in value:
                yield from _needs(inner)


def _named(entries: Json) -> Iterator[str]:
    for entry in entries if isinstance(entries, list) else []:
        yield entry if isinstance(entry, str) else str(entry.get("Step", ""))
