"""Every argument against the service model: members, types, bounds, words, patterns; through parameters as well."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import field

from compiler.check.facts import Facts
from compiler.check.quick import Quick
from compiler.check.scalars import ALLOW, LAGGING, scalar_faults
from compiler.check.slots import Where, slot_of
from compiler.check.spoken import short
from compiler.diagnostics import Diagnostic, Place
from compiler.lower.requests import Items, Members, Slot, below
from compiler.model.program import BuiltStep
from compiler.model.values import Get, Hole, Join, JsonGet, ListValue, Literal, MapValue, Member, Value
from compiler.shapes import Shape
from compiler.text import closest, mutable

# Members that the SDK writes and the API's model lacks (definition format 2.21).
TOLERATED = (("Job", "VpcConfig"), ("Job", "CustomerDetails"))
_NAMES = {"structure": "a map", "list": "a list", "map": "a map"}


def arguments(facts: Facts) -> Iterator[Diagnostic]:
    """API: the Create request of each step type, with the members that pipelines fill in or refuse."""
    walker, quick = Walker(facts), Quick(facts)
    for step in facts.steps.values():
        if not quick.step(step):
            walker.step(step)
    yield from _once(walker.found)


def _once(found: list[Diagnostic]) -> Iterator[Diagnostic]:
    """A literal that goes into several slots, such as a default, is told of the first that refuses it."""
    told: set[tuple[str, int, int, str]] = set()
    for diagnostic in found:
        span = diagnostic.span
        if span is None or diagnostic.code not in ("argument-value", "argument-pattern", "argument-type"):
            yield diagnostic
            continue
        mark = (span.source.path, span.start, span.end, diagnostic.code)
        if mark not in told:
            told.add(mark)
            yield diagnostic


@mutable
class Walker:
    """Walks requests beside their shapes and gathers what it finds.

    A parameter's own values are judged once for each kind of slot (`judged`), and so is a literal (`sound`: those
    without a fault): the steps of a large pipeline say much the same.
    """

    facts: Facts
    found: list[Diagnostic] = field(default_factory=list)
    judged: set[tuple[str, str]] = field(default_factory=set)

    def step(self, step: BuiltStep) -> None:
        slot, step_type = slot_of(step)
        if slot is None or step_type is None or isinstance(step.arguments, Hole):
            return
        if not isinstance(step.arguments, MapValue):
            message = f"the arguments of step `{step.name}` are not a map"
            self.found.append(Diagnostic.of("argument-type", message, step.arguments.span))
            return
        self.value(step.arguments, slot, Where(step, step_type, (), step.span))

    def value(self, value: Value, slot: Slot, where: Where) -> None:
        if slot is None or isinstance(value, Hole):
            return
        if isinstance(slot, Members) or (isinstance(slot, Shape) and slot.type == "structure"):
            self.structure(value, slot, where)
        elif isinstance(slot, Items) or slot.type == "list":
            self.list(value, slot, where)
        elif slot.type == "map":
            self.map(value, slot, where)
        else:
            self.found += scalar_faults(value, slot, where, self.facts, self.judged)

    def structure(self, value: Value, slot: Shape | Members, where: Where) -> None:
        if not isinstance(value, MapValue):
            self.found.append(_misplaced(value, "structure", where))
            return
        meant: list[str] = []
        for name, member in value.members.items():
            self.member(name, member, slot, where, meant)
        if len(meant) < len(value.members) or not meant:
            self.found += missing(value, slot, where, meant)
        if isinstance(slot, Shape) and slot.union and len(value.members) != 1:
            self.found.append(_united(value, slot, where))

    def member(self, name: str, member: Member, slot: Shape | Members, where: Where, meant: list[str]) -> None:
        """`where` is the structure's place; `meant` gathers what unknown members were probably meant to be."""
        known, inner = slot.member_names, where.below(name, member.key_span)
        if (refused := inner.refused) is not None:
            message = f"`{name}` cannot stand in a pipeline: {refused}"
            self.found.append(Diagnostic.of("refused-member", message, member.key_span, hint="remove it"))
        elif name not in known and (where.step.type, inner.dotted) in TOLERATED:
            message = f"`{name}` is not a member the API is known to have"
            note = "the SDK writes it, and what the service does with it is not documented"
            self.found.append(Diagnostic.of("fresh-member", message, member.key_span, notes=(note,)))
        elif name not in known:
            near = closest(name, known)
            hint = f"did you mean `{near}`?" if near else _members_hint(known)
            message = f"{where.title} has no member `{name}`"
            self.found.append(Diagnostic.of("unknown-member", message, member.key_span, hint=hint))
            meant.append(near or "")
        else:
            if isinstance(slot, Shape) and slot.is_fresh_member(name):
                self.found.append(_fresh(name, inner))
            self.value(member.value, below(slot, name), inner)

    def list(self, value: Value, slot: Shape | Items, where: Where) -> None:
        if not isinstance(value, ListValue):
            self.found.append(_misplaced(value, "list", where))
            return
        self.found += _length(len(value.items), "item", slot, where, value)
        for number, item in enumerate(value.items):
            self.value(item, slot.element, where.below(number, item.span))

    def map(self, value: Value, slot: Shape, where: Where) -> None:
        if not isinstance(value, MapValue):
            self.found.append(_misplaced(value, "map", where))
            return
        self.found += _length(len(value.members), "entry", slot, where, value)
        for key, member in value.members.items():
            inner = where.below(key, member.key_span)
            named = Literal(key, member.key_span, key)
            self.found += scalar_faults(named, slot.key, inner.as_key(), self.facts, self.judged)
            self.value(member.value, slot.value, inner)


def missing(value: MapValue, slot: Shape | Members, where: Where, meant: Sequence[str] = ()) -> Iterator[Diagnostic]:
    """Required members that are not there, nor `meant` by others; what the service names itself is not required."""
    required = slot.required if isinstance(slot, Shape) else ()
    for name in (*required, *where.also_required):
        if name in value.members or name in meant or (inner := where.below(name, where.span)).unnamed:
            continue
        field = inner.field
        what = f"step `{where.step.name}` has no `{field}`" if field else f"{where.title} has no `{name}`"
        note = (f"the API requires `{inner.dotted}`",) if field else ()
        span = where.step.span if field or not where.path else value.span
        yield Diagnostic.of("missing-member", what, span, hint=f"add `{field or name}`", notes=note)


def _misplaced(value: Value, wanted: str, where: Where) -> Diagnostic:
    match value:
        case Get() | Join() | JsonGet():
            message = f"{where.title} is {_NAMES[wanted]}, and a run-time value cannot stand for one"
            hint = "the service takes run-time values for scalars only; put them inside"
            return Diagnostic.of("runtime-for-collection", message, value.span, hint=hint)
        case ListValue():
            found, hint = "a list", ""
        case MapValue():
            found, hint = "a map", "write each as an item: `[{...}]`" if wanted == "list" else ""
        case Literal():
            found = f"`{short(value.as_text)}`" if value.value is not None else "nothing"
            hint = f"write `[{value.as_text}]`" if wanted == "list" and len(value.as_text) < 40 else ""
        case _:
            found, hint = "another value", ""
    return Diagnostic.of("argument-type", f"{where.title} wants {_NAMES[wanted]}, found {found}", value.span, hint=hint)


def _length(count: int, noun: str, slot: Shape | Items, where: Where, value: Value) -> Iterator[Diagnostic]:
    plural = {"item": "items", "entry": "entries"}[noun]
    if slot.min is not None and count < slot.min:
        yield Diagnostic.of(
            "argument-length",
            f"{where.title} wants at least {slot.min} {noun if slot.min == 1 else plural}, found {count}",
            value.span,
            hint="leave it out where it is empty" if count == 0 else "",
        )
    if slot.max is not None and count > slot.max:
        yield Diagnostic.of(
            "argument-length", f"{where.title} takes at most {slot.max} {plural}, found {count}", value.span
        )


def _united(value: MapValue, slot: Shape, where: Where) -> Diagnostic:
    """A union with no member, or with more than one: told at the second, the first beside it."""
    names = ", ".join(f"`{n}`" for n in value.members) or "none"
    message = f"{where.title} takes exactly one member, found {names}"
    if not value.members:
        return Diagnostic.of("union-member", message, value.span, hint=_members_hint(slot.member_names))
    first, second = list(value.members.values())[:2]
    places = (Place(first.key_span, "the first"),)
    return Diagnostic.of("union-member", message, second.key_span, places=places, hint="keep one of them")


def _fresh(name: str, where: Where) -> Diagnostic:
    return Diagnostic.of(
        "fresh-member",
        f"`{name}` is new, and the Pipelines service may not know it yet",
        where.span,
        notes=(LAGGING,),
        hint=ALLOW,
    )


def _members_hint(known: tuple[str, ...]) -> str:
    return f"its members are {', '.join(known)}" if len(known) <= 12 else ""
