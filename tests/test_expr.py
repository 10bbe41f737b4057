"""The `${{ }}` language: templates cut, paths read and printed, faults placed, types compared."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compiler.expr import Path, Segment, accepts, comparable, parse_path, split_template
from compiler.expr.parse import Fault
from compiler.text import Source, Span

NOWHERE = Span(Source("x", ""), 0, 0)


def read(text: str) -> Path | Fault:
    return parse_path(text, Span(Source("x", text), 0, len(text)))


PATHS = {
    "a": [("a", False)],
    " parameters.InstanceType ": [("parameters", False), ("InstanceType", False)],
    "steps.tune-2.properties.Summaries[0].Name": [
        ("steps", False), ("tune-2", False), ("properties", False), ("Summaries", False), (0, True), ("Name", False),
    ],
    "steps.train.metrics['validation:auc']": [
        ("steps", False), ("train", False), ("metrics", False), ("validation:auc", True),
    ],
    'x["it\'s"][ 12 ]': [("x", False), ("it's", True), (12, True)],
    "a .b [0]": [("a", False), ("b", False), (0, True)],
    "a.\n  b": [("a", False), ("b", False)],
    "_1.2": [("_1", False), ("2", False)],
}


@pytest.mark.parametrize(("text", "segments"), PATHS.items())
def test_path(text: str, segments: list[tuple[str | int, bool]]) -> None:
    path = read(text)
    assert isinstance(path, Path)
    assert [(segment.value, segment.bracket) for segment in path.segments] == segments
    assert path.span.text == text.strip()
    assert path.root == segments[0][0]


FAULTS = {
    "": ("the expression is empty", ""),
    "  ": ("the expression is empty", "  "),
    "a.": ("the expression ends in `.`", "."),
    ".a": ("a name is missing before `.`", "."),
    "a..b": ("a name is missing before `.`", "."),
    "['a']": ("a name is missing before `[`", "['a']"),
    "a.['b']": ("a name is missing before `[`", "['b']"),
    "a['b']c": ("a `.` is missing between two names", "c"),
    "a + b": ("an expression is one path, without operators or functions", "+ b"),
    "a b": ("an expression is one path, without operators or functions", "b"),
    "a==b": ("an expression is one path, without operators or functions", "="),
    "f(x)": ("an expression is one path, without operators or functions", "("),
    "a[b]": ("`[` wants a number or a quoted key, as in `[0]` or `['key']`", "[b]"),
    "a[-1]": ("`[` wants a number or a quoted key, as in `[0]` or `['key']`", "[-1]"),
    "a[1234567890]": ("`[` wants a number or a quoted key, as in `[0]` or `['key']`", "[1234567890]"),
    "a.$b": ("`$` cannot stand in an expression", "$"),
    "é": ("`é` cannot stand in an expression", "é"),
}


@pytest.mark.parametrize(("text", "said"), FAULTS.items())
def test_fault(text: str, said: tuple[str, str]) -> None:
    fault = read(text)
    assert isinstance(fault, Fault)
    assert (fault.message, text[fault.start : fault.end]) == said


NAMES = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,8}", fullmatch=True)
KEYS = st.text(max_size=6).filter(lambda text: "]" not in text and not ("'" in text and '"' in text))
SEGMENTS = st.one_of(
    st.builds(Segment, NAMES, st.just(NOWHERE), st.just(False)),
    st.builds(Segment, KEYS | st.integers(0, 10**9 - 1), st.just(NOWHERE), st.just(True)),
)


@given(st.builds(Segment, NAMES, st.just(NOWHERE)), st.lists(SEGMENTS, max_size=5))
def test_a_printed_path_reads_back(first: Segment, others: list[Segment]) -> None:
    path = Path((first, *others), NOWHERE)
    assert read(f" {path} ") == path


@given(st.text(st.sampled_from("ab.-[]'\"0 \n+$"), max_size=20))
def test_any_text_is_a_path_or_a_fault_in_it(text: str) -> None:
    found = read(text)
    if isinstance(found, Fault):
        assert 0 <= found.start <= found.end <= len(text)
        return
    assert read(str(found)) == found
    assert found.segments and all(segment.span.text for segment in found.segments)


@given(st.text(st.sampled_from("ab.- "), max_size=12))
def test_the_short_way_reads_as_the_long_one(text: str) -> None:
    span = Span(Source("x", text), 0, len(text))
    assert repr(parse_path(text, span)) == repr(parse_path(text, span, span.sub))


def test_a_coarse_span_is_kept_for_every_part() -> None:
    coarse = Span(Source("x", "something else"), 2, 7)
    path = parse_path("a.b", coarse)
    assert isinstance(path, Path)
    assert [segment.span for segment in path.segments] == [coarse, coarse]


PIECES = {
    "plain": ["plain"],
    "${{ a }}": [("a",)],
    "x ${{ a }} y ${{b}}z": ["x ", ("a",), " y ", ("b",), "z"],
    "${{ a }}${{ b }}": [("a",), ("b",)],
    "$${{ a }}": ["${{ a }}"],
    "$$${{ a }}": ["$${{ a }}"],
    "${{ a }}$${{ b }}${{ c }}": [("a",), "${{ b }}", ("c",)],
    "$ {{ a }} $${ b }": ["$ {{ a }} $${ b }"],
    "": [],
}


@pytest.mark.parametrize(("text", "pieces"), PIECES.items())
def test_template(text: str, pieces: list[str | tuple[str]]) -> None:
    found, fault = split_template(text)
    assert fault is None
    assert [piece.text if piece.literal else (piece.text.strip(),) for piece in found] == pieces
    assert all(piece.literal or text[piece.start : piece.end] == piece.text for piece in found)


def test_template_that_is_not_closed() -> None:
    found, fault = split_template("x ${{ a }} ${{ b }")
    assert fault is not None and (fault.start, fault.end) == (11, 18)
    assert [piece.text for piece in found] == ["x ", " a "]


def test_types() -> None:
    assert accepts("float", "integer") and not accepts("integer", "float")
    assert accepts("string", "boolean") and not accepts("boolean", "string")
    assert accepts("integer", "unknown") and accepts("unknown", "string")
    assert comparable("integer", "float") and comparable("unknown", "string")
    assert not comparable("string", "integer") and not comparable("boolean", "float")
