"""Field tables as rows for people: the way to a key, what it takes, whether a run-time value may stand there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from compiler.model.kinds import (
    Anything,
    Choice,
    Either,
    Field,
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

PARTS = {"steps": "a map of steps", "if": "a condition", "defaults": "a map of step keys"}


class Row(NamedTuple):
    """One key. `key` is the way to it: `inputs.NAME.from`, `retry[].exceptions`."""

    key: str
    required: bool
    takes: str
    late: bool
    doc: str


def rows(fields: Mapping[str, Field], way: str = "") -> Iterator[Row]:
    """The keys of a map and of the maps in it, depth first; `raw` in an entry is told with the entry's own words."""
    for name, field in fields.items():
        kind = field.kind
        yield Row(way + name, field.required, words(kind), late(kind), field.doc)
        yield from _inner(kind, way + name)


def _inner(kind: Kind, way: str) -> Iterator[Row]:
    match kind:
        case Record(fields):
            yield from rows(fields, f"{way}.")
        case ListOf(item):
            yield from _inner(item, f"{way}[]")
        case MapOf(value):
            yield from _inner(value, f"{way}.NAME")
        case Either(_, items, members):
            for branch in (items, members):
                yield from _inner(branch, way) if branch else ()
        case Nullable(inner):
            yield from _inner(inner, way)


def words(kind: Kind) -> str:
    """What a field takes, in a few words."""
    match kind:
        case Text(scalar=True):
            return "text, a number, true or false"
        case Text():
            return "text"
        case Reference(bare=True):
            return "a step's name"
        case Reference():
            return "`step:name` or text"
        case Number():
            return ("a whole number" if kind.whole else "a number") + _bounds(kind)
        case Flag():
            return "true or false"
        case Choice(choices):
            return " or ".join(filter(None, (", ".join(f"`{w}`" for w in choices[:-1]), f"`{choices[-1]}`")))
        case ListOf(item):
            return f"a list of {_several(item)}"
        case MapOf(value):
            return f"a map of {_several(value)}"
        case Either():
            return ", or ".join(words(branch) for branch in (kind.scalar, kind.items, kind.members) if branch)
        case Nullable(inner):
            return words(inner)
        case Anything("map") | Record():
            return "a map"
        case Anything():
            return "any value"
        case Nested(definition):
            return PARTS[definition]


def _bounds(kind: Number) -> str:
    match kind.minimum, kind.maximum:
        case None, None:
            return ""
        case low, None:
            return f", at least {low:g}"
        case None, high:
            return f", at most {high:g}"
        case low, high:
            return f" from {low:g} to {high:g}"


def _several(kind: Kind) -> str:
    match kind:
        case Text(scalar=True):
            return "scalars"
        case Text():
            return "texts"
        case Reference(bare=True):
            return "step names"
        case Record() | Anything():
            return "maps" if isinstance(kind, Record) or kind.shape else "values"
        case ListOf(item):
            return f"lists of {_several(item)}"
        case Either():
            return ", or ".join(_several(branch) for branch in (kind.scalar, kind.items, kind.members) if branch)
        case Nullable(inner):
            return _several(inner)
        case _:
            return words(kind)


def late(kind: Kind) -> bool:
    """Whether a value known only when running may stand in the field, or as an item of it."""
    match kind:
        case Text(static) | Flag(static):
            return not static
        case Number():
            return not kind.static
        case Reference(bare=bare):
            return not bare
        case ListOf(inner) | MapOf(inner) | Nullable(inner):
            return late(inner)
        case Either():
            return any(late(branch) for branch in (kind.scalar, kind.items) if branch)
        case Anything("map"):
            return True
        case _:
            return False
