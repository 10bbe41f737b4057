"""Which shape stands where in a step's Arguments."""

from __future__ import annotations

from functools import cache

from compiler.model.steptype import Notation, StepType
from compiler.shapes import Shape, shape
from compiler.steps import STEP_TYPES
from compiler.text import record


@record
class Members:
    """A structure that no service model has: its members, each a slot of its own (`emr`, `lineage`)."""

    slots: tuple[tuple[str, Slot], ...]

    def member(self, name: str) -> Slot:
        return dict(self.slots).get(name)

    @property
    def member_names(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.slots)


@record
class Items:
    """A list that no service model has; never empty."""

    element: Slot

    @property
    def min(self) -> int:
        return 1

    @property
    def max(self) -> None:
        return None


Slot = Shape | Members | Items | None


@cache
def request_slot(api_type: str) -> Slot:
    """What the Arguments of a step of that API type must be; None where they are free."""
    step_type = step_type_of(api_type)
    if step_type is None:
        return None
    if step_type.request:
        return _shape(step_type.request)
    return _slot(step_type.members) if step_type.members else None


@cache
def step_type_of(api_type: str) -> StepType | None:
    return next((t for t in STEP_TYPES.values() if t.json_type == api_type), None)


def below(slot: Slot, key: str | int) -> Slot:
    """The slot of a member, an entry or an item."""
    match slot:
        case Shape(type="structure") | Members():
            return slot.member(str(key))
        case Shape(type="list") | Items():
            return slot.element
        case Shape(type="map"):
            return slot.value
        case _:
            return None


def _slot(notation: Notation) -> Slot:
    match notation:
        case str():
            return _shape(notation)
        case (item,):
            return Items(_slot(item))
        case _:
            return Members(tuple((name, _slot(inner)) for name, inner in notation.items()))


def _shape(name: str) -> Shape:
    service, _, shape_name = name.partition(":")
    return shape(service, shape_name)
