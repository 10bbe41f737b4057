"""The types an expression can have. UNKNOWN is the poison and the late-bound type: everything accepts it."""

from __future__ import annotations

from typing import Literal

Type = Literal["string", "integer", "float", "boolean", "unknown"]

STRING: Type = "string"
INTEGER: Type = "integer"
FLOAT: Type = "float"
BOOLEAN: Type = "boolean"
UNKNOWN: Type = "unknown"

DECLARED: dict[str, Type] = {"string": STRING, "integer": INTEGER, "float": FLOAT, "boolean": BOOLEAN}
"""The types that parameters and outputs are declared with, by name."""

_NUMBERS = (INTEGER, FLOAT)


def accepts(slot: Type, given: Type) -> bool:
    """Whether a value of type `given` may go into a slot of type `slot`; strings take all, floats take integers."""
    return slot in (given, STRING, UNKNOWN) or given == UNKNOWN or (slot == FLOAT and given == INTEGER)


def comparable(left: Type, right: Type) -> bool:
    """Whether a condition may compare the two: the same type, or two numbers."""
    return UNKNOWN in (left, right) or left == right or (left in _NUMBERS and right in _NUMBERS)
