"""Scalars that hold `${{`: cut into literal text and paths, each path with its own place."""

from __future__ import annotations

import re

from compiler.diagnostics import Report
from compiler.expr import Path, parse_path, split_template
from compiler.expr.parse import CLOSE, OPEN, Fault, Piece
from compiler.syntax.nodes import Scalar, Template
from compiler.syntax.placement import Places, places
from compiler.syntax.unquoted import report_unquoted
from compiler.text import Span

_COMMENT = re.compile(r"[ \t]+#")


def read_template(text: str, span: Span, style: str | None, report: Report) -> Scalar | Template:
    """The node of a scalar whose `text` holds `${{`.

    A scalar when each is escaped (`$${{`), else a template. What cannot be read is reported and becomes a path without
    segments.
    """
    pieces, fault = split_template(text)
    if not fault and len(pieces) == 1 and pieces[0].literal:
        return Scalar(pieces[0].text, pieces[0].text, span, not style)
    place = places(text, span, style)
    parts: list[str | Path] = []
    for piece in pieces:
        parts.append(piece.text if piece.literal else _path(piece, place, report))
    if fault:
        parts.append(_unclosed(fault, span, place, style, report))
    return Template(tuple(parts), span)


def _path(piece: Piece, place: Places, report: Report) -> Path:
    begin = piece.start
    span = place(begin, piece.end)
    if place.exact:
        found = parse_path(piece.text, span)
    else:
        found = parse_path(piece.text, span, lambda start, end: place(begin + start, begin + end))
    if isinstance(found, Path):
        return found
    start, end = begin + found.start, begin + found.end
    if not text_at(found, piece):
        start, end = begin - len(OPEN), piece.end + len(CLOSE)
    report.add("expression-syntax", found.message, place(start, end), hint=found.hint)
    return Path((), span)


def text_at(fault: Fault, piece: Piece) -> bool:
    """Whether the fault lies on characters one can underline."""
    return bool(piece.text[fault.start : fault.end].strip())


def _unclosed(fault: Fault, span: Span, place: Places, style: str | None, report: Report) -> Path:
    where = place(fault.start, fault.end)
    if not style and _COMMENT.match(span.source.text, span.end):
        report_unquoted(span.source, where.start, "` #` begins a comment in text without quotes", report)
    else:
        report.add("expression-syntax", fault.message, where, hint=fault.hint)
    return Path((), where)
