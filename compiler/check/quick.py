"""Whether a request is plainly sound. Most are, and to see it takes no words; `arguments` finds them where one is not.

Whatever `arguments` would tell must make this say no; the other way round, a no costs only time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from compiler.check.facts import Facts
from compiler.check.scalars import scalar_faults
from compiler.check.slots import Where, required_below, slot_of
from compiler.model.program import BuiltStep
from compiler.model.steptype import StepType
from compiler.model.values import Get, Hole, ListValue, Literal, MapValue, Value
from compiler.shapes import Shape
from compiler.text import mutable


@mutable
class Quick:
    """Looks at one request after the other. `sound` holds what has been seen: the steps of a pipeline say much the
    same."""

    facts: Facts
    sound: set[tuple[object, ...]] = field(default_factory=set)

    def step(self, step: BuiltStep) -> bool:
        slot, step_type = slot_of(step)
        if step_type is None or not isinstance(slot, Shape):
            return False
        return self._value(step.arguments, slot, "", Where(step, step_type, (), step.span))

    def _value(self, value: Value, slot: Shape, dotted: str, top: Where) -> bool:
        match slot.type:
            case "string":
                return self._scalar(value, slot, top)
            case "structure":
                return isinstance(value, MapValue) and self._structure(value, slot, dotted, top)
            case "list":
                if not isinstance(value, ListValue) or not _within(len(value.items), slot):
                    return False
                element = slot.element
                return all(self._value(item, element, dotted, top) for item in value.items)
            case "map":
                return isinstance(value, MapValue) and self._map(value, slot, dotted, top)
            case _:
                return self._scalar(value, slot, top)

    def _structure(self, value: MapValue, slot: Shape, dotted: str, top: Where) -> bool:
        members, step_type = value.members, top.type
        prefix = f"{dotted}." if dotted else ""
        if (slot.union and len(members) != 1) or _lacks(members, slot, prefix, step_type):
            return False
        for name, member in members.items():
            target, dotted = slot.member(name), prefix + name
            if target is None or name in slot.fresh_members or dotted in step_type.forbidden:
                return False
            if not self._value(member.value, target, dotted, top):
                return False
        return True

    def _map(self, value: MapValue, slot: Shape, dotted: str, top: Where) -> bool:
        if not _within(len(value.members), slot):
            return False
        inner = slot.value
        for name, member in value.members.items():
            key = Literal(name, member.key_span, name)
            if not self._scalar(key, slot.key, top) or not self._value(member.value, inner, f"{dotted}.{name}", top):
                return False
        return True

    def _scalar(self, value: Value, slot: Shape, top: Where) -> bool:
        match value:
            case Literal():
                seen: tuple[object, ...] = (slot, value.value, value.value.__class__, value.text)
            case Get():
                seen = (slot, value.root, value.name if value.root == "Parameters" else value.type)
            case Hole():
                return True
            case _:
                seen = ()
        if seen in self.sound:
            return True
        found = next(scalar_faults(value, slot, top, self.facts, set()), None)
        if found is None and seen:
            self.sound.add(seen)
        return found is None


def _lacks(members: Mapping[str, object], slot: Shape, prefix: str, step_type: StepType) -> bool:
    """Whether a required member is not there; what the service names itself is not required."""
    for name in (*slot.required, *required_below(step_type.required, prefix.rstrip("."))):
        if name not in members and prefix + name not in step_type.unnamed:
            return True
    return False


def _within(count: int, slot: Shape) -> bool:
    return (slot.min is None or count >= slot.min) and (slot.max is None or count <= slot.max)
