"""Comparisons: of things that can be compared, and that can come out either way."""

from __future__ import annotations

import re
from collections.abc import Iterator

from compiler.check.facts import Facts
from compiler.diagnostics import Diagnostic, Place
from compiler.expr import Type, comparable
from compiler.model.pipeline import Parameter
from compiler.model.values import Get, Hole, Join, JsonGet, ListValue, Literal, MapValue, Value
from compiler.resolve.clauses import MOST_CONDITIONS
from compiler.text import closest, guess

KNOWN_DEPTH = 2
BINARY = ("Equals", "GreaterThan", "GreaterThanOrEqualTo", "LessThan", "LessThanOrEqualTo")
MEMBERS = {
    **dict.fromkeys(BINARY, ("LeftValue", "RightValue")),
    "Or": ("Conditions",), "Not": ("Condition",), "In": ("QueryValue", "Values"),
}  # fmt: skip
NUMBER = re.compile(r"[-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?")
TYPES: dict[Type, str] = {"string": "text", "integer": "a number", "float": "a number", "boolean": "true or false"}


def comparisons(facts: Facts) -> Iterator[Diagnostic]:
    """Definition format: both sides of a comparison have the same type."""
    for step in facts.steps.values():
        if step.type == "Condition" and isinstance(step.arguments, MapValue):
            for leaf in _leaves(step.arguments.get("Conditions")):
                yield from _comparison(leaf, facts)


def _leaves(value: Value | None) -> Iterator[MapValue]:
    match value:
        case ListValue(items):
            for item in items:
                yield from _leaves(item)
        case MapValue():
            kind = value.text("Type")
            if kind == "Or":
                yield from _leaves(value.get("Conditions"))
            elif kind == "Not":
                yield from _leaves(value.get("Condition"))
            elif kind in (*BINARY, "In"):
                yield value


def _comparison(leaf: MapValue, facts: Facts) -> Iterator[Diagnostic]:
    kind = leaf.text("Type")
    left = leaf.get("QueryValue" if kind == "In" else "LeftValue")
    rights = leaf.list("Values") if kind == "In" else (leaf.get("RightValue"),)
    if left is None or isinstance(left, Hole):
        return
    for right in rights:
        if right is None or isinstance(right, Hole):
            continue
        one, other = type_of(left), type_of(right)
        if not comparable(one, other):
            yield Diagnostic.of(
                "incomparable",
                f"{TYPES[one]} is compared with {TYPES[other]}",
                right.span,
                label=f"this is {TYPES[other]}",
                places=(Place(left.span, f"this is {TYPES[one]}"),),
                hint=_mend(left, right),
            )
        elif kind.startswith(("Greater", "Less")) and "boolean" in (one, other):
            yield Diagnostic.of("incomparable", "true and false have no order", right.span, hint="use `eq` or `ne`")
        elif kind.startswith(("Greater", "Less")) and (quoted := _quoted_number(left, right)) is not None:
            message = "a metric is compared with text, and text has the order of letters"
            yield Diagnostic.of("incomparable", message, quoted.span, hint="remove the quotes")
        elif (why := _constant(kind, left, right, facts)) is not None:
            both = isinstance(left, Literal) and isinstance(right, Literal)
            hint = "name what varies: `value: ${{ parameters.… }}`" if both else ""
            yield Diagnostic.of("constant-condition", f"the comparison cannot vary: {why}", leaf.span, hint=hint)
            return


def _quoted_number(left: Value, right: Value) -> Literal | None:
    """The number in quotes that a value from a JSON file is compared with, whose type only a run knows."""
    for metric, other in ((left, right), (right, left)):
        if isinstance(metric, JsonGet) and isinstance(other, Literal) and isinstance(other.value, str):
            return other if NUMBER.fullmatch(other.value) else None
    return None


def type_of(value: Value) -> Type:
    """The type of an operand."""
    match value:
        case Get(type=type_):
            return type_
        case Join():
            return "string"
        case Literal(bool()):
            return "boolean"
        case Literal(int()):
            return "integer"
        case Literal(float()):
            return "float"
        case Literal(str()):
            return "string"
        case _:
            return "unknown"


def _mend(left: Value, right: Value) -> str:
    texts = [v for v in (left, right) if isinstance(v, Literal) and isinstance(v.value, str)]
    if texts and NUMBER.fullmatch(texts[0].as_text):
        return "remove the quotes"
    numbers = [v for v in (left, right) if isinstance(v, Literal) and not isinstance(v.value, (str, bool))]
    if numbers:
        return f'write "{numbers[0].as_text}" in quotes, if the text is meant'
    if all(isinstance(v, Get) and v.root == "Parameters" for v in (left, right)):
        return "declare both parameters with one type"
    return ""


def _constant(kind: str, left: Value, right: Value, facts: Facts) -> str | None:
    if isinstance(left, Literal) and isinstance(right, Literal):
        return "both sides are literals"
    if isinstance(left, (Get, JsonGet)) and left == right:
        return "both sides are the same"
    for reference, literal, turned in ((left, right, False), (right, left, True)):
        if isinstance(reference, Get) and reference.root == "Parameters" and isinstance(literal, Literal):
            parameter = facts.parameters.get(reference.name)
            if parameter is not None and (why := _outside(kind, parameter, literal, turned)):
                return why
    return None


_TURNED = {"GreaterThan": "LessThan", "GreaterThanOrEqualTo": "LessThanOrEqualTo", "LessThan": "GreaterThan",
           "LessThanOrEqualTo": "GreaterThanOrEqualTo"}  # fmt: skip


def _outside(kind: str, parameter: Parameter, literal: Literal, turned: bool) -> str | None:
    """Whether the parameter's own bounds or words decide the comparison."""
    kind = _TURNED.get(kind, kind) if turned else kind
    if kind in ("Equals", "In") and parameter.enum and literal.value not in parameter.enum:
        return f"parameter `{parameter.name}` is never `{literal.as_text}`"
    number = literal.value
    if isinstance(number, bool) or not isinstance(number, (int, float)):
        return None
    low, high = parameter.minimum, parameter.maximum
    below = low is not None and {"GreaterThan": number < low, "GreaterThanOrEqualTo": number <= low,
                                 "LessThan": number <= low, "LessThanOrEqualTo": number < low,
                                 "Equals": number < low, "In": number < low}.get(kind, False)  # fmt: skip
    above = high is not None and {"GreaterThan": number >= high, "GreaterThanOrEqualTo": number > high,
                                  "LessThan": number > high, "LessThanOrEqualTo": number >= high,
                                  "Equals": number > high, "In": number > high}.get(kind, False)  # fmt: skip
    if below or above:
        bound = f"`min: {low:g}`" if below else f"`max: {high:g}`"
        return f"parameter `{parameter.name}` has {bound}"
    return None


def raw_conditions(facts: Facts) -> Iterator[Diagnostic]:
    """The condition types of the service, for conditions in the API's own spelling."""
    for step in facts.steps.values():
        conditions = step.arguments.get("Conditions") if isinstance(step.arguments, MapValue) else None
        if step.type == "Condition" and conditions is not None:
            yield from _forms(conditions)
            yield from _deep(conditions, 0)
            if sum(1 for _ in _leaves(conditions)) > MOST_CONDITIONS:
                message = f"the condition has more than {MOST_CONDITIONS} comparisons"
                hint = "split it over several condition steps, or compute it in a step"
                yield Diagnostic.of("condition-too-large", message, conditions.span, hint=hint)


def _deep(value: Value | None, depth: int) -> Iterator[Diagnostic]:
    """`Not` and `Or` inside each other beyond what is known to be taken; the outermost one too many."""
    match value:
        case ListValue(items):
            for item in items:
                yield from _deep(item, depth)
        case MapValue() if value.text("Type") in ("Or", "Not"):
            if depth == KNOWN_DEPTH:
                message = f"`{value.text('Type')}` stands at level {depth + 1} of `Not` and `Or`"
                note = f"the service is known to take {KNOWN_DEPTH} levels"
                yield Diagnostic.of("condition-depth", message, value.span, notes=(note,),
                                    hint="write the condition with `all`, `any` and `not`")  # fmt: skip
                return
            yield from _deep(value.get("Conditions"), depth + 1)
            yield from _deep(value.get("Condition"), depth + 1)


def _forms(value: Value | None) -> Iterator[Diagnostic]:
    match value:
        case ListValue(items):
            for item in items:
                yield from _forms(item)
        case MapValue():
            kind = value.text("Type")
            if kind in MEMBERS:
                yield from _condition_members(value, kind)
                yield from _forms(value.get("Conditions"))
                yield from _forms(value.get("Condition"))
            elif "Type" in value.members:
                message = f"the service has no condition type `{kind}`"
                yield Diagnostic.of("condition-type", message, value.span_of("Type"), hint=_types_hint(kind))
            else:
                yield Diagnostic.of("missing-member", "the condition has no `Type`", value.span, hint="add `Type`")


def _types_hint(kind: str) -> str:
    if kind == "And":
        return "the conditions of a list must all hold: write them side by side"
    return guess(kind, MEMBERS) or f"the types are {', '.join(MEMBERS)}"


def _condition_members(value: MapValue, kind: str) -> Iterator[Diagnostic]:
    meant: list[str] = []
    for name, member in value.members.items():
        if name == "Type" or name in MEMBERS[kind]:
            continue
        near = closest(name, MEMBERS[kind])
        meant.append(near or "")
        hint = f"did you mean `{near}`?" if near else f"its members are {', '.join(MEMBERS[kind])}"
        message = f"a condition of type {kind} has no member `{name}`"
        yield Diagnostic.of("unknown-member", message, member.key_span, hint=hint)
    for name in MEMBERS[kind]:
        if name not in value.members and name not in meant:
            yield Diagnostic.of("missing-member", f"the condition has no `{name}`", value.span, hint=f"add `{name}`")
