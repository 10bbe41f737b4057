"""Expressions: printed and read again they are the same; so are paths in the service's spelling."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compiler.diagnostics import Report
from compiler.expr import Path, Segment, parse_path, split_template
from compiler.expr.parse import ESCAPE, OPEN, Fault
from compiler.syntax import Scalar, Template, decode_source, parse
from compiler.text import Source, Span

pytestmark = pytest.mark.property
NAMES = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,8}", fullmatch=True)
KEYS = st.text(st.characters(exclude_characters="'\"]", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8)
SPACE = st.sampled_from(("", " ", "  ", "\t"))
NOWHERE = Span(Source("", ""), 0, 0)
SEGMENTS = st.one_of(
    NAMES.map(lambda name: Segment(name, NOWHERE)),
    st.integers(0, 999_999_999).map(lambda index: Segment(index, NOWHERE, True)),
    KEYS.map(lambda key: Segment(key, NOWHERE, True)),
)
PATHS = st.builds(
    lambda first, rest: Path((Segment(first, NOWHERE), *rest), NOWHERE), NAMES, st.lists(SEGMENTS, max_size=5)
)
LITERALS = st.text(st.characters(exclude_categories=["Cs"]), max_size=10)


def read(text: str) -> Path | Fault:
    return parse_path(text, Span(Source("x", text), 0, len(text)))


@given(PATHS, SPACE, SPACE)
def test_printed_and_read_again(path: Path, before: str, behind: str) -> None:
    assert read(before + str(path) + behind) == path


@given(PATHS, st.data())
def test_space_between_segments_means_nothing(path: Path, data: st.DataObject) -> None:
    text = ""
    for number, segment in enumerate(path.segments):
        printed = str(segment) if number else str(segment).removeprefix(".")
        if printed.startswith("."):
            printed = "." + data.draw(SPACE) + printed[1:]
        text += data.draw(SPACE) + printed
    assert read(text) == path


@given(PATHS)
def test_both_kinds_of_quotes(path: Path) -> None:
    assert read(str(path).replace("'", '"')) == path


@given(st.text(max_size=12))
def test_whatever_is_read_prints_to_what_reads_the_same(text: str) -> None:
    found = read(text)
    if isinstance(found, Path):
        assert read(str(found)) == found
    else:
        assert found.message and 0 <= found.start <= found.end <= max(len(text), found.end)


def escaped(literal: str) -> str:
    return literal.replace(OPEN, ESCAPE)


@given(st.lists(st.tuples(LITERALS, PATHS), max_size=3), LITERALS)
def test_templates_are_their_pieces(pairs: list[tuple[str, Path]], tail: str) -> None:
    """Text and expressions in turn, each `${{` of the text escaped, come back as they were."""
    pairs = [(literal.rstrip("$"), path) for literal, path in pairs]
    text = "".join(f"{escaped(literal)}${{{{ {path} }}}}" for literal, path in pairs) + escaped(tail)
    pieces, fault = split_template(text)
    assert fault is None
    expected: list[str | Path] = []
    for literal, path in pairs:
        expected += ([literal] if literal else []) + [path]
    expected += [tail] if tail else []
    found = [piece.text if piece.literal else read(piece.text) for piece in pieces]
    assert found == expected


@given(st.lists(st.tuples(NAMES, PATHS), min_size=1, max_size=3))
def test_a_scalar_of_a_file_holds_the_same_template(pairs: list[tuple[str, Path]]) -> None:
    text = "".join(f"{literal}${{{{ {path} }}}}" for literal, path in pairs)
    report = Report()
    source = decode_source(json.dumps(text, ensure_ascii=False), "x.yaml", report)
    node = parse(source, report) if source else None
    assert isinstance(node, Template), list(report)
    assert list(node.parts) == [part for pair in pairs for part in pair]


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12))
def test_escaped_text_is_the_text(text: str) -> None:
    report = Report()
    source = decode_source(json.dumps("." + escaped(text), ensure_ascii=False), "x.yaml", report)
    node = parse(source, report) if source else None
    assert isinstance(node, Scalar) and node.value == "." + text, list(report)
