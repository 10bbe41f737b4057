"""Members of which exactly one must be there, and members that go together."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.check.facts import Facts
from compiler.check.slots import FIELDS, slot_of
from compiler.check.ways import at
from compiler.diagnostics import Diagnostic
from compiler.model.program import BuiltStep
from compiler.model.values import MapValue, Value


def alternatives(facts: Facts) -> Iterator[Diagnostic]:
    """`one_of` and `together` of the step type, judged on the request as it goes out."""
    for step in facts.steps.values():
        _, step_type = slot_of(step)
        for group in step_type.one_of if step_type else ():
            yield from _one_of(step, group)
        for group in step_type.together if step_type else ():
            yield from _together(step, group)


def _one_of(step: BuiltStep, group: tuple[str, ...]) -> Iterator[Diagnostic]:
    names = [path.rpartition(".")[2] for path in group]
    for holder in _holders(step.arguments, group[0]):
        given = [name for name in names if name in holder.members]
        if len(given) > 1:
            yield Diagnostic.of(
                "one-of-members",
                f"{_title(step)} has both `{given[0]}` and `{given[1]}`",
                holder.members[given[1]].key_span,
                hint="give exactly one of them",
            )
        elif not given:
            yield _none(step, names, holder)


def _none(step: BuiltStep, names: list[str], holder: MapValue) -> Diagnostic:
    field = _field(step, names[0])
    if field == names[0]:
        words = ", ".join(f"`{n}`" for n in names)
        return Diagnostic.of(
            "one-of-members", f"{_title(step)} has none of {words}", holder.span, hint="give exactly one of them"
        )
    return Diagnostic.of("missing-member", f"{_title(step)} has no `{field}`", step.span, hint=f"add `{field}`")


def _together(step: BuiltStep, group: tuple[str, ...]) -> Iterator[Diagnostic]:
    names = [path.rpartition(".")[2] for path in group]
    for holder in _holders(step.arguments, group[0]):
        given = [name for name in names if name in holder.members]
        if given and len(given) < len(names):
            lacking = _field(step, next(n for n in names if n not in given))
            yield Diagnostic.of(
                "members-together",
                f"{_title(step)} has `{_field(step, given[0])}` without `{lacking}`",
                holder.members[given[0]].key_span,
                hint=f"add `{lacking}`",
            )


def _field(step: BuiltStep, member: str) -> str:
    """The concise field that fills a member, where the step has one; else the member."""
    field = FIELDS.get(member, "") if step.source.type.json_type else ""
    return field if field in step.source.type.fields else member


def _title(step: BuiltStep) -> str:
    return f"step `{step.name}`"


def _holders(arguments: Value, path: str) -> list[MapValue]:
    """The maps that hold the member a dotted path names: one for each item where the path goes through a list."""
    holders = at(arguments, path.rpartition(".")[0]) if "." in path else [arguments]
    return [holder for holder in holders if isinstance(holder, MapValue)]
