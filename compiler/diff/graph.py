"""Which steps of a definition wait for which."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from compiler.diff.steps import StepAt, flatten, references

Json = Any


def downstream(definition: dict[str, Json], name: str) -> tuple[str, ...]:
    """The step and every step that needs it, directly or not, in the order of the definition."""
    needs = _all_needs(definition)
    found = {name}
    while more := [n for n, needed in needs.items() if n not in found and needed & found]:
        found.update(more)
    return tuple(n for n in needs if n in found)


def upstream(definition: dict[str, Json], chosen: tuple[str, ...]) -> tuple[str, ...]:
    """The steps that the chosen ones need at once and that are not among them, in the order of the definition."""
    needs = _all_needs(definition)
    wanted = {needed for name in chosen for needed in needs[name]}
    return tuple(n for n in needs if n in wanted and n not in chosen)


def between(definition: dict[str, Json], chosen: tuple[str, ...]) -> tuple[str, ...]:
    """The steps on a way from one chosen step to another that are not chosen: the service wants them, too."""
    below = {name for one in chosen for name in downstream(definition, one)} - {*chosen}
    return tuple(n for n in _all_needs(definition) if n in below and {*chosen} & {*downstream(definition, n)})


def _all_needs(definition: dict[str, Json]) -> dict[str, set[str]]:
    return {step.name: {*_needs(step), step.container} for step in flatten(definition).values()}


def _needs(step: StepAt) -> Iterator[str]:
    entries = step.json.get("DependsOn")
    for entry in entries if isinstance(entries, list) else []:
        yield entry if isinstance(entry, str) else str(entry.get("Step", ""))
    for path in references(step.own):
        root, name, *_ = [*path.split("."), ""]
        if root in ("Steps", "IterationOutput"):
            yield name.partition("[")[0]
