"""Whatever is done to a document: a definition that holds together, or diagnostics; never an exception."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from definition_requests import check_requests
from definition_rules import check_definition
from hypothesis import given, note
from hypothesis import strategies as st
from random_documents import documents, yaml_text

from compiler.check.quick import Quick
from compiler.diagnostics.render import render
from compiler.driver import compile_text

pytestmark = pytest.mark.property
Json = Any
Place = tuple[str | int, ...]
HERE = Path(__file__).parent / "random.pipeline.yaml"
ODD = (
    None, True, False, 0, -1, 1, 10**15, 0.5, "", " ", "x", "a:b", "s3://b/x", "s3://", "7d", "P30M", "é", "a" * 300,
    [], {}, [[]], [None], {"": ""}, ["a", "a"], {"Get": "Parameters.X"}, {"Get": "Steps.x.y"}, {"Get": 7},
    {"Std:Join": {}}, {"Std:Join": {"On": "/", "Values": ["a", {"Get": "Execution.PipelineName"}]}},
    {"Std:JsonGet": {"Path": "a"}},
    "${{ parameters.X }}", "${{ execution.id }}", "${{ item }}", "${{ item.a[0] }}", "${{ target.bucket }}",
    "${{ variables.v }}", "${{ matrix.k }}", "${{ files.f }}", "${{ steps.x.outputs.y }}", "a ${{ execution.id }} b",
    "${{ 1 + 1 }}", "${{", "$${{ kept }}", "${{ target }}", "${{ steps.x.properties.A[0].B['c'] }}", "../../etc/passwd",
    {"type": "fail", "message": "x"}, {"type": "nothing"}, {"metric": "x:y", "gt": 1}, {"value": 1, "eq": 1},
    {"from": "x:y"}, {"dir": ".", "entry": "nodes.py"}, {"all": []}, {"not": {"not": {"value": 1, "in": [2]}}},
    {"k": [1, 2]}, {"name": "xgboost", "version": "1.7-1"}, {"exceptions": ["throttling"]}, {"raw": {"Tags": None}},
)  # fmt: skip
KEYS = (
    "type", "steps", "then", "else", "if", "raw", "definition", "matrix", "after", "inputs", "outputs", "from", "to",
    "image", "framework", "x-note", "default", "retry", "cache", "extends", "", "Arguments", "Type", "Get", "name",
)  # fmt: skip


def places(value: Json, path: Place = ()) -> list[Place]:
    """The path of everything below the root."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [p for key, item in inner for p in ((*path, key), *places(item, (*path, key)))]


def at(value: Json, path: Place) -> Json:
    for key in path:
        value = value[key]
    return value


@st.composite
def mutated(draw: Any) -> Json:
    """A valid document after one to three mishaps."""
    document = copy.deepcopy(draw(documents()))
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(places(document) or [()]))
        if path:
            mishap(draw, document, path)
    return document


def mishap(draw: Any, document: Json, path: Place) -> None:
    """Something odd at a place: removed, replaced, renamed, copied from or to elsewhere, wrapped."""
    holder, key = at(document, path[:-1]), path[-1]
    others = places(document)
    match draw(st.integers(0, 7)):
        case 0:
            del holder[key]
        case 1 | 2 | 3:
            holder[key] = copy.deepcopy(draw(st.sampled_from(ODD)))
        case 4:
            holder[key] = copy.deepcopy(at(document, draw(st.sampled_from(others))))
        case 5:
            holder[key] = draw(st.sampled_from(([holder[key]], {"value": holder[key]}, str(holder[key]))))
        case 6 if isinstance(holder, dict):
            other = draw(st.sampled_from((*KEYS, str(key)[:-1], str(draw(st.sampled_from(others))[-1]))))
            holder[other] = holder.pop(key)
        case _:
            target = at(document, draw(st.sampled_from(others)))
            if isinstance(target, dict):
                target[draw(st.sampled_from(KEYS))] = copy.deepcopy(holder[key])
            elif isinstance(target, list):
                target.append(copy.deepcopy(holder[key]))


@given(mutated(), st.sampled_from((None, "prod")))
def test_a_definition_that_holds_together_or_diagnostics(document: Json, target: str | None) -> None:
    text = yaml_text(document)
    note(text)
    result = compile_text(text, path=HERE, target=target)
    for format in ("plain", "human", "json", "sarif"):
        assert isinstance(render(result.report, format), str)
    if result.definition is None:
        assert not result.report.ok
        return
    assert result.report.ok and result.files()
    json.dumps(result.definition, allow_nan=False)
    check_definition(result.definition)
    check_requests(result.definition)


@given(mutated())
def test_the_quick_look_says_what_the_long_one_says(document: Json) -> None:
    """Requests that are plainly sound are not walked; walking all of them finds nothing more."""
    text = yaml_text(document)
    note(text)
    quick = compile_text(text, path=HERE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Quick, "step", lambda *_: False)
        thorough = compile_text(text, path=HERE)
    assert list(quick.report) == list(thorough.report)
    assert quick.definition == thorough.definition
