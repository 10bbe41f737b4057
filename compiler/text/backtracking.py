"""Regular expressions that `re` reads in very many ways: `(a+)+` on a text that fails at its end takes for ever."""

from __future__ import annotations

import re

_TOKEN = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[()|*+?]|\{\d*,?\d*\}|.", re.DOTALL)
_READINGS = 10_000_000  # that are tried in a fraction of a second
_SHORT = 8  # characters against which anything is tried


def affordable(pattern: str, text: str) -> bool:
    """Whether matching is sure to end soon: each repeat may end anywhere in the text, and a repeat of repeats often."""
    repeats, nested = _repeats(pattern)
    return len(text) <= _SHORT or (not nested and len(text) ** repeats <= _READINGS)


def _repeats(pattern: str) -> tuple[int, bool]:
    """The repeats of a pattern, and whether one, or a choice, lies in another."""
    total, nested = 0, False
    inside, last = [0], 0  # how many there are in each open group, and in what was read last
    for match in _TOKEN.finditer(pattern):
        token = match[0]
        if token == "(":
            inside.append(0)
        elif token == "|":
            inside[-1] += 1
        elif token in ("*", "+") or (token[0] == "{" and len(token) > 1):
            total += 1
            nested = nested or last > 0
            inside[-1] += 1
        if token == ")" and len(inside) > 1:
            last = inside.pop()
            inside[-1] += last
        elif token not in ("?", "|"):
            last = 0
    return total, nested
