"""What raw steps may hold where no service model says it: step-level keys, and the arguments of control steps.

Source: definition format, 2.0, 2.8, 2.9, 2.23, 5 and 6.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from compiler.check.facts import Facts
from compiler.diagnostics import Diagnostic
from compiler.model.program import BuiltStep
from compiler.model.values import Get, Hole, Join, JsonGet, ListValue, Literal, MapValue, StepList, Value
from compiler.text import closest

Form = str | tuple["Form"] | Mapping[str, "Form"]
"""A word for a scalar (or `any`, `steps`), a list of one form `(item,)`, or a map; `*` marks members that must be."""

POLICY: Form = {
    "ExceptionType*": ("text",), "IntervalSeconds": "integer", "BackoffRate": "number", "MaxAttempts": "integer",
    "ExpireAfterMin": "integer",
}  # fmt: skip
KEYS: Mapping[str, Form] = {
    "DisplayName": "text",
    "Description": "text",
    "FunctionArn": "text",
    "SqsQueueUrl": "text",
    "CacheConfig": {"Enabled*": "boolean", "ExpireAfter": "text"},
    "RetryPolicies": (POLICY,),
    "PropertyFiles": ({"PropertyFileName*": "text", "OutputName*": "text", "FilePath*": "text"},),
    "OutputParameters": ({"OutputName*": "text", "OutputType*": "text"},),
}
NEEDED = {"Lambda": "FunctionArn", "Callback": "SqsQueueUrl"}
ARGUMENTS: Mapping[str, Form] = {
    "Fail": {"ErrorMessage*": "text"},
    "Condition": {"Conditions*": ("any",), "IfSteps": "steps", "ElseSteps": "steps"},
    "ForEach": {"IterableItems*": "any", "MaxConcurrency*": "integer", "Selector": {"Pick*": "text", "Field*": "text"},
                "ForEachBody*": "steps"},
}  # fmt: skip
WORDS = {"text": "text", "boolean": "true or false", "integer": "a whole number", "number": "a number"}


def raw_steps(facts: Facts) -> Iterator[Diagnostic]:
    """Members that are unknown, missing or of another type."""
    for step in facts.steps.values():
        if step.type in ARGUMENTS:
            yield from _value(step.arguments, ARGUMENTS[step.type], f"the request of {step.type}")
        if step.source.type.json_type:
            continue
        needed = NEEDED.get(step.type)
        if (
            needed
            and needed not in step.keys.members
            and not closest(needed, [k for k in step.keys.members if k not in KEYS])
        ):
            message = f"step `{step.name}` has no `{needed}`"
            yield Diagnostic.of("missing-member", message, step.span, hint=f"add `{needed}`")
        yield from _keys(step)


def _keys(step: BuiltStep) -> Iterator[Diagnostic]:
    for key, value in step.keys.pairs():
        if key in KEYS:
            yield from _value(value, KEYS[key], f"`{key}`")


def _value(value: Value, form: Form, title: str) -> Iterator[Diagnostic]:
    match form, value:
        case _, Hole():
            return
        case str(), _:
            yield from _leaf(value, form, title)
        case (item,), ListValue(items):
            for inner in items:
                yield from _value(inner, item, f"an item of {title}")
        case (_,), _:
            yield _misfit(value, "a list", title)
        case Mapping(), MapValue():
            yield from _members(value, form, title)
        case _:
            yield _misfit(value, "a map", title)


def _members(value: MapValue, form: Mapping[str, Form], title: str) -> Iterator[Diagnostic]:
    known = {name.rstrip("*"): inner for name, inner in form.items()}
    meant: list[str] = []
    for name, member in value.members.items():
        if name in known:
            yield from _value(member.value, known[name], f"`{name}`")
            continue
        near = closest(name, known)
        meant.append(near or "")
        hint = f"did you mean `{near}`?" if near else f"its members are {', '.join(known)}"
        yield Diagnostic.of("unknown-member", f"{title} has no member `{name}`", member.key_span, hint=hint)
    for name in form:
        if name.endswith("*") and name[:-1] not in value.members and name[:-1] not in meant:
            message = f"{title} has no `{name[:-1]}`"
            yield Diagnostic.of("missing-member", message, value.span, hint=f"add `{name[:-1]}`")


def _leaf(value: Value, word: str, title: str) -> Iterator[Diagnostic]:
    match word, value:
        case "any", StepList():
            yield _misfit(value, "a value", title)
        case ("any", _) | ("steps", StepList()) | ("text", Literal(str())) | ("boolean", Literal(bool())):
            return
        case "integer" | "number", Literal(bool()):
            yield _misfit(value, WORDS[word], title)
        case ("integer" | "number", Literal(int())) | ("number", Literal(float())):
            return
        case "steps", _:
            yield _misfit(value, "a list of steps", title)
        case _, Get() | Join() | JsonGet():
            return
        case _:
            yield _misfit(value, WORDS[word], title)


def _misfit(value: Value, wanted: str, title: str) -> Diagnostic:
    match value:
        case ListValue() | StepList():
            found = "a list"
        case MapValue():
            found = "a map"
        case Literal(None):
            found = "nothing"
        case Literal():
            found = f"`{value.as_text}`"
        case _:
            found = "a run-time value"
    return Diagnostic.of("argument-type", f"{title} wants {wanted}, found {found}", value.span)
