"""Members of which exactly one must be there, and members that go together."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.check.facts import Facts
from compiler.check.slots import slot_of
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
    holder = _holder(step.arguments, group[0])
    if holder is None:
        return
    names = [path.rpartition(".")[2] for path in group]
    given = [name for name in names if name in holder.members]
    if len(given) == 1:
        return
    words = " and ".join(f"`{n}`" for n in (given or names))
    if given:
        message, span = f"step `{step.name}` has both {words}", holder.members[given[1]].key_span
    else:
        message, span = f"step `{step.name}` has none of {words}", holder.span
    yield Diagnostic.of("one-of-members", message, span, hint="give exactly one of them")


def _together(step: BuiltStep, group: tuple[str, ...]) -> Iterator[Diagnostic]:
    holder = _holder(step.arguments, group[0])
    if holder is None:
        return
    names = [path.rpartition(".")[2] for path in group]
    given = [name for name in names if name in holder.members]
    if given and len(given) < len(names):
        lacking = next(n for n in names if n not in given)
        yield Diagnostic.of(
            "members-together",
            f"step `{step.name}` has `{given[0]}` without `{lacking}`",
            holder.members[given[0]].key_span,
        )


def _holder(arguments: Value, path: str) -> MapValue | None:
    """The map that holds the member a dotted path names; None where there is none."""
    at: Value | None = arguments
    for name in path.split(".")[:-1]:
        at = at.get(name) if isinstance(at, MapValue) else None
    return at if isinstance(at, MapValue) else None
