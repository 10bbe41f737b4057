"""Where and why a text is no JSON, told alike by every version of Python."""

from __future__ import annotations

from json import JSONDecodeError


def json_fault(error: JSONDecodeError) -> tuple[str, int]:
    """What is wrong, and the offset of it. Python 3.13 knows a comma before the end; earlier ones stop behind it."""
    before = error.doc[: error.pos].rstrip(" \t\r\n")
    if error.doc[error.pos : error.pos + 1] in ("}", "]") and before.endswith(","):
        return _COMMA, len(before) - 1
    if error.msg.startswith("Illegal trailing comma"):
        return _COMMA, error.pos
    return error.msg.lower(), error.pos


_COMMA = "a comma stands before the end"
