"""Characters that cannot stand in YAML, or would be read in two ways."""

from __future__ import annotations

import re

from compiler.diagnostics import Report
from compiler.syntax.stop import Said, Stop, report_said
from compiler.text import Source, Span

_FORBIDDEN = "[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
_OLD_BREAKS = ("\x85", "\u2028", "\u2029", "\ufeff")
_SURROGATE = re.compile("[\ud800-\udfff]")
_SURROGATE_ESCAPE = re.compile(r"\\(?:u|U0000)[dD][89a-fA-F]")


def refuse_old_breaks(source: Source, report: Report) -> bool:
    """Whether the text holds a character that ends a line or is left out in YAML 1.1, but not in 1.2; reported.

    They come with pasted text, unseen, and libyaml reads them the old way.
    """
    found = any(sign in source.text for sign in _OLD_BREAKS) and forbidden(source.text)
    if found:
        report_said(found, source, report)
    return bool(found)


def refuse_surrogates(text: str, span: Span, report: Report) -> bool:
    """Whether a text in double quotes holds half a character, by its escapes; reported. libyaml finds it by itself."""
    escape = not text.isascii() and _SURROGATE.search(text) and _SURROGATE_ESCAPE.search(span.text)
    if not escape:
        return False
    start = span.start + escape.start()
    report_said(half_character(Stop(span.source.text, start + 1, start)), span.source, report)
    return True


def forbidden(text: str) -> Said | None:
    """What is to be said of the first character that YAML does not take."""
    found = re.search(_FORBIDDEN, text)  # compiled when it is needed: to do so takes as long as all of YAML's others
    if found is None:
        return None
    message = f"the character U+{ord(found[0]):04X} cannot stand in YAML"
    return Said(message, found.start(), found.end(), "remove it, or write it as an escape in double quotes")


def half_character(s: Stop) -> Said:
    """An escape that stands for no character, as the halves JSON writes some in."""
    start = s.text.rfind("\\", 0, s.at)
    end = re.compile(r"\\.[0-9A-Fa-f]*").match(s.text, start)
    return Said("an escape names no character", start, end.end() if end else s.at,
                 "write the character itself, or `\\U` with the eight digits of its number")
