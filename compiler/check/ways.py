"""Ways down into a request."""

from __future__ import annotations

from compiler.model.program import BuiltStep
from compiler.model.values import ListValue, MapValue, Value


def request(step: BuiltStep, *kinds: str) -> MapValue | None:
    """The arguments of a step, where it is of one of these types and they could be read."""
    return step.arguments if step.type in kinds and isinstance(step.arguments, MapValue) else None


def at(arguments: Value, path: str) -> list[Value]:
    """The values that a dotted path of members leads to: one for each item where it goes through a list."""
    found: list[Value] = [arguments]
    for name in path.split("."):
        found = [v for holder in found if isinstance(holder, MapValue) and (v := holder.get(name)) is not None]
        found = [item for value in found for item in (value.items if isinstance(value, ListValue) else (value,))]
    return found
