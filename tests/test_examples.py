"""The shipped pipelines and the compile cases as examples: together they leave no step type and no field out."""

import functools
from collections.abc import Iterator
from pathlib import Path

import pytest

from compiler.diagnostics import Report
from compiler.steps import STEP_TYPES
from compiler.syntax import Mapping, Node, Scalar, parse, read_source

TESTS = Path(__file__).parent
EVERY_STEP = TESTS.parent / "pipelines" / "every-step.pipeline.yaml"
SHIPPED = sorted(EVERY_STEP.parent.glob("*.pipeline.yaml"))
CASES = sorted((TESTS / "cases" / "compile").glob("*/*/*.pipeline.yaml"))


@functools.cache
def steps(path: Path) -> tuple[tuple[str, Mapping], ...]:
    """The type and the map of every step as written, those in branches and bodies included."""
    source = read_source(path, report=Report())
    root = parse(source, Report()) if source else None
    assert isinstance(root, Mapping)
    return tuple(within(root.get("steps")))


def within(node: Node | None) -> Iterator[tuple[str, Mapping]]:
    for entry in node if isinstance(node, Mapping) else ():
        step = entry.value
        kind = step.get("type") if isinstance(step, Mapping) else None
        if isinstance(step, Mapping) and isinstance(kind, Scalar):
            yield kind.text, step
            for branch in ("then", "else", "steps"):
                yield from within(step.get(branch))


def test_the_every_step_pipeline_keeps_its_word() -> None:
    types = [name for name, _ in steps(EVERY_STEP)]
    assert set(types) == set(STEP_TYPES)
    assert len(types) <= 50


@pytest.mark.parametrize("name", STEP_TYPES)
def test_every_field_is_used_somewhere(name: str) -> None:
    used = {key for path in [*CASES, *SHIPPED] for kind, step in steps(path) if kind == name for key in step.entries}
    everywhere = {"display_name", "description", "after", "matrix"}
    assert set(STEP_TYPES[name].fields) - used - everywhere == set()


def test_the_fields_of_every_type_are_used_with_some_type() -> None:
    used = {key for path in [*CASES, *SHIPPED] for _, step in steps(path) for key in step.entries}
    assert {"display_name", "description", "after", "matrix"} <= used
