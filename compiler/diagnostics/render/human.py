"""For people: the message, the lines at fault with the text underlined, what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from compiler.diagnostics.codes import Severity
from compiler.diagnostics.diagnostic import Diagnostic
from compiler.diagnostics.render.screen import row, visible
from compiler.text import Source, Span

SECRET = "secret"
_EXPRESSION = re.compile(r"""["']?\$\{\{[^}]*\}\}["']?""")  # it says where the secret lies, and does not show it
_COLOURS = {"error": "1;31", "warning": "1;33", "frame": "1;34", "bold": "1"}


class _Mark(NamedTuple):
    """A place to underline: the first line of its span."""

    line: int
    span: Span
    label: str
    sign: str


class Human:
    """Renders diagnostics. `width` is the terminal's, in cells."""

    def __init__(self, color: bool, width: int) -> None:
        self._color = color
        self._width = width
        self._secrets: list[Span] = []

    def render(self, diagnostics: list[Diagnostic]) -> str:
        """All of them, a blank line between two, and their number; nothing when there are none."""
        if not diagnostics:
            return ""
        self.hide(diagnostics)
        return "\n\n".join([*(self.one(diagnostic) for diagnostic in diagnostics), summary(diagnostics)]) + "\n"

    def hide(self, diagnostics: list[Diagnostic]) -> None:
        """Show no secret that these tell of, in whatever line it stands."""
        self._secrets = [
            d.span for d in diagnostics if d.code == SECRET and d.span and not _EXPRESSION.fullmatch(d.span.text)
        ]

    def one(self, diagnostic: Diagnostic) -> str:
        """One diagnostic, without a line end at its end."""
        return "\n".join(self._lines(diagnostic))

    def _lines(self, diagnostic: Diagnostic) -> Iterator[str]:
        severity = diagnostic.severity
        head = self._paint(severity, f"{severity}[{diagnostic.code}]")
        yield head + self._paint("bold", f": {visible(diagnostic.message)}")
        groups = _by_source(diagnostic)
        gutter = max((len(str(mark.line)) for _, marks in groups for mark in marks), default=1)
        if not groups:
            yield self._frame(" " * gutter + "-->") + f" {visible(diagnostic.path)}"
        arrow = "-->"
        for source, marks in groups:
            line, column = marks[0].span.position
            where = f"{visible(source.path)}:{line}:{column}"
            yield f"{self._frame(' ' * gutter + arrow)} {where}"
            yield from self._snippet(marks, gutter, severity)
            arrow = ":::"
        for note in diagnostic.notes:
            yield from self._remark("note", note, gutter)
        if diagnostic.hint:
            yield from self._remark("hint", diagnostic.hint, gutter)

    def _snippet(self, marks: list[_Mark], gutter: int, severity: Severity) -> Iterator[str]:
        bar = self._frame(" " * gutter + " |")
        yield bar
        before = 0
        for line, here in _by_line(marks):
            if before and line > before + 1:
                yield self._frame("...")
            before = line
            yield from self._line(line, here, gutter, bar, severity)

    def _line(self, number: int, marks: list[_Mark], gutter: int, bar: str, severity: Severity) -> Iterator[str]:
        """A source line with its underlines; once more for an underline that lies outside of what is shown of it."""
        source = marks[0].span.source
        begin = source.line_starts[number - 1]
        text = self._masked(source, source.line(number), begin)
        room = max(self._width - gutter - 3, 20)
        shown = None
        for mark in marks:
            start = min(mark.span.start - begin, len(text))
            shape = row(text, start, max(start, min(mark.span.end - begin, len(text))), room)
            if shape.text != shown:
                yield f"{self._frame(f'{number:>{gutter}} |')} {shape.text}".rstrip()
            shown = shape.text
            underline = mark.sign * shape.length + (f" {visible(mark.label)}" if mark.label else "")
            yield f"{bar} {' ' * shape.begin}{self._paint(severity if mark.sign == '^' else 'frame', underline)}"

    def _masked(self, source: Source, text: str, begin: int) -> str:
        """A line without the secrets in it: what is told of others must not show them, either."""
        for secret in self._secrets:
            if secret.source.path == source.path:
                start, end = max(secret.start - begin, 0), min(max(secret.end - begin, 0), len(text))
                text = text[:start] + "*" * (end - start) + text[end:] if start < end else text
        return text

    def _remark(self, kind: str, text: str, gutter: int) -> Iterator[str]:
        indent = " " * (gutter + 1)
        first, *others = text.split("\n")
        yield f"{indent}{self._frame('=')} {self._paint('bold', f'{kind}:')} {visible(first)}"
        for other in others:
            yield f"{indent}{' ' * len(f'= {kind}: ')}{visible(other)}".rstrip()

    def _frame(self, text: str) -> str:
        return self._paint("frame", text)

    def _paint(self, colour: str, text: str) -> str:
        return f"\x1b[{_COLOURS[colour]}m{text}\x1b[0m" if self._color and text else text


def summary(diagnostics: list[Diagnostic]) -> str:
    """`2 errors, 1 warning`; what there is none of is left out."""
    counts = ((sum(d.severity == kind for d in diagnostics), kind) for kind in ("error", "warning"))
    return ", ".join(f"{count} {kind}{'s' if count > 1 else ''}" for count, kind in counts if count)


def _by_source(diagnostic: Diagnostic) -> list[tuple[Source, list[_Mark]]]:
    """The marks of each file, the file of the fault first, its own mark first in it."""
    if diagnostic.span is None:
        return []
    groups = {diagnostic.span.source.path: (diagnostic.span.source, [_mark(diagnostic.span, diagnostic.label, "^")])}
    for place in diagnostic.places:
        source = place.span.source
        groups.setdefault(source.path, (source, []))[1].append(_mark(place.span, place.label, "-"))
    return list(groups.values())


def _mark(span: Span, label: str, sign: str) -> _Mark:
    return _Mark(span.position[0], span, label, sign)


def _by_line(marks: list[_Mark]) -> list[tuple[int, list[_Mark]]]:
    lines: dict[int, list[_Mark]] = {}
    for mark in marks:
        lines.setdefault(mark.line, []).append(mark)
    return sorted(lines.items())
