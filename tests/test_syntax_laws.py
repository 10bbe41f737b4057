"""Laws of reading: any text or bytes, against PyYAML and JSON, with libyaml and without."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path as File

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import good, plain_data, read, walk

from compiler.diagnostics import Report
from compiler.diagnostics.render import render
from compiler.expr import Path
from compiler.syntax import (
    Mapping,
    Node,
    Scalar,
    Sequence,
    Template,
    decode_source,
)
from compiler.text import Span

LAWS = settings(max_examples=3 * settings().max_examples)

_YAMLISH = st.lists(
    st.sampled_from(
        [
            *"abc01:-?[]{},#&*!|>'\"%@`\\~.<\t $\r\n",
            "\r\n",
            "\n  ",
            "\n- ",
            ": ",
            " #",
            "${{",
            "}}",
            " ${{ a.b }} ",
            "$${{",
            "<<: ",
            "&a ",
            "*a",
            "!!str ",
            "---\n",
            "...\n",
            "true",
            "010",
            "1e3",
            "é",
            "😀",
            "\u2028",
            "\x85",
            "\ufeff",
            "\x00",
            "\x1b",
            "\ud800",
            "\\x41",
            "{{",
            "['k']",
            "sagepipe: allow x",
            "%YAML 1.1\n",
        ]
    ),
    max_size=40,
).map("".join)
TEXTS = st.one_of(_YAMLISH, st.text(max_size=60))


@LAWS
@given(TEXTS)
def test_any_text_gives_nodes_or_diagnostics(text: str) -> None:
    root, report = read(text)
    assert root is not None or report.errors
    for diagnostic in report:
        spans = [diagnostic.span, *(place.span for place in diagnostic.places)]
        assert all(0 <= span.start <= span.end <= len(span.source.text) for span in spans if span)
        assert diagnostic.message == diagnostic.message.rstrip(".")
    assert bool(render(report, "human")) == bool(len(report))


@LAWS
@given(st.binary(max_size=60))
def test_any_bytes_give_a_source_or_diagnostics(data: bytes) -> None:
    report = Report()
    source = decode_source(data, "x.yaml", report)
    assert (source is None) == bool(report.errors)


@LAWS
@given(TEXTS)
def test_spans_lie_in_each_other(text: str) -> None:
    root, report = read(text)
    if root is None or len(report) or "*" in text:
        return
    for node in walk(root):
        match node:
            case Sequence(items=items):
                assert_inside(node, items)
            case Mapping():
                assert_inside(node, [each for entry in node for each in (entry.key, entry.value)])
            case Template(parts=parts):
                assert all(within(part.span, node.span) for part in parts if isinstance(part, Path))


def within(inner: Span, outer: Span) -> bool:
    return outer.start <= inner.start <= inner.end <= outer.end


def assert_inside(parent: Node, children: list[Node] | tuple[Node, ...]) -> None:
    assert all(within(child.span, parent.span) for child in children)
    ends = [0, *(child.span.end for child in children)]
    assert all(child.span.start >= end for child, end in zip(children, ends, strict=False))


@LAWS
@given(TEXTS)
def test_a_plain_scalar_reads_the_same_alone(text: str) -> None:
    root, report = read(text)
    if root is None or len(report):
        return
    for node in walk(root):
        if isinstance(node, Scalar) and node.plain and node.text and not node.text.endswith(":"):
            indented = re.sub(r"(\r\n?|\n)", r"\1  ", node.span.text)
            alone, _ = read(f"- {indented}")
            assert isinstance(alone, Sequence)
            assert [getattr(item, "text", None) for item in alone.items] == [node.text]


@LAWS
@given(TEXTS)
def test_shape_and_texts_are_those_pyyaml_composes(text: str) -> None:
    root, report = read(text)
    if root is None or len(report) or "<<" in text or "$" in text or text.count("&a") > 1:
        return
    theirs = yaml.compose(text.removeprefix("\ufeff"), Loader=yaml.CSafeLoader)
    assert theirs is not None and shape(root) == their_shape(theirs)


def shape(node: Node) -> object:
    match node:
        case Scalar(text=text):
            return text
        case Sequence(items=items):
            return [shape(item) for item in items]
        case Mapping():
            return [(entry.key.text, shape(entry.value)) for entry in node]
        case _:
            raise AssertionError(node)


def their_shape(node: yaml.Node) -> object:
    match node:
        case yaml.SequenceNode():
            return [their_shape(item) for item in node.value]
        case yaml.MappingNode():
            return [(key.value, their_shape(value)) for key, value in node.value]
        case _:
            return node.value


_WRITABLE = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029\ufeff\ufffe\uffff$")
_ATOMS = st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
_DATA = st.recursive(
    st.none() | _ATOMS | st.text(_WRITABLE, max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(_WRITABLE, max_size=6), inner, max_size=4),
    max_leaves=12,
)


@LAWS
@given(st.lists(_DATA))
def test_json_is_read_as_what_it_says(data: list[object]) -> None:
    assert plain_data(good(json.dumps(data, ensure_ascii=False))) == data


# Without libyaml --------------------------------------------------------------------------------------------------


@LAWS
@given(TEXTS)
def test_the_loader_in_python_reads_the_same(text: str) -> None:
    """What both take; the one in Python is stricter about tabs."""
    with_c = read(text)
    module = sys.modules["compiler.syntax.parse"]
    loader = vars(module)["_LOADER"]
    vars(module)["_LOADER"] = yaml.SafeLoader
    try:
        without = read(text)
    finally:
        vars(module)["_LOADER"] = loader
    if not len(with_c[1]) and not len(without[1]):
        assert repr(with_c[0]) == repr(without[0])


def test_every_shipped_case_reads_the_same_without_libyaml(monkeypatch: pytest.MonkeyPatch) -> None:
    files = sorted((File(__file__).parent / "cases" / "reject").glob("yaml-s*/*.yaml"))
    texts = [file.read_text(encoding="utf-8") for file in files]
    with_c = [render(read(text)[1], "human") for text in texts]
    monkeypatch.setattr(sys.modules["compiler.syntax.parse"], "_LOADER", yaml.SafeLoader)
    assert [render(read(text)[1], "human") for text in texts] == with_c
