"""Values to JSON, with the coercions the service wants."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from compiler.expr import Type
from compiler.lower.requests import Slot, below
from compiler.model.program import BuiltStep
from compiler.model.values import Get, Hole, Join, JsonGet, ListValue, Literal, MapValue, StepList, Value
from compiler.shapes import Shape
from compiler.text import Span

Json = Any
Track = Callable[[str, Span], None]
NOT_TEXT: tuple[Type, ...] = ("integer", "float", "boolean")


class Values:
    """Lowers values. `track` is told the JSON pointer and place of each; `step` lowers nested steps."""

    def __init__(self, step: Callable[[BuiltStep, str], Json], track: Track | None) -> None:
        self.step = step
        self.track = track

    def lower(self, value: Value, slot: Slot, pointer: str) -> Json:
        """The JSON of a value that stands in `slot` at `pointer`."""
        if self.track is not None:
            self.track(pointer, value.span)
        match value:
            case Literal():
                return literal(value, slot)
            case MapValue(members):
                return {k: self.lower(m.value, below(slot, k), _at(pointer, k)) for k, m in members.items()}
            case ListValue(items):
                inner = below(slot, 0)
                return [self.lower(item, inner, f"{pointer}/{i}") for i, item in enumerate(items)]
            case StepList(steps):
                return [self.step(step, f"{pointer}/{i}") for i, step in enumerate(steps)]
            case Hole():
                raise AssertionError(f"a hole reached lowering at {pointer}")
            case _:
                return reference(value, slot)


def _at(pointer: str, key: str) -> str:
    return f"{pointer}/{key if key.isalnum() else key.replace('~', '~0').replace('/', '~1')}"


def literal(value: Literal, slot: Slot) -> Json:
    """A literal as its slot spells it: text in a string, 2.0 in a float."""
    if not isinstance(slot, Shape):
        return value.value
    if slot.type in ("string", "timestamp", "blob"):
        return value.as_text
    if slot.type in ("float", "double") and isinstance(value.value, int) and not isinstance(value.value, bool):
        return float(value.value)
    return value.value


def reference(value: Value, slot: Slot) -> Json:
    """A run-time value. What is not text and goes into a string is wrapped: the service refuses it bare."""
    match value:
        case Get(type=type_):
            bare = {"Get": str(value)}
            wrap = type_ in NOT_TEXT and isinstance(slot, Shape) and slot.type == "string"
            return {"Std:Join": {"On": "", "Values": [bare]}} if wrap else bare
        case Join(on, values):
            return {"Std:Join": {"On": on, "Values": [plain(v) for v in values]}}
        case JsonGet(path, _, step, file, uri):
            source = {"S3Uri": plain(uri)} if uri else {"PropertyFile": {"Get": f"Steps.{step}.PropertyFiles.{file}"}}
            return {"Std:JsonGet": {**source, "Path": path}}
        case _:
            raise AssertionError(f"{type(value).__name__} is no reference")


def plain(value: Value) -> Json:
    """A value inside a Join: a literal as it is, or a reference."""
    return value.value if isinstance(value, Literal) else reference(value, None)
