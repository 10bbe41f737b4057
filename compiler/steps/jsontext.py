"""Maps as JSON text, for the places where the service takes a document as one string."""

from __future__ import annotations

import json

from compiler.model.values import Get, Hole, Join, JsonGet, ListValue, Literal, MapValue, StepList, Value, text


def json_text(value: Value) -> Value:
    """The value as compact JSON text, keys in the author's order.

    Values known only when running are put in by a Join: numbers and booleans as they are, all else between quotes. The
    service puts text in as it is, so one that holds a quote or a backslash breaks the document. Numbers are finite.
    """
    pieces = _merged(_pieces(value))
    if any(isinstance(p, Hole) for p in pieces):
        return Hole(value.span)
    if all(isinstance(p, str) for p in pieces):
        return text("".join(p for p in pieces if isinstance(p, str)), value.span)
    return Join("", tuple(text(p, value.span) if isinstance(p, str) else p for p in pieces), value.span)


Piece = str | Get | Join | JsonGet | Hole


def _pieces(value: Value) -> list[Piece]:
    match value:
        case Literal(scalar):
            return [_dumped(scalar)]
        case Get(type=type_) if type_ in ("integer", "float", "boolean"):
            return [value]
        case Get() | JsonGet():
            return ['"', value, '"']
        case Join():
            return ['"', *_within(value), '"']
        case ListValue(items):
            return ["[", *_joined([_pieces(item) for item in items]), "]"]
        case MapValue():
            return ["{", *_joined([[f"{_dumped(key)}:", *_pieces(inner)] for key, inner in value.pairs()]), "}"]
        case Hole():
            return [value]
        case StepList():
            raise AssertionError("steps are no JSON")


def _within(join: Join) -> list[Piece]:
    """The pieces of a text that stands between quotes, its literal parts escaped."""
    between: list[Piece] = [_dumped(join.on)[1:-1]] if join.on else []
    groups = [_part(value) for value in join.values]
    return [piece for number, group in enumerate(groups) for piece in (between if number else []) + group]


def _part(value: Value) -> list[Piece]:
    match value:
        case Literal():
            return [_dumped(value.as_text)[1:-1]]
        case Join():
            return _within(value)
        case Get() | JsonGet() | Hole():
            return [value]
        case _:
            raise AssertionError("a list or a map cannot be joined into text")


def _dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _joined(groups: list[list[Piece]]) -> list[Piece]:
    return [piece for number, group in enumerate(groups) for piece in ([","] if number else []) + group]


def _merged(pieces: list[Piece]) -> list[Piece]:
    """The pieces with neighbouring texts put together."""
    merged: list[Piece] = []
    for piece in pieces:
        if isinstance(piece, str) and merged and isinstance(merged[-1], str):
            merged[-1] += piece
        else:
            merged.append(piece)
    return merged
