"""The field tables and the JSON Schema say the same of every map, and faulty maps are mended to ones that fit."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, note
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from nodes import node_of

from compiler.decode.merge import merge_maps
from compiler.decode.schema import defaults_record
from compiler.decode.structure import conform
from compiler.diagnostics import Report
from compiler.model.document import PARAMETER, PIPELINE, TARGET_FIELDS
from compiler.model.kinds import (
    Anything,
    Choice,
    Either,
    Flag,
    Kind,
    ListOf,
    MapOf,
    Nested,
    Nullable,
    Number,
    Record,
    Reference,
    Text,
)
from compiler.steps import STEP_TYPES
from compiler.syntax import Mapping, Node

pytestmark = pytest.mark.property
Json = Any
SCHEMA = json.loads((Path(__file__).parents[2] / "schemas" / "pipeline.schema.json").read_text("utf-8"))
JUNK = (
    None, True, False, 0, 1, -1, 51, 7.0, 0.5, -1e300, 2**62, "", "x", "5", "true", "1.10", "s3://b/x", "a:b",
    "${{ parameters.A }}", "a-${{ execution.id }}", "$${{ kept }}", "$$${{ x }}", "}} ${", [], [None], ["a", 1], [[]],
    {}, {"k": 1}, {"from": "s3://b"}, {"x-": None}, {"raw": {"A": None}}, {"exceptions": ["capacity"]}, [{}],
    [{"k": 2}],
)  # fmt: skip
EXPRESSIONS = ("${{ variables.a }}", "x${{ parameters.b }}")


def fitting(kind: Kind) -> st.SearchStrategy[Json]:
    """Values that fit a kind, mostly; what stands inside is near to fitting."""
    match kind:
        case Text() | Reference():
            return st.sampled_from(("x", "a:b", 1, 1.5, "", True, *EXPRESSIONS))
        case Number(minimum=low, maximum=high):
            edges = [v + d for v in (low, high) if v is not None for d in (-1, 0, 1)]
            return st.sampled_from((1, 2, 2.0, 1.5, 30, *edges, *EXPRESSIONS))
        case Flag():
            return st.sampled_from((True, False, *EXPRESSIONS))
        case Choice(words):
            return st.sampled_from((*words, words[0].upper(), *EXPRESSIONS))
        case ListOf(item, least):
            return st.lists(near(item), min_size=max(0, least - 1), max_size=least + 2)
        case MapOf(value):
            return st.dictionaries(st.sampled_from(("a", "b-c", "x-d", "type", "")), near(value), max_size=2)
        case Record():
            return records(kind)
        case Either(scalar, items, members):
            return st.one_of([near(k) for k in (scalar, items, members) if k is not None])
        case Nullable(inner):
            return st.none() | near(inner)
        case Anything() | Nested():
            return st.sampled_from(JUNK)


NEAR: dict[int, tuple[Kind, st.SearchStrategy[Json]]] = {}


def near(kind: Kind) -> st.SearchStrategy[Json]:
    """Values that fit a kind, or nearly. Made once for each kind, which are no keys of a cache."""
    if id(kind) not in NEAR:
        inside = fitting(kind)
        NEAR[id(kind)] = kind, st.one_of(inside, inside, inside, inside, st.sampled_from(JUNK))
    return NEAR[id(kind)][1]


@st.composite
def records(draw: Any, kind: Record, most: int = 4) -> dict[str, Json]:
    """A few of the fields, those that must be there nearly always, and now and then a key that means nothing."""
    names = list(kind.fields)
    chosen = [n for n in names if kind.fields[n].required and draw(st.integers(0, 9))]
    for _ in range(draw(st.integers(0, most))):
        name = draw(st.sampled_from(names))
        chosen += [name] if name not in chosen else []
    found = {name: draw(near(kind.fields[name].kind)) for name in chosen}
    if not draw(st.integers(0, 7)):
        found[draw(st.sampled_from((names[0][:-1], names[-1] + "s", "x-y", "", "zzz")))] = draw(
            st.sampled_from(JUNK[1:])
        )
    return found


PARTS: dict[str, tuple[Kind, str]] = {
    **{name: (Record(t.fields), f"$defs/{name}") for name, t in STEP_TYPES.items()},
    "defaults": (defaults_record(), "$defs/defaults"),
    "pipeline": (Record(PIPELINE), "properties/pipeline"),
    "parameter": (PARAMETER, "properties/parameters/additionalProperties"),
    "target": (Record(TARGET_FIELDS), "properties/targets/additionalProperties"),
}


@cache
def validator(path: str) -> Draft202012Validator:
    """The schema of one part, alone; parts of their own (steps, conditions) are left open."""
    found = SCHEMA
    for key in path.split("/"):
        found = found[key]
    return Draft202012Validator(opened(found))


def opened(schema: Json) -> Json:
    if isinstance(schema, list):
        return [opened(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {} if "$ref" in schema else {key: opened(value) for key, value in schema.items()}


def typed(name: str, value: Json) -> Json:
    """A step's map says its type before its fields are looked at. A matrix is read apart from it, and so is `if`."""
    if name not in STEP_TYPES:
        return value
    return {**{k: v for k, v in value.items() if k != "matrix" and (k != "if" or v is not None)}, "type": name}


def as_read(name: str, node: Node) -> Mapping:
    """A step comes merged over the defaults, so without its nulls, which switch them off."""
    found = merge_maps(None, node) if name in STEP_TYPES and isinstance(node, Mapping) else node
    assert isinstance(found, Mapping)
    return found


@st.composite
def parts(draw: Any) -> tuple[str, dict[str, Json]]:
    """The name of a part, and a map that is nearly one."""
    name = draw(st.sampled_from(sorted(PARTS)))
    kind, _ = PARTS[name]
    assert isinstance(kind, Record)
    return name, typed(name, draw(records(kind)))


@given(parts())
def test_tables_and_schema_agree(part: tuple[str, Json]) -> None:
    name, value = part
    kind, path = PARTS[name]
    errors = [e.message for e in validator(path).iter_errors(value)]
    note(f"{errors}")
    assert kind.fits(as_read(name, node_of(value))) == (not errors)


@given(parts())
def test_a_faulty_map_is_told_and_mended(part: tuple[str, Json]) -> None:
    name, value = part
    kind, path = PARTS[name]
    node, report = as_read(name, node_of(value)), Report()
    mended = conform(node, kind, path.removeprefix("$defs/"), f"`{name}`", report)
    assert kind.fits(mended)
    if kind.fits(node):
        assert mended is node and not len(report)
    else:
        assert not report.ok
