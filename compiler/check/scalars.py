"""A scalar in its slot: type, bounds, words and pattern; a parameter's default and words are judged there, too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Protocol

from compiler.check.facts import Facts
from compiler.check.slots import Where
from compiler.check.spoken import (
    NAMES,
    SWITCHES,
    TYPES,
    bounds,
    found,
    instead,
    is_s3,
    least,
    number,
    readable,
    short,
    words,
)
from compiler.diagnostics import Diagnostic, Place
from compiler.expr import Type, accepts
from compiler.model.pipeline import Parameter
from compiler.model.values import Get, Hole, Join, JsonGet, ListValue, Literal, MapValue, Value
from compiler.resolve.names import scalar_type
from compiler.shapes import Shape
from compiler.text import Span, guess

LAGGING = "the service checks definitions against a copy of the API model that lags behind"
ALLOW = "if the service takes it, allow the code on the line"
S3_URI = re.compile(r"s3://[^/]+(/.*)?")


def scalar_faults(
    value: Value, slot: Shape, where: Where, facts: Facts, judged: set[tuple[str, str]]
) -> Iterator[Diagnostic]:
    """Faults of a value in a scalar slot."""
    wanted = scalar_type(slot) or "unknown"
    match value:
        case Hole() | JsonGet():
            return
        case Literal():
            yield from literal_faults(value, slot, wanted, where)
        case Get():
            yield from _reference_faults(value, slot, wanted, where, facts, judged)
        case Join():
            if wanted != "string":
                yield Diagnostic.of(
                    "type-mismatch",
                    f"{where.title} wants {NAMES[wanted]}, and this is text",
                    value.span,
                    hint="use the expression alone, without text around it",
                )
            else:
                yield from _join_faults(value, slot, where)
        case ListValue() | MapValue():
            kind = "a list" if isinstance(value, ListValue) else "a map"
            yield Diagnostic.of("argument-type", f"{where.title} wants {NAMES[wanted]}, found {kind}", value.span)


def literal_faults(value: Literal, slot: Shape, wanted: Type, where: Where) -> Iterator[Diagnostic]:
    """A literal against type, enumeration, bounds and pattern."""
    if value.value is None:
        yield Diagnostic.of("argument-type", f"{where.title} wants {NAMES[wanted]}, found nothing", value.span)
        return
    if wanted == "string":
        yield from text_faults(value.as_text, value.span, slot, where)
        return
    if not _fits(value.value, wanted):
        shown = value.text if value.text is not None else value.as_text
        hint = "remove the quotes" if isinstance(value.value, str) and _numeric(value.value) else ""
        if wanted == "boolean" and shown.lower() in SWITCHES:
            hint = f"write `{SWITCHES[shown.lower()]}`, without quotes"
        yield Diagnostic.of(
            "argument-type", f"{where.title} wants {NAMES[wanted]}, found `{shown}`", value.span, hint=hint
        )
        return
    if isinstance(value.value, (int, float)) and not isinstance(value.value, bool):
        yield from number_faults(value.value, value.span, slot, where)


class Titled(Protocol):
    """A place as messages name it."""

    @property
    def title(self) -> str: ...


def text_faults(text: str, span: Span, slot: Shape, where: Titled) -> Iterator[Diagnostic]:
    """Text against enumeration, length and pattern."""
    if slot.enum and text not in slot.enum:
        hint = guess(text, slot.enum) or words(slot.enum)
        yield Diagnostic.of("argument-value", f"`{short(text)}` is not a value of {where.title}", span, hint=hint)
    elif text in slot.fresh_enum:
        message = f"`{text}` is new, and the Pipelines service may not know it yet"
        yield Diagnostic.of("fresh-member", message, span, notes=(LAGGING,), hint=ALLOW)
    elif slot.max is not None and len(text) > slot.max:
        yield Diagnostic.of(
            "argument-length", f"{where.title} takes at most {slot.max} characters, found {len(text)}", span
        )
    elif text and slot.pattern is not None and not slot.pattern.fullmatch(text) and not _s3_place(text, slot):
        yield Diagnostic.of(
            "argument-pattern",
            f"`{short(text)}` is not an S3 URI" if is_s3(slot) else f"{where.title} does not take `{short(text)}`",
            span,
            notes=() if is_s3(slot) else (f"it must match {readable(slot.pattern_text or '')}",),
            hint=instead(text, slot),
        )
    elif slot.min is not None and len(text) < slot.min:
        wants = f"at least {slot.min} character{'s' if slot.min != 1 else ''}"
        yield Diagnostic.of("argument-length", f"{where.title} wants {wants}, found {len(text)}", span)
    elif not text and slot.pattern is not None and not slot.pattern.fullmatch(text):
        yield Diagnostic.of("argument-pattern", f"{where.title} does not take empty text", span)


def number_faults(given: float, span: Span, slot: Shape, where: Where) -> Iterator[Diagnostic]:
    """A number against the bounds of its slot."""
    low, high = least(slot), slot.max
    if low is not None and given < low:
        message = f"{where.title} wants at least {number(low, slot)}, found {found(given, span, slot)}"
        yield Diagnostic.of("argument-range", message, span)
    elif high is not None and given > high:
        message = f"{where.title} takes at most {number(high, slot)}, found {found(given, span, slot)}"
        yield Diagnostic.of("argument-range", message, span)


def _reference_faults(
    value: Get, slot: Shape, wanted: Type, where: Where, facts: Facts, judged: set[tuple[str, str]]
) -> Iterator[Diagnostic]:
    if not accepts(wanted, value.type):
        yield _mismatch(value, wanted, where)
        return
    parameter = facts.parameters.get(value.name) if value.root == "Parameters" else None
    if parameter is None or (parameter.name, slot.name) in judged:
        return
    judged.add((parameter.name, slot.name))
    yield from _parameter_faults(parameter, value, slot, wanted, where)


def _mismatch(value: Get, wanted: Type, where: Where) -> Diagnostic:
    what = f"parameter `{value.name}`" if value.root == "Parameters" else "the value"
    hint = f"declare the parameter as `type: {wanted}`" if value.root == "Parameters" else ""
    return Diagnostic.of(
        "type-mismatch",
        f"{where.title} wants {NAMES[wanted]}, and {what} is {TYPES[value.type]}",
        value.span,
        hint=hint,
    )


def _parameter_faults(
    parameter: Parameter, value: Get, slot: Shape, wanted: Type, where: Where
) -> Iterator[Diagnostic]:
    """The parameter's default and words in this slot, told at the declaration with the slot as second place."""
    place = Place(value.span, f"it goes into {where.title} here")
    sound = True
    for given, span in _possible(parameter):
        literal = Literal(given, span, str(given) if isinstance(given, str) else None)
        for fault in literal_faults(literal, slot, wanted, where):
            sound = False
            yield Diagnostic.of(
                "parameter-value", fault.message, span, hint=fault.hint, notes=fault.notes, places=(place,)
            )
    if sound and wanted in ("integer", "float"):
        yield from _bound_faults(parameter, place, slot, where)


def _bound_faults(parameter: Parameter, place: Place, slot: Shape, where: Where) -> Iterator[Diagnostic]:
    for bound, word in ((parameter.minimum, "min"), (parameter.maximum, "max")):
        if bound is None or not list(number_faults(bound, parameter.span, slot, where)):
            continue
        message = f"`{word}: {bound:g}` of parameter `{parameter.name}` lies outside what {where.title} takes"
        yield Diagnostic.of(
            "parameter-bound", message, parameter.spans[word], places=(place,), notes=(f"it takes {bounds(slot)}",)
        )


def _possible(parameter: Parameter) -> Iterator[tuple[str | int | float | bool, Span]]:
    if parameter.default is not None and parameter.default_span is not None:
        yield parameter.default, parameter.default_span
    for word, span in zip(parameter.enum, parameter.enum_spans, strict=True):
        if word is not None and word != parameter.default:
            yield word, span


def _join_faults(value: Join, slot: Shape, where: Where) -> Iterator[Diagnostic]:
    known = sum(len(v.as_text) for v in value.values if isinstance(v, Literal))
    if slot.max is not None and known > slot.max:
        yield Diagnostic.of(
            "argument-length",
            f"{where.title} takes at most {slot.max} characters, and the literal parts alone have {known}",
            value.span,
        )


def _fits(value: object, wanted: Type) -> bool:
    match wanted, value:
        case "boolean", bool():
            return True
        case "integer", int():
            return not isinstance(value, bool)
        case "float", int() | float():
            return not isinstance(value, bool)
        case _:
            return wanted == "unknown"


def _numeric(text: str) -> bool:
    return text.strip().lstrip("+-").replace(".", "", 1).isdigit()


def _s3_place(text: str, slot: Shape) -> bool:
    """Whether an S3 URI stands where one is wanted: the services' patterns disagree about it, and the lenient serve."""
    return "s3://" in (slot.pattern_text or "") and S3_URI.fullmatch(text) is not None
