"""The steps of a definition, nested ones included, each with the place it stands in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from compiler.text import record

Json = Any
NESTED = ("IfSteps", "ElseSteps", "ForEachBody")
BRANCHES = {"IfSteps": "then", "ElseSteps": "else", "ForEachBody": "steps"}


@record
class StepAt:
    """A step, the container it stands in ("" on the top level), and the branch there: then, else or steps."""

    name: str
    container: str
    branch: str
    json: dict[str, Json]

    @property
    def place(self) -> str:
        """Where it stands, as a person says it."""
        return f"`{self.branch}` of `{self.container}`" if self.container else "the top level"

    @property
    def own(self) -> dict[str, Json]:
        """The step without the steps nested in it and without its name."""
        arguments = self.json.get("Arguments")
        kept = {k: v for k, v in arguments.items() if k not in NESTED} if isinstance(arguments, dict) else arguments
        return {k: v for k, v in self.json.items() if k not in ("Name", "Arguments")} | {"Arguments": kept}


def flatten(definition: dict[str, Json]) -> dict[str, StepAt]:
    """Every step by its name, in order, containers before what they hold."""
    steps = definition.get("Steps")
    return {step.name: step for step in _walk(steps if isinstance(steps, list) else [], "", "")}


def _walk(steps: list[Json], container: str, branch: str) -> Iterator[StepAt]:
    for step in steps:
        if not isinstance(step, dict):
            continue
        at = StepAt(str(step.get("Name", "")), container, branch, step)
        yield at
        arguments = step.get("Arguments")
        for key in NESTED:
            inner = arguments.get(key) if isinstance(arguments, dict) else None
            if isinstance(inner, list):
                yield from _walk(inner, at.name, BRANCHES[key])
