"""JSON that somebody wrote: read, or where and why it is none, told alike by every version of Python."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from json import JSONDecodeError
from typing import Any

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
MAX_DEPTH = 200  # twice that of YAML here: whatever walks through a value may recurse


def parse_json(text: str | bytes, parse_constant: Callable[[str], Any] | None = None) -> Any:
    """The value of a JSON text.

    Raises `ValueError`, also for one that nests deeper than `MAX_DEPTH`, or has text that no encoding can write.
    """
    if isinstance(text, bytes):
        text = text.decode(json.detect_encoding(text))
    try:
        found = json.loads(text, parse_constant=parse_constant)
    except RecursionError:
        raise _too_deep() from None
    if not _fits(found):
        raise _too_deep()
    if _SURROGATE.search(text):
        _refuse_halves(found)
    return found


def _too_deep() -> JSONDecodeError:
    return JSONDecodeError(f"Lists and maps nest deeper than {MAX_DEPTH} levels", "", 0)


def _refuse_halves(value: Any) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise JSONDecodeError("Half of a surrogate pair stands alone", "", 0) from None


def _fits(value: Any) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [inner for holder in level for inner in _inside(holder) if isinstance(inner, dict | list)]
        if not level:
            return True
    return False


def _inside(value: Any) -> Iterable[Any]:
    match value:
        case dict():
            return value.values()
        case list():
            return value
        case _:
            return ()


def json_fault(error: JSONDecodeError) -> tuple[str, int]:
    """What is wrong, and the offset of it. Python 3.13 knows a comma before the end; earlier ones stop behind it."""
    before = error.doc[: error.pos].rstrip(" \t\r\n")
    if error.doc[error.pos : error.pos + 1] in ("}", "]") and before.endswith(","):
        return _COMMA, len(before) - 1
    if error.msg.startswith("Illegal trailing comma"):
        return _COMMA, error.pos
    return error.msg.lower(), error.pos


_COMMA = "a comma stands before the end"
