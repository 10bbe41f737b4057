"""Numbers that JSON cannot hold: `.inf`, `.nan`. Where text is wanted they are text."""

from __future__ import annotations

import math
from collections.abc import Iterator

from compiler.check.facts import Facts
from compiler.diagnostics import Diagnostic
from compiler.lower.requests import Slot, below, request_slot
from compiler.model.values import Join, ListValue, Literal, MapValue, Value
from compiler.shapes import Shape
from compiler.syntax import ScalarValue

NUMBERS = ("integer", "long", "float", "double")


def endless_numbers(facts: Facts) -> Iterator[Diagnostic]:
    """RFC 8259: a number is finite. Whether the document has any other is seen at a glance."""
    if not any(_is_endless(node.value) for _, node in facts.scalars):
        return
    for parameter in facts.parameters.values():
        span = parameter.default_span
        if _is_endless(parameter.default) and span is not None:
            yield Diagnostic.of("parameter-default", f"`{span.text}` is not a number JSON can hold", span)
    for step in facts.steps.values():
        yield from _in(step.arguments, request_slot(step.type))
        yield from _in(step.keys, None)


def _is_endless(value: ScalarValue) -> bool:
    return isinstance(value, float) and not math.isfinite(value)


def _in(value: Value, slot: Slot) -> Iterator[Diagnostic]:
    match value:
        case Literal() if _is_endless(value.value):
            if not isinstance(slot, Shape) or slot.type in NUMBERS:
                yield Diagnostic.of("argument-range", f"`{value.text}` is not a number JSON can hold", value.span)
        case MapValue():
            for key, inner in value.pairs():
                yield from _in(inner, below(slot, key))
        case ListValue(items):
            for item in items:
                yield from _in(item, below(slot, 0))
        case Join(_, values):
            for part in values:
                yield from _in(part, None)
