"""Where reading stopped, and what is said of it."""

from __future__ import annotations

import re

from compiler.diagnostics import Place, Report
from compiler.text import Source, Span, record

_WORD = re.compile(r"[^\s:,\[\]{}]+")


@record
class Stop:
    """Where reading stopped (`at`), and where the thing that was being read began (`opened`)."""

    text: str
    at: int
    opened: int

    @property
    def character(self) -> str:
        return self.text[self.at : self.at + 1]

    @property
    def line(self) -> int:
        """Where the line begins that reading stopped in."""
        return line_start(self.text, self.at)

    @property
    def leads(self) -> bool:
        """Only blanks, or dashes of list items, stand before it in its line."""
        return not self.text[self.line : self.at].strip(" \t-")

    @property
    def word(self) -> tuple[int, int]:
        """From where reading stopped to the end of the word there; one character at least, where there is one."""
        match = _WORD.match(self.text, self.at)
        return self.at, match.end() if match else min(self.at + 1, len(self.text))


@record
class Said:
    """A fault in the making: its words, and from where to where in the text it is."""

    message: str
    start: int
    end: int
    hint: str = ""
    label: str = ""
    code: str = "yaml-syntax"
    other: tuple[int, str] | None = None  # one character elsewhere that has to do with it


def report_said(said: Said, source: Source, report: Report) -> None:
    other = said.other
    places = (Place(Span(source, other[0], min(other[0] + 1, len(source.text))), other[1]),) if other else ()
    span = Span(source, said.start, min(said.end, len(source.text)))
    report.add(said.code, said.message, span, label=said.label, hint=said.hint, places=places)


def line_start(text: str, at: int) -> int:
    return max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1
