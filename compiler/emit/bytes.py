"""The one place where JSON becomes text."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def canonical(value: Any) -> str:
    """The canonical text: keys in the order they were built, no space, no escapes but those JSON demands."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def digest_of(value: Any) -> str:
    """The SHA-256 of a JSON value, in hexadecimal, whatever the order of its keys and the letters of its texts."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def a_place_a_line(source_map: Any) -> str:
    """The canonical text of a source map, broken before every pointer: there are thousands, which indenting slows."""
    return canonical(source_map).replace('},"/', '},\n"/').replace('{"/', '{\n"/', 1)[:-1] + "\n}\n"


def readable(value: Any) -> str:
    """Indented text with a line end, for the files beside the definition that people read."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, indent=2) + "\n"
