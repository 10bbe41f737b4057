"""Sources, spans and nearness."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compiler.text import Source, Span, closest

ANY = st.text(st.sampled_from("ab\n\r\té😀"), max_size=30)


@given(ANY, st.data())
def test_a_position_leads_back_to_its_offset(text: str, data: st.DataObject) -> None:
    source = Source("x", text)
    offset = data.draw(st.integers(0, len(text)))
    line, column = source.position(offset)
    assert source.line_starts[line - 1] + column - 1 == offset


@given(ANY)
def test_lines_are_those_of_the_text(text: str) -> None:
    """As `splitlines` has them, which knows no other ends among these characters."""
    source = Source("x", text)
    lines = [source.line(number) for number in range(1, len(source.line_starts) + 1)]
    assert lines == [*text.splitlines(), ""] if text.endswith(("\n", "\r")) or not text else lines == text.splitlines()


def test_a_line_ends_at_each_kind_of_end() -> None:
    source = Source("x", "a\nbc\r\nd\re")
    assert source.line_starts == (0, 2, 6, 8)
    assert [source.line(number) for number in (1, 2, 3, 4)] == ["a", "bc", "d", "e"]
    assert source.position(7) == (3, 2)


def test_parts_of_a_span_stay_inside_it() -> None:
    span = Span(Source("x", "abcdef"), 1, 4)
    assert span.text == "bcd"
    assert span.sub(1, 2).text == "c"
    assert span.sub(1, 99).text == "cd"
    assert span.sub(99, 100).text == ""
    assert span.position == (1, 2)


@pytest.mark.parametrize(
    ("name", "known", "near"),
    [
        ("preproces", ["train", "preprocess", "process"], "preprocess"),
        ("instance_tpye", ["instance_type", "instance_count"], "instance_type"),
        ("InstanceType", ["instance-type"], "instance-type"),
        ("trian", ["train", "test"], "train"),
        ("xyz", ["train", "test"], None),
        ("anything", [], None),
        ("ab", ["ab1", "ab2"], "ab1"),
    ],
)
def test_closest(name: str, known: list[str], near: str | None) -> None:
    assert closest(name, known) == near


def test_closest_of_very_many() -> None:
    """Names beyond the first few are found as well, and the first of equals is taken."""
    known = [f"train-model-{number}" for number in range(3000)]
    assert closest("trian-model-2718", known) == "train-model-2718"
    assert closest("train-model-", known) == "train-model-0"
