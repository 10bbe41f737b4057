"""What was found, told in the format asked for, on the stream it belongs to."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from typing import TYPE_CHECKING

from compiler.diagnostics import Report

if TYPE_CHECKING:
    from compiler.diagnostics.render import Format


def tell(
    report: Report, form: Format, color: bool | None, checked: Sequence[str], *, data_on_stdout: bool = False
) -> None:
    """Print the report: the human form to standard error, any other to standard output.

    `checked` are the names of the files looked at. With `data_on_stdout` standard output holds a definition and nothing
    else, and every form goes to standard error.
    """
    aside = form == "human" or data_on_stdout
    if not len(report) and (form == "human" or data_on_stdout):
        return
    from compiler.diagnostics.render import render  # a sound pipeline has nothing to tell

    width = shutil.get_terminal_size((120, 24)).columns
    text = render(report, form, color=colored(color, aside), width=width, checked=tuple(checked))
    _stream(aside).flush()
    _stream(aside).buffer.write(text.encode("utf-8", "replace"))
    _stream(aside).flush()


def colored(color: bool | None, aside: bool) -> bool:
    """Whether to colour: as asked for, else on a terminal without NO_COLOR (https://no-color.org)."""
    if color is not None:
        return color
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb" and _stream(aside).isatty()


def _stream(aside: bool) -> TextIOWrapper:
    stream = sys.stderr if aside else sys.stdout
    assert isinstance(stream, TextIOWrapper)
    return stream
