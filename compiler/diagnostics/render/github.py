"""Annotations of GitHub Actions: https://docs.github.com/actions/reference/workflow-commands-for-github-actions."""

from __future__ import annotations

from collections.abc import Iterable

from compiler.diagnostics.diagnostic import Diagnostic
from compiler.diagnostics.render.screen import visible

_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = _DATA | str.maketrans({":": "%3A", ",": "%2C"})


def render(diagnostics: Iterable[Diagnostic]) -> str:
    """One workflow command a line."""
    return "".join(f"{_command(diagnostic)}\n" for diagnostic in diagnostics)


def _command(diagnostic: Diagnostic) -> str:
    properties = {"file": visible(diagnostic.path), **_region(diagnostic), "title": diagnostic.code}
    listed = ",".join(f"{name}={str(value).translate(_PROPERTY)}" for name, value in properties.items())
    hint = f"\nhint: {visible(diagnostic.hint)}" if diagnostic.hint else ""
    return f"::{diagnostic.severity} {listed}::{(visible(diagnostic.message) + hint).translate(_DATA)}"


def _region(diagnostic: Diagnostic) -> dict[str, int]:
    """Columns only where the span is of one line: the annotation takes them in no other case."""
    if diagnostic.span is None:
        return {"line": 1}
    line, column = diagnostic.span.position
    end_line, end_column = diagnostic.span.source.position(diagnostic.span.end)
    if line != end_line:
        return {"line": line, "endLine": end_line}
    return {"line": line, "col": column, "endLine": end_line, "endColumn": end_column}
