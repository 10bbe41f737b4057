"""Text for terminals: every character visible, harmless and of known width."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import NamedTuple

TAB = 4
CUT = "…"
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def visible(text: str) -> str:
    """`text` on one line; what would steer a terminal, or hide, as a sign: ESC as `␛`, U+202E as `<U+202E>`."""
    return text if text.isascii() and text.isprintable() else "".join(_shown(character) for character in text)


@lru_cache(maxsize=4096)
def _shown(character: str) -> str:
    if character < " ":
        return chr(0x2400 + ord(character))
    if character == "\x7f":
        return "␡"
    return f"<U+{ord(character):04X}>" if unicodedata.category(character) in _UNSEEN else character


@lru_cache(maxsize=4096)
def _width(character: str) -> int:
    """Terminal cells of a character that is shown as it is (Unicode Standard Annex 11; combining marks have none)."""
    if unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


class Row(NamedTuple):
    """A source line as shown: its text, and where in it, in cells, the mark begins and how long it is."""

    text: str
    begin: int
    length: int


def row(line: str, start: int, end: int, room: int) -> Row:
    """A line with the characters from `start` to `end` marked, tabs expanded, cut to `room` cells round the mark.

    An empty mark is shown one cell long; one that does not fit is cut with the line.
    """
    left, right = max(0, start - 4 * room), start + 4 * room  # a line may be megabytes long
    pieces, cells = _laid_out(line[left:right])
    begin = cells[start - left]
    finish = max(cells[min(end, right, len(line)) - left], begin + 1)
    if cells[-1] <= room and len(pieces) == len(line):
        return Row("".join(pieces), begin, finish - begin)
    first = 0 if finish < room and not left else _at_or_after(cells, begin - room // 3)
    last = _at_or_before(cells, cells[first] + room - 2)
    lead = CUT if left or first else ""
    tail = CUT if left + last < len(line) else ""
    begin, finish = begin - cells[first], min(finish, max(cells[last], begin + 1)) - cells[first]
    return Row(lead + "".join(pieces[first:last]) + tail, len(lead) + begin, finish - begin)


def _laid_out(text: str) -> tuple[list[str], list[int]]:
    """What is shown for each character, and the cell where each begins and the last one ends."""
    pieces: list[str] = []
    cells = [0]
    for character in text:
        at = cells[-1]
        piece = " " * (TAB - at % TAB) if character == "\t" else _shown(character)
        pieces.append(piece)
        cells.append(at + (_width(character) if piece == character else len(piece)))
    return pieces, cells


def _at_or_after(cells: list[int], cell: int) -> int:
    return next(index for index, begin in enumerate(cells) if begin >= cell)


def _at_or_before(cells: list[int], cell: int) -> int:
    return next(index for index in range(len(cells) - 1, -1, -1) if cells[index] <= cell)
