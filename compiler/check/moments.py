"""When a schedule of a sound form would start: at moments that there are. Source: EventBridge, schedule types."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
FIELDS: tuple[tuple[str, int, int, tuple[str, ...]], ...] = (
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day of the month", 1, 31, ("L", "W", "LW")),
    ("month", 1, 12, MONTHS),
    ("day of the week", 1, 7, ("L", *WEEKDAYS, *(f"{day}L" for day in WEEKDAYS))),
    ("year", 1970, 2199, ()),
)


def never(expression: str) -> tuple[str, str]:
    """What in `at(...)` or `cron(...)` is no moment, and how to mend it; "" and "" where all is well."""
    kind, _, inner = expression.removesuffix(")").partition("(")
    match kind:
        case "at":
            return _at(inner)
        case "cron":
            return next(_cron(inner.split(" ")), ("", ""))
    return "", ""


def _at(text: str) -> tuple[str, str]:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return f"there is no moment `{text}`", "a day of the calendar and a time up to 23:59:59 are wanted"
    return "", ""


def _cron(fields: list[str]) -> Iterator[tuple[str, str]]:
    for (name, low, high, words), text in zip(FIELDS, fields, strict=True):
        allowed = ("*", "?", *words) if "day" in name else ("*", *words)
        for part in _parts(text):
            if not (low <= int(part) <= high if part.isdigit() else part.upper() in allowed):
                yield f"`{part}` is no {name}", _range(low, high, words)
    if (fields[2] == "?") == (fields[4] == "?"):
        both = "day of the month and day of the week"
        yield f"of {both}, one is `?`, and only one", "write `?` for the one that does not matter"


def _parts(text: str) -> Iterator[str]:
    """The values of a field: without steps (`/5`), the week of a month (`#2`), and what follows a number (`15W`)."""
    for item in text.split(","):
        if item.startswith("/"):
            continue
        for part in re.split("[/#]", item)[0].split("-"):
            yield re.sub(r"(?<=\d)[LW]$", "", part)


def _range(low: int, high: int, words: tuple[str, ...]) -> str:
    named = [word for word in words if len(word) == 3]
    return f"{low} to {high}" + (f", or {named[0]} to {named[-1]}" if named else "")
