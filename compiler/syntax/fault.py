"""What PyYAML says of a text it cannot read."""

from __future__ import annotations

import re

from compiler.diagnostics import Report
from compiler.text import Source, Span

_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def explain(error: Exception, source: Source, report: Report) -> None:
    """Report `error`, a YAMLError or UnicodeEncodeError raised on reading `source`."""
    forbidden = _FORBIDDEN.search(source.text)
    if forbidden:
        message = f"the character U+{ord(forbidden[0]):04X} cannot stand in YAML"
        report.add("yaml-syntax", message, Span(source, forbidden.start(), forbidden.end()), hint="remove it")
        return
    mark = getattr(error, "problem_mark", None)
    at = min(mark.index, len(source.text)) if mark else 0
    problem = str(getattr(error, "problem", None) or error).splitlines()[0]
    report.add("yaml-syntax", problem, Span(source, at, min(at + 1, len(source.text))))
