"""One line a diagnostic, as compilers have it: `path:line:column: error[code]: message`."""

from __future__ import annotations

from collections.abc import Iterable

from compiler.diagnostics.diagnostic import Diagnostic
from compiler.diagnostics.render.screen import visible


def render(diagnostics: Iterable[Diagnostic]) -> str:
    """The lines of all of them; the hint follows the message in parentheses."""
    return "".join(f"{_line(diagnostic)}\n" for diagnostic in diagnostics)


def _line(diagnostic: Diagnostic) -> str:
    line, column = diagnostic.span.position if diagnostic.span else (1, 1)
    hint = f" ({visible(diagnostic.hint)})" if diagnostic.hint else ""
    where = f"{visible(diagnostic.path)}:{line}:{column}"
    return f"{where}: {diagnostic.severity}[{diagnostic.code}]: {visible(diagnostic.message)}{hint}"
