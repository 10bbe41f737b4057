"""A text with a name, and spans of characters in it."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

from compiler.text.record import record

_LINE_END = re.compile(r"\r\n?|\n")


@dataclass(frozen=True)
class Source:
    """One input text. `path` is as the user wrote it (never made absolute); `text` is decoded, without a BOM."""

    path: str
    text: str

    @cached_property
    def line_starts(self) -> tuple[int, ...]:
        """Character offset of the first character of each line; a line ends at LF, CRLF or a lone CR, as in YAML."""
        return (0, *(end.end() for end in _LINE_END.finditer(self.text)))

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of a character offset, both counted from 1, columns in characters."""
        line = bisect_right(self.line_starts, offset)
        return line, offset - self.line_starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The text of a line counted from 1, without its end."""
        starts = self.line_starts
        end = starts[number] if number < len(starts) else len(self.text)
        return self.text[starts[number - 1] : end].rstrip("\r\n")


@record
class Span:
    """Characters `start` up to but not including `end` of `source`."""

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
