"""One thing that is wrong."""

from __future__ import annotations

from compiler.diagnostics.codes import CODES, Severity
from compiler.text import Span, record


@record
class Place:
    """A second place that takes part in a fault, with what is to be said of it."""

    span: Span
    label: str


@record
class Diagnostic:
    """A fault at a place.

    `code` is a key of CODES. `message` says what is, in one line, lower case, no full stop, names in backticks; only
    `hint` says how to mend. `span` is the smallest text at fault, or None for a fault of the file as a whole (then
    `path` names it). `label` stands under the underline, `places` are further spans, `notes` are facts.
    """

    code: str
    message: str
    span: Span | None
    label: str = ""
    hint: str = ""
    notes: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()
    path: str = ""
    severity: Severity = "error"

    @staticmethod
    def of(
        code: str,
        message: str,
        span: Span | None,
        *,
        label: str = "",
        hint: str = "",
        notes: tuple[str, ...] = (),
        places: tuple[Place, ...] = (),
        path: str = "",
    ) -> Diagnostic:
        """A diagnostic with the severity its code was declared with."""
        where = path or (span.source.path if span else "")
        return Diagnostic(code, message, span, label, hint, notes, places, where, CODES[code].severity)

    @property
    def sort_key(self) -> tuple[str, int, int, str, str]:
        """Source order: path, start, end, then code and message."""
        start, end = (self.span.start, self.span.end) if self.span else (-1, -1)
        return self.path, start, end, self.code, self.message
