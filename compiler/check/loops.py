"""What a loop may hold, loop over and select by. Source: SDK 3.27, for_each_step."""

from __future__ import annotations

from collections.abc import Iterator
from types import NoneType

from compiler.check.facts import Facts
from compiler.diagnostics import Diagnostic
from compiler.model.values import Get, Hole, ListValue, Literal, MapValue
from compiler.steps.foreach import PICKS as WORDS

PICKS = tuple(WORDS.values())
COMPARED = "IterationOutput"


def loops(facts: Facts) -> Iterator[Diagnostic]:
    """SDK 3.27 for_each_step: what a body may hold, and its bounds."""
    for step in facts.steps.values():
        if step.parent and facts.steps[step.parent].type == "ForEach" and step.type in ("Condition", "Fail", "ForEach"):
            yield Diagnostic.of("loop-body", f"a {step.type} step cannot stand in a loop", step.span,
                                hint="put it behind the loop, and let it wait with `after`")  # fmt: skip
        if step.type == "ForEach" and not step.children and not facts.program.pipeline.poisoned:
            yield Diagnostic.of("loop-body", f"the loop `{step.name}` has no steps", step.span)
        if step.type == "ForEach" and isinstance(step.arguments, MapValue):
            yield from _loop(step.arguments)


def _loop(arguments: MapValue) -> Iterator[Diagnostic]:
    concurrency, items = arguments.get("MaxConcurrency"), arguments.get("IterableItems")
    number = concurrency.value if isinstance(concurrency, Literal) else None
    known = concurrency is None or isinstance(concurrency, Hole)
    if not known and (isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= 50):
        shown = concurrency.as_text if isinstance(concurrency, Literal) else "a run-time value"
        message = f"a loop runs 1 to 50 items at once, a literal number, found {shown}"
        yield Diagnostic.of("loop-bound", message, (concurrency or arguments).span)
    if isinstance(items, ListValue) and not 1 <= len(items.items) <= 100:
        yield Diagnostic.of("loop-bound", f"a written list of items has 1 to 100, found {len(items.items)}", items.span)
    if isinstance(items, ListValue):
        for item in items.items:
            if isinstance(item, (MapValue, ListValue)) or (isinstance(item, Literal) and item.value is None):
                yield Diagnostic.of("loop-item", "an item is text, a number, true or false, or a reference", item.span)
            elif isinstance(item, Literal) and len(item.as_text) > 12_800:
                yield Diagnostic.of("loop-item", "an item has at most 12,800 characters", item.span)
    if isinstance(items, Literal):
        yield Diagnostic.of("loop-item", "the items are a list, or a reference to the text of one", items.span)
    if (selector := arguments.map("Selector")) is not None:
        yield from _selector(selector)


def _selector(selector: MapValue) -> Iterator[Diagnostic]:
    pick, compared = selector.get("Pick"), selector.get("Field")
    if isinstance(pick, Literal) and pick.as_text not in PICKS:
        yield Diagnostic.of("loop-select", f"`{pick.as_text}` is not a value of `Pick`", pick.span,
                            hint="one of " + ", ".join(f"`{word}`" for word in PICKS))  # fmt: skip
    if not isinstance(compared, (Get, Hole, NoneType)) or (isinstance(compared, Get) and compared.root != COMPARED):
        yield Diagnostic.of("loop-select", "`Field` wants an output of a step in the loop", compared.span,
                            hint=f"write `{{Get: {COMPARED}.<step>.<property>}}`")  # fmt: skip


def loop_references(facts: Facts) -> Iterator[Diagnostic]:
    """`IterationOutput` has a value only in a loop's Selector."""
    for step in facts.steps.values():
        if step.type == "ForEach":
            continue
        for value in facts.program.reads[step.name]:
            if isinstance(value, Get) and value.root == "IterationOutput":
                yield Diagnostic.of(
                    "item-outside", "`IterationOutput` has a value only in the `Selector` of a for-each", value.span
                )
