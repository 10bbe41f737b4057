"""Faults of JSON are told in the same words and at the same place by every version of Python."""

from __future__ import annotations

import json

import pytest

from compiler.text.jsonfault import MAX_DEPTH, json_fault, parse_json

COMMA = "a comma stands before the end"


@pytest.mark.parametrize(
    ("text", "why", "at"),
    [
        ('{"a": 3,}', COMMA, 7),
        ('{"a": 3 ,\n }', COMMA, 8),
        ("[3,]", COMMA, 2),
        ("[3, ]", COMMA, 2),
        ("{3: 4}", "expecting property name enclosed in double quotes", 1),
        ('{"a" 4}', "expecting ':' delimiter", 5),
        ("[", "expecting value", 1),
        ("[] []", "extra data", 3),
        ('["a', "unterminated string starting at", 1),
    ],
)
def test_told_alike(text: str, why: str, at: int) -> None:
    with pytest.raises(json.JSONDecodeError) as raised:
        json.loads(text)
    assert json_fault(raised.value) == (why, at)
    parser = json.JSONDecodeError("Illegal trailing comma before end of object", text, at)
    assert why != COMMA or json_fault(parser) == (why, at)


@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 200_000])
def test_what_nests_too_deeply_is_told_and_not_walked_into(depth: int) -> None:
    assert parse_json("[" * MAX_DEPTH + "]" * MAX_DEPTH)
    for text in ("[" * depth + "]" * depth, b'{"a":' * depth + b"1" + b"}" * depth):
        with pytest.raises(json.JSONDecodeError) as raised:
            parse_json(text)
        assert json_fault(raised.value) == (f"lists and maps nest deeper than {MAX_DEPTH} levels", 0)


def test_text_that_cannot_be_written_is_refused() -> None:
    assert parse_json(rb'["\ud83d\ude00"]') == parse_json('["\N{GRINNING FACE}"]') == ["\N{GRINNING FACE}"]
    for text in (r'["a\ud83d"]', rb'{"\uDE00": 1}'):
        with pytest.raises(json.JSONDecodeError) as raised:
            parse_json(text)
        assert json_fault(raised.value) == ("half of a surrogate pair stands alone", 0)
    with pytest.raises(ValueError, match="utf-8"):
        parse_json(b'["\xff"]')
