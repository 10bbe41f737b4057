"""A value known when compiling may stand in a variable: the definition is the same."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, note
from hypothesis import strategies as st
from random_documents import documents, yaml_text

from compiler.driver import compile_text

pytestmark = pytest.mark.property
Json = Any
Steps = tuple[str | int, ...]
HERE = Path(__file__).parent / "random.pipeline.yaml"
STEPS = ("steps", "then", "else")  # maps of steps are laid out, not folded


def places(value: Json, path: Steps = ()) -> Iterator[Steps]:
    """The path of every value that an expression may stand for: not steps as a whole, and nothing inside a matrix."""
    if isinstance(value, dict):
        for key, inner in value.items():
            here = (*path, key)
            if _is_steps(here):
                for name, step in inner.items():
                    yield from places(step, (*here, name))
            elif not (isinstance(inner, str) and "${{ matrix" in inner):
                yield here
                yield from places(inner, here)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield (*path, number)
            yield from places(inner, (*path, number))


def _is_steps(path: Steps) -> bool:
    """Whether the path leads to a map of steps: `steps`, and `then`, `else` and `steps` of a step."""
    return path == ("steps",) or (len(path) > 2 and path[-1] in STEPS and _is_steps(path[:-2]))


def at(value: Json, path: Steps) -> Json:
    for key in path:
        value = value[key]
    return value


def moved(document: Json, path: Steps) -> Json:
    """The document with the value at `path` in a variable of its own."""
    found = copy.deepcopy(document)
    found["variables"] = {**found.get("variables", {}), "moved": at(document, path)}
    at(found, path[:-1])[path[-1]] = "${{ variables.moved }}"
    return found


@given(documents(), st.data())
def test_a_variable_is_what_it_holds(document: Json, data: st.DataObject) -> None:
    section = data.draw(st.sampled_from(("steps", "steps", "steps", "defaults", "pipeline", "parameters")))
    found = [path for path in places({section: document.get(section, {})}) if len(path) > 1]
    assume(found)
    path = data.draw(st.sampled_from(found))
    note(f"{path}\n{yaml_text(document)}")
    plain = compile_text(yaml_text(document), path=HERE)
    other = compile_text(yaml_text(moved(document, path)), path=HERE)
    assert plain.definition is not None, list(plain.report)
    assert other.definition is not None, list(other.report)
    assert json.dumps(other.definition) == json.dumps(plain.definition)


@given(documents(), st.sampled_from(("dev", "tést", "1.10")))
def test_set_is_the_variable(document: Json, word: str) -> None:
    """`--set` gives what the same text gives in the file."""
    name = "chosen"
    first = next(iter(document["steps"]))
    document = document | {
        "steps": {**document["steps"], "last": {"type": "fail", "message": "${{ variables.chosen }}"}}
    }
    assume(first != "last")
    written = document | {"variables": {**document.get("variables", {}), name: word}}
    other = document | {"variables": {**document.get("variables", {}), name: "unset"}}
    plain = compile_text(yaml_text(written), path=HERE)
    given_ = compile_text(yaml_text(other), path=HERE, variables={name: word})
    assert plain.definition is not None, list(plain.report)
    assert given_.definition == plain.definition
