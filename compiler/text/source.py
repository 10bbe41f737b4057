"""A text with a name, and spans of characters in it."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple


@dataclass(frozen=True)
class Source:
    """One input text. `path` is as the user wrote it (never made absolute); `text` is decoded, without a BOM."""

    path: str
    text: str

    @cached_property
    def line_starts(self) -> tuple[int, ...]:
        """Character offset of the first character of each line; a line ends at LF, CRLF or a lone CR, as in YAML."""
        starts = [0]
        text = self.text
        at, size = 0, len(text)
        while at < size:
            lf = text.find("\n", at)
            cr = text.find("\r", at, lf if lf >= 0 else size)
            end = cr if cr >= 0 else lf
            if end < 0:
                break
            at = end + (2 if text.startswith("\r\n", end) else 1)
            starts.append(at)
        return tuple(starts)

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of a character offset, both counted from 1, columns in characters."""
        line = bisect_right(self.line_starts, offset)
        return line, offset - self.line_starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The text of a line counted from 1, without its end."""
        starts = self.line_starts
        end = starts[number] if number < len(starts) else len(self.text)
        return self.text[starts[number - 1] : end].rstrip("\r\n")


class Span(NamedTuple):
    """Characters `start` up to but not including `end` of `source`. A named tuple, because every node holds one."""

    source: Source
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.source.text[self.start : self.end]

    @property
    def position(self) -> tuple[int, int]:
        """Line and column of the start, counted from 1."""
        return self.source.position(self.start)

    def sub(self, start: int, end: int) -> Span:
        """The part from `start` to `end`, both relative to this span's start and kept inside it."""
        return Span(self.source, min(self.start + start, self.end), min(self.start + end, self.end))
