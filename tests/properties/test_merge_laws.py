"""Maps merge, scalars and lists replace, null removes: on trees, and for targets and extended files as a whole."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from nodes import node_of, value_of
from random_documents import documents, yaml_text

from compiler.decode.merge import merge, merge_maps
from compiler.driver import compile_file, compile_text
from compiler.syntax import Mapping

pytestmark = pytest.mark.property
Json = Any
HERE = Path(__file__).parent / "random.pipeline.yaml"
KEYS = st.sampled_from(("a", "b", "c"))
SCALARS = st.sampled_from((1, "x", True, 0.5, ""))
LISTS = st.lists(SCALARS, max_size=2)


def maps(leaf: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    """Maps of maps of leaves, of whatever depth."""
    return st.recursive(
        st.dictionaries(KEYS, leaf, max_size=3),
        lambda inner: st.dictionaries(KEYS, inner | leaf, max_size=3),
        max_leaves=8,
    )


FULL = maps(SCALARS | LISTS)
HOLED = maps(SCALARS | LISTS | st.none())


def merged(base: Json, over: Json) -> Json:
    one, other = node_of(base), node_of(over)
    assert isinstance(one, Mapping) and isinstance(other, Mapping)
    return value_of(merge_maps(one, other))


def without_nulls(value: Json) -> Json:
    if not isinstance(value, dict):
        return value
    return {k: without_nulls(v) for k, v in value.items() if v is not None}


def by_hand(base: Json, over: Json) -> Json:
    """The sentence of the language, word for word."""
    if not isinstance(over, dict):
        return over
    found = dict(base) if isinstance(base, dict) else {}
    for key, value in over.items():
        if value is None:
            found.pop(key, None)
        else:
            found[key] = by_hand(found.get(key), value)
    return found


@given(HOLED, HOLED)
def test_one_sentence(base: Json, over: Json) -> None:
    found = merged(base, over)
    assert found == by_hand(base, over)
    assert list(found) == list(by_hand(base, over)), "the base's order, new keys behind"


@given(HOLED)
def test_identities(tree: Json) -> None:
    assert merged(tree, {}) == tree
    assert merged({}, tree) == without_nulls(tree)
    assert merge_maps(None, None) is None
    node = node_of(tree)
    assert merge(node, None) == node


@given(HOLED, HOLED)
def test_laying_the_same_on_twice_changes_nothing(base: Json, over: Json) -> None:
    once = merged(base, over)
    assert merged(once, over) == once


@given(FULL, HOLED)
def test_the_right_side_wins_and_null_removes(base: Json, over: Json) -> None:
    def wins(found: Json, over: Json) -> None:
        for key, value in over.items():
            if value is None:
                assert key not in found
            elif isinstance(value, dict):
                wins(found[key], value)
            else:
                assert found[key] == value

    wins(merged(base, over), over)


SHAPED = st.recursive(
    st.dictionaries(st.sampled_from(("x", "y")), SCALARS | LISTS, max_size=2),
    lambda inner: st.builds(
        lambda own, below: own | below,
        st.dictionaries(st.sampled_from(("x", "y")), SCALARS | LISTS, max_size=2),
        st.dictionaries(st.sampled_from(("m", "n")), inner, max_size=2),
    ),
    max_leaves=6,
)


@given(SHAPED, SHAPED, SHAPED)
def test_associative_where_maps_meet_maps_and_nothing_is_removed(first: Json, second: Json, third: Json) -> None:
    assert merged(merged(first, second), third) == merged(first, merged(second, third))


@given(FULL, HOLED)
def test_raw_members_merge_and_keep_their_nulls(base: Json, over: Json) -> None:
    def kept(base: Json, over: Json) -> Json:
        if not isinstance(base, dict) or not isinstance(over, dict):
            return over
        return base | {k: kept(base[k], v) if k in base else v for k, v in over.items()}

    assert merged({"raw": base}, {"raw": over}) == {"raw": kept(base, over)}
    assert merged({"raw": base}, {"raw": None}) == {}
    form = {"Get": "Execution.PipelineName"}
    assert merged({"raw": {"a": form}}, {"raw": {"a": over}}) == {"raw": {"a": over}}
    assert merged({"raw": {"a": base}}, {"raw": {"a": form}}) == {"raw": {"a": form}}


@st.composite
def patched(draw: Any) -> tuple[Json, Json]:
    """A document with one target, and the document that says the same without it."""
    document = draw(documents())
    document.pop("targets", None)
    steps = document["steps"]
    patch: Json = {}
    for name in draw(st.lists(st.sampled_from(sorted(steps)), max_size=2, unique=True)):
        own = {"display_name": "patched", "description": draw(st.sampled_from((None, "other")))}
        if steps[name]["type"] in ("processing", "training"):
            own |= {"instance_count": 2, "env": {"ADDED": 1}, "tags": None, "retry": draw(st.sampled_from((None, [])))}
        patch[name] = own if steps[name]["type"] not in ("raw", "register-model") else {}
    target: Json = {"steps": patch, "role": "arn:aws:iam::444455556666:role/Other", "prefix": "own/prefix"}
    given_, declared = document.get("parameters", {}), document.get("variables", {})
    target["parameters"] = {n: p["default"] for n, p in given_.items() if "default" in p and draw(st.booleans())}
    target["variables"] = {n: v for n, v in declared.items() if draw(st.booleans())}
    target["defaults"] = draw(st.sampled_from(({}, {"cache": "9d"}, {"tags": {"t": "u"}}, {"retry": None})))
    inlined = copy.deepcopy(document)
    own_keys = {k: v for k, v in target.items() if k not in ("steps", "parameters", "variables", "defaults")}
    inlined["pipeline"] = by_hand(document["pipeline"], own_keys)
    inlined["parameters"] = by_hand(given_, {n: {"default": v} for n, v in target["parameters"].items()})
    inlined["variables"] = by_hand(declared, target["variables"])
    inlined["defaults"] = by_hand(document.get("defaults", {}), target["defaults"])
    inlined["steps"] = {n: by_hand(s, patch.get(n, {})) for n, s in steps.items()}
    return document | {"targets": {"only": {"default": True} | target}}, inlined


@given(patched())
def test_a_target_is_its_patch_inlined(pair: tuple[Json, Json]) -> None:
    with_target, inlined = (compile_text(yaml_text(document), path=HERE) for document in pair)
    assert with_target.definition is not None, list(with_target.report)
    assert inlined.definition is not None, list(inlined.report)
    assert with_target.definition == inlined.definition


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=settings().max_examples // 2)
@given(document=documents(), data=st.data())
def test_an_extended_file_is_what_it_holds_inlined(tmp_path: Path, document: Json, data: st.DataObject) -> None:
    code = tmp_path / "code"
    if not code.exists():
        code.symlink_to(HERE.parent / "code")
    shared = {k: v for k, v in document.items() if k not in ("version", "steps") and data.draw(st.booleans())}
    assume(shared)
    own = {k: v for k, v in document.items() if k not in shared} | {"extends": "base.yaml"}
    own.setdefault("pipeline", {})
    (tmp_path / "base.yaml").write_text(yaml_text(shared), "utf-8")
    (tmp_path / "own.pipeline.yaml").write_text(yaml_text(own), "utf-8")
    (tmp_path / "whole.pipeline.yaml").write_text(yaml_text(document), "utf-8")
    extended = compile_file(tmp_path / "own.pipeline.yaml", root="/")
    whole = compile_file(tmp_path / "whole.pipeline.yaml", root="/")
    assert whole.definition is not None, list(whole.report)
    assert extended.definition == whole.definition, list(extended.report)
