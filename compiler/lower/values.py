"""Steps and their values to JSON, with the coercions the service wants."""

from __future__ import annotations

from typing import Any

from compiler.expr import Type
from compiler.lower.requests import Slot, below, request_slot
from compiler.model.program import BuiltStep, Depend
from compiler.model.values import Get, Hole, Join, JsonGet, ListValue, Literal, MapValue, StepList, Value
from compiler.shapes import Shape

Json = Any
LEADING = ("DisplayName", "Description")
NOT_TEXT: tuple[Type, ...] = ("integer", "float", "boolean")


def lower_step(step: BuiltStep) -> Json:
    """One step: name and type, names for people, the request, the other keys, explicit dependencies."""
    keys = {k: lower_value(v, None) for k, v in step.keys.pairs()}
    leading = {k: keys.pop(k) for k in LEADING if k in keys}
    arguments = lower_value(step.arguments, request_slot(step.type))
    depends = {"DependsOn": [_depend(d) for d in step.depends]} if step.depends else {}
    return {"Name": step.name, "Type": step.type, **leading, "Arguments": arguments, **keys, **depends}


def _depend(depend: Depend) -> Json:
    return depend.step if depend.trigger == "Completed" else {"Step": depend.step, "Trigger": depend.trigger}


def lower_value(value: Value, slot: Slot) -> Json:
    """The JSON of a value that stands in `slot`."""
    match value:
        case Literal():
            return literal(value, slot)
        case MapValue() if isinstance(slot, Shape) and slot.type == "structure":
            return {k: lower_value(m.value, slot.member(k)) for k, m in value.members.items()}
        case MapValue():
            return {k: lower_value(m.value, below(slot, k)) for k, m in value.members.items()}
        case ListValue():
            inner = below(slot, 0)
            return [lower_value(item, inner) for item in value.items]
        case StepList():
            return [lower_step(step) for step in value.steps]
        case Hole():
            raise AssertionError(f"a hole reached lowering, from {value.span.position}")
        case _:
            return reference(value, slot)


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
