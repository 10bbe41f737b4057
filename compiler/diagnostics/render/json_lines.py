"""One JSON object a line. Lines and columns count from 1, in characters; the end is the place behind the last one."""

from __future__ import annotations

import json
from collections.abc import Iterable

from compiler.diagnostics.diagnostic import Diagnostic
from compiler.text import Span


def render(diagnostics: Iterable[Diagnostic]) -> str:
    """The lines of all of them."""
    return "".join(f"{json.dumps(_object(diagnostic))}\n" for diagnostic in diagnostics)


def _object(diagnostic: Diagnostic) -> dict[str, object]:
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity,
        "message": diagnostic.message,
        "path": diagnostic.path,
        **_region(diagnostic.span),
        "label": diagnostic.label,
        "hint": diagnostic.hint,
        "notes": list(diagnostic.notes),
        "places": [
            {"path": place.span.source.path, **_region(place.span), "label": place.label} for place in diagnostic.places
        ],
    }


def _region(span: Span | None) -> dict[str, int | None]:
    line, column = span.position if span else (None, None)
    end_line, end_column = span.source.position(span.end) if span else (None, None)
    return {"line": line, "column": column, "end_line": end_line, "end_column": end_column}
