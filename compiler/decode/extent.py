"""How much values are, with all that their expressions stand for written out: a few lines can stand for very much."""

from __future__ import annotations

from compiler.syntax import Gap, Mapping, Node, Scalar, Sequence, Template
from compiler.text import record

MOST_VALUES = 250_000  # as for aliases
DEEPEST = 100  # levels, as for a document's own lists and maps
LONGEST_CHAIN = 30  # names whose values are made of the next
_A_VALUE = 100  # characters of text that count as much as a value


@record
class Extent:
    """Values, those inside others included, and levels of lists and maps."""

    values: int
    levels: int


def extent_of(node: Node) -> Extent:
    """The extent of a node as it is written; a long text counts as several values."""
    match node:
        case Sequence(items):
            inner = [extent_of(item) for item in items]
        case Mapping():
            inner = [extent_of(entry.value) for entry in node]
        case Scalar(text=text):
            return Extent(1 + len(text) // _A_VALUE, 0)
        case Template(parts):
            return Extent(1 + sum(len(part) for part in parts if isinstance(part, str)) // _A_VALUE, 0)
        case Gap():
            return Extent(1, 0)
    return Extent(1 + sum(i.values for i in inner), 1 + max((i.levels for i in inner), default=0))
