"""Text to paths. Errors are values: (message, start, end, hint), offsets into the text given."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from compiler.expr.tree import Path, Segment
from compiler.text import Span, record

OPEN, CLOSE, ESCAPE = "${{", "}}", "$${{"

_ONE_PATH = "an expression is one path, without operators or functions"
_COMPUTE = "compute the value in a step, or use a variable"

_NAMES = re.compile(r"\s*([A-Za-z0-9_][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_][A-Za-z0-9_-]*)*)\s*")

Placement = Callable[[int, int], Span]

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


@record
class Piece:
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


def parse_path(text: str, span: Span, place: Placement | None = None) -> Path | Fault:
    """Parse the inside of `${{ }}`.

    `place` gives the span of a range of `text`; without it `span` is where `text` stands, character for character. When
    the two differ in length every part of the path gets `span`.
    """
    if place is None and (names := _NAMES.fullmatch(text)) and span.end - span.start == len(text):
        return _dotted(names, span)
    put = place or _within(text, span)
    segments: list[Segment] = []
    at, after_dot = 0, True
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            return _unexpected(text, at)
        kind, start, at = match.lastgroup or "", at, match.end()
        if kind == "space":
            if segments and not after_dot and text[at : at + 1] not in ("", ".", "["):
                return Fault(_ONE_PATH, at, len(text.rstrip()), _COMPUTE)
            continue
        if kind == "dot":
            if after_dot:
                return Fault("a name is missing before `.`", start, at)
            after_dot = True
            continue
        bracket = kind != "name"
        if bracket == after_dot:
            return Fault("a name is missing before `[`" if bracket else "a `.` is missing between two names", start, at)
        value = match.group(kind)
        segments.append(Segment(int(value) if kind == "index" else value, put(start, at), bracket))
        after_dot = False
    if after_dot:
        return _ended_early(text)
    return Path(tuple(segments), put(len(text) - len(text.lstrip()), len(text.rstrip())))


def _dotted(names: re.Match[str], span: Span) -> Path:
    """The path of names and dots alone, as most are: the same as below, sooner."""
    source, begin = span.source, span.start + names.start(1)
    at = begin
    segments = []
    for name in names[1].split("."):
        segments.append(Segment(name, Span(source, at, at + len(name))))
        at += len(name) + 1
    return Path(tuple(segments), Span(source, begin, at - 1))


def _within(text: str, span: Span) -> Placement:
    exact = span.end - span.start == len(text)
    return lambda start, end: span.sub(start, end) if exact else span


def _ended_early(text: str) -> Fault:
    end = len(text.rstrip())
    if end == 0:
        return Fault("the expression is empty", 0, len(text), "name a value, as in `${{ parameters.InstanceType }}`")
    return Fault("the expression ends in `.`", end - 1, end)


def _unexpected(text: str, at: int) -> Fault:
    character = text[at]
    if character == "[":
        return Fault("`[` wants a number or a quoted key, as in `[0]` or `['key']`", at, len(text.rstrip()))
    if character in "+-*/%=<>!&|?:(),":
        return Fault(_ONE_PATH, at, at + 1, _COMPUTE)
    return Fault(f"`{character}` cannot stand in an expression", at, at + 1)
