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
    """A step, the container it stands in ("" on the top level), and the branch there: then, else or steps.

    `pointer` is its place in the definition, as a JSON pointer.
    """

    name: str
    container: str
    branch: str
    json: dict[str, Json]
    pointer: str

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
    return {step.name: step for step in walk(definition)}


def walk(definition: dict[str, Json]) -> Iterator[StepAt]:
    """Every step in order, containers before what they hold, those of a name that is taken already, too."""
    yield from _walk(definition.get("Steps"), "/Steps", "", "")


def _walk(steps: Json, pointer: str, container: str, branch: str) -> Iterator[StepAt]:
    for number, step in enumerate(steps if isinstance(steps, list) else []):
        if not isinstance(step, dict):
            continue
        at = StepAt(str(step.get("Name", "")), container, branch, step, f"{pointer}/{number}")
        yield at
        given = step.get("Arguments")
        arguments = given if isinstance(given, dict) else {}
        for key in NESTED:
            yield from _walk(arguments.get(key), f"{at.pointer}/Arguments/{key}", at.name, BRANCHES[key])


def references(value: Json) -> Iterator[str]:
    """The path of every `Get` in a value: `Steps.train.TrainingJobName`."""
    match value:
        case {"Get": str(path), **rest} if not rest:
            yield path
        case dict():
            for inner in value.values():
                yield from references(inner)
        case list():
            for inner in value:
                yield from references(inner)
