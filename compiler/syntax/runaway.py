"""A quote that is not closed where it should be: the text goes on to the next quote, lines below, and ends there."""

from __future__ import annotations

from typing import Any

import yaml

from compiler.syntax.stop import Said


def runaway(loader: Any, at: int) -> Said | None:
    """What is to be said where reading stumbled at offset `at`, right behind a quoted text of several lines.

    `loader` reads the same text again, by its tokens.
    """
    last: Any = None
    try:
        while (token := loader.get_token()) is not None and token.start_mark.index < at:
            last = token
    except yaml.YAMLError:
        pass
    if not isinstance(last, yaml.ScalarToken) or last.style not in ("'", '"') or last.end_mark.index != at:
        return None
    start = last.start_mark
    if start.line == last.end_mark.line:
        return None
    return Said("a quote is not closed", start.index, start.index + 1, f"close it with `{last.style}`", "opened here")
