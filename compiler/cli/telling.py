"""What was found, told in the format asked for, on the stream it belongs to."""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper

from compiler.diagnostics import Report


def tell(report: Report, form: str, color: bool | None, *, data_on_stdout: bool = False) -> None:
    """Print the report: the human form to standard error, any other to standard output.

    With `data_on_stdout` standard output holds a definition and nothing else, and every form goes to standard error.
    """
    aside = form == "human" or data_on_stdout
    text = _rendered(report, form, colored(color, aside))
    if text:
        _stream(aside).buffer.write(text.encode("utf-8", "replace"))


def colored(color: bool | None, aside: bool) -> bool:
    """Whether to colour: as asked for, else on a terminal without NO_COLOR (https://no-color.org)."""
    if color is not None:
        return color
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb" and _stream(aside).isatty()


def _stream(aside: bool) -> TextIOWrapper:
    stream = sys.stderr if aside else sys.stdout
    assert isinstance(stream, TextIOWrapper)
    return stream


def _rendered(report: Report, form: str, color: bool) -> str:
    lines = []
    for found in report:
        line, column = found.span.position if found.span else (1, 1)
        hint = f" ({found.hint})" if found.hint else ""
        lines.append(f"{found.path}:{line}:{column}: {found.severity}[{found.code}]: {found.message}{hint}\n")
    return "".join(lines)
