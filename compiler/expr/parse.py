"""Text to paths. Errors are values: (message, start, end, hint), offsets into the text given."""

from __future__ import annotations

import re
from typing import NamedTuple

from compiler.expr.tree import Path, Segment
from compiler.text import Span

OPEN, CLOSE, ESCAPE = "${{", "}}", "$${{"

_TOKEN = re.compile(
    r"""(?P<space>\s+)
      | (?P<name>[A-Za-z0-9_][A-Za-z0-9_-]*)
      | (?P<dot>\.)
      | \[\s*(?P<index>[0-9]{1,9})\s*\]
      | \[\s*'(?P<single>[^'\]]*)'\s*\]
      | \[\s*"(?P<double>[^"\]]*)"\s*\]""",
    re.VERBOSE,
)


class Fault(NamedTuple):
    """Why a text is no expression; `start` and `end` are offsets into it."""

    message: str
    start: int
    end: int
    hint: str = ""


class Piece(NamedTuple):
    """A piece of a template: literal text, or the inside of one `${{ }}`, at `start` to `end` of the whole text."""

    literal: bool
    text: str
    start: int
    end: int


def split_template(text: str) -> tuple[list[Piece], Fault | None]:
    """Cut text into literal pieces and expressions. `$${{` gives the literal `${{`. An unclosed `${{` is a fault."""
    pieces: list[Piece] = []
    at = begin = 0
    literal = ""
    while (found := text.find(OPEN, at)) >= 0:
        if found > 0 and text[found - 1] == "$":
            literal += text[at : found - 1] + OPEN
            at = found + len(OPEN)
            continue
        close = text.find(CLOSE, found)
        if close < 0:
            return pieces, Fault("`${{` is not closed", found, len(text), "close the expression with `}}`")
        literal += text[at:found]
        if literal:
            pieces.append(Piece(True, literal, begin, found))
        pieces.append(Piece(False, text[found + len(OPEN) : close], found + len(OPEN), close))
        at = begin = close + len(CLOSE)
        literal = ""
    literal += text[at:]
    if literal:
        pieces.append(Piece(True, literal, begin, len(text)))
    return pieces, None


def parse_path(text: str, span: Span) -> Path | Fault:
    """Parse the inside of `${{ }}`. `span` is where `text` stands, character for character; a coarser span is kept."""
    exact = span.end - span.start == len(text)

    def place(start: int, end: int) -> Span:
        return span.sub(start, end) if exact else span

    segments: list[Segment] = []
    at, after_dot = 0, True
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            return _unexpected(text, at)
        kind, start, at = match.lastgroup, at, match.end()
        if kind == "space":
            if segments and text[at:].strip() and not (after_dot and segments):
                return Fault("an expression is one path, without operators or functions", start, len(text.rstrip()),
                             "compute the value in a step, or use a variable")
            continue
        if kind == "dot":
            if after_dot:
                return Fault("a name is missing before `.`", start, at)
            after_dot = True
            continue
        bracket = kind != "name"
        if bracket == after_dot:
            return Fault("a name is missing before `[`" if bracket else "a `.` is missing between two names", start, at)
        value = match.group(kind or "")
        segments.append(Segment(int(value) if kind == "index" else value, place(start, at), bracket))
        after_dot = False
    if after_dot:
        return Fault("the expression is empty" if not segments else "the expression ends in `.`", 0, len(text))
    stripped = len(text) - len(text.lstrip())
    return Path(tuple(segments), place(stripped, len(text.rstrip())))


def _unexpected(text: str, at: int) -> Fault:
    character = text[at]
    if character == "[":
        return Fault("`[` wants a number or a quoted key, as in `[0]` or `['key']`", at, len(text.rstrip()))
    if character in "+-*/%=<>!&|?:(),":
        return Fault("an expression is one path, without operators or functions", at, at + 1,
                     "compute the value in a step, or use a variable")
    return Fault(f"`{character}` cannot stand in an expression", at, at + 1)
