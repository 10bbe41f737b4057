"""Which shape stands where in a step's Arguments."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from compiler.model.steptype import StepType
from compiler.shapes import Shape, shape
from compiler.steps import STEP_TYPES


@dataclass(frozen=True, slots=True)
class Members:
    """Arguments that are no one shape: members, each with a shape of its own (`emr`, `lineage`)."""

    shapes: tuple[tuple[str, Shape], ...]

    def member(self, name: str) -> Shape | None:
        return dict(self.shapes).get(name)

    @property
    def member_names(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.shapes)


Slot = Shape | Members | None


@cache
def request_slot(api_type: str) -> Slot:
    """What the Arguments of a step of that API type must be; None where they are free."""
    step_type = step_type_of(api_type)
    if step_type is None:
        return None
    if step_type.request:
        return _shape(step_type.request)
    if step_type.members:
        return Members(tuple((name, _shape(at)) for name, at in step_type.members.items()))
    return None


@cache
def step_type_of(api_type: str) -> StepType | None:
    return next((t for t in STEP_TYPES.values() if t.json_type == api_type), None)


def below(slot: Slot, key: str | int) -> Slot:
    """The slot of a member, an entry or an item."""
    match slot:
        case None:
            return None
        case Members():
            return slot.member(str(key))
    match slot.type:
        case "structure":
            return slot.member(str(key))
        case "map":
            return slot.value
        case "list":
            return slot.element
        case _:
            return None


def _shape(name: str) -> Shape:
    service, _, shape_name = name.partition(":")
    return shape(service, shape_name)
