"""The JSONPath of batch transforms: `$`, a member, an index, a list of indexes, a slice. API: DataProcessing."""

from __future__ import annotations

import re
from typing import Any

Json = Any
_STEP = re.compile(r"\.(?P<name>\w+)|\[(?P<quote>['\"])(?P<key>.*?)(?P=quote)\]|\[(?P<inside>[-\d:,\s]+)\]")


def filter_problem(path: str) -> str:
    """Why a filter cannot be applied here, "" where it can."""
    rest = path.removeprefix("$")
    if not path.startswith("$"):
        return f"`{path}` does not begin with $"
    left = _STEP.sub("", rest)
    return f"`{path}`: `{left}` is not understood here" if left else ""


def apply(path: str, value: Json) -> Json:
    """What a filter keeps of a record. Raises `KeyError` or `IndexError` where it keeps nothing."""
    for match in _STEP.finditer(path):
        value = _one(match, value)
    return value


def _one(match: re.Match[str], value: Json) -> Json:
    inside = match["inside"]
    if inside is None:
        return value[match["name"] or match["key"]]
    if ":" in inside:
        bounds = [int(word) if word.strip() else None for word in inside.split(":")]
        return value[slice(*bounds)]
    indexes = [int(word) for word in inside.split(",")]
    return [value[index] for index in indexes] if len(indexes) > 1 else value[indexes[0]]
