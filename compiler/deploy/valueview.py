"""JSON values of a definition for people: references as their path, conditions as they are read, long ones cut."""

from __future__ import annotations

import json
from typing import Any

Json = Any
LONGEST = 100
BEFORE = 30  # characters that stay before the place where two long texts begin to differ
OPERATORS = {
    "Equals": "==",
    "GreaterThan": ">",
    "GreaterThanOrEqualTo": ">=",
    "LessThan": "<",
    "LessThanOrEqualTo": "<=",
}

OPERANDS = {"LeftValue", "RightValue", "QueryValue", "Values", "Conditions", "Condition"}


def short(value: Json) -> str:
    """A value in one line of at most 100 characters."""
    return _cut(said(value))


def contrast(before: Json, after: Json) -> tuple[str, str]:
    """Two values, a line each, cut so that their difference is seen."""
    one, other = said(before), said(after)
    if max(len(one), len(other)) <= LONGEST:
        return one, other
    pairs = zip(one, other, strict=False)
    alike = next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))
    start = alike - BEFORE
    if start <= 0:
        return _cut(one), _cut(other)
    return _cut(f"...{one[start:]}"), _cut(f"...{other[start:]}")


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."


def said(value: Json) -> str:
    """A value in one line, whole."""
    match value:
        case {"Get": str(path), **rest} if not rest:
            return path
        case {"Std:Join": {"On": str(on), "Values": list(values)}, **rest} if not rest:
            return on.join(map(_bare, values))
        case {"Std:JsonGet": {"PropertyFile": file, "Path": path}, **rest} if not rest:
            return f"{said(file)}: {_bare(path)}"
        case {"Type": str(kind), **operands} if operands.keys() <= OPERANDS:
            return _condition(kind, {str(k): v for k, v in operands.items()})
        case [{"Type": str()}, *_] if all(isinstance(v, dict) and "Type" in v for v in value):
            return " and ".join(said(v) for v in value)
        case _:
            return json.dumps(value, ensure_ascii=False, separators=(", ", ": "))


def _bare(value: Json) -> str:
    """Text without its quotes."""
    return value if isinstance(value, str) else said(value)


def _condition(kind: str, operands: dict[str, Json]) -> str:
    match operands:
        case {"LeftValue": left, "RightValue": right}:
            return f"{said(left)} {OPERATORS.get(kind, kind)} {said(right)}"
        case {"QueryValue": value, "Values": list(values)}:
            return f"{said(value)} in [{', '.join(said(v) for v in values)}]"
        case {"Conditions": list(conditions)}:
            return f"({f' {kind.lower()} '.join(said(c) for c in conditions)})"
        case {"Condition": condition}:
            return f"not ({said(condition)})"
        case _:
            return json.dumps({"Type": kind, **operands}, ensure_ascii=False)
