"""Values for the parameters of an execution, checked before it starts, there or here. API: StartPipelineExecution."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from compiler.model.pipeline import Parameter
from compiler.text import not_named
from compiler.text.backtracking import affordable

Json = Any
LONGEST = 1024  # API: a value given at start, shorter than a default may be


@dataclass(frozen=True, slots=True)
class Rule:
    """What a value must be. `type` is string, integer, float or boolean; bounds are inclusive."""

    type: str
    required: bool
    enum: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    pattern: str = ""


def rules_of_file(parameters: Mapping[str, Parameter]) -> dict[str, Rule]:
    """The rules that a pipeline file states."""
    return {
        name: Rule(str(p.type), p.default is None, tuple(map(str, p.enum)), p.minimum, p.maximum, p.pattern)
        for name, p in parameters.items()
    }


def rules_of_definition(definition: Mapping[str, Json]) -> dict[str, Rule]:
    """The rules that a definition knows: a file's bounds and patterns are not among them."""
    return {
        row["Name"]: Rule(
            str(row.get("Type", "String")).lower(), row.get("DefaultValue") is None, tuple(row.get("EnumValues") or ())
        )
        for row in definition.get("Parameters") or []
    }


def faults(rules: Mapping[str, Rule], given: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with the values, a line each, in the order given; then what is missing."""
    for name, text in given.items():
        if name not in rules:
            yield not_named("parameter", name, rules)
        elif said := _fault(rules[name], text):
            yield f"parameter `{name}` {said}"
    for name, rule in rules.items():
        if rule.required and name not in given:
            yield f"parameter `{name}` has no default: give it with -p {name}=..."


def _fault(rule: Rule, text: str) -> str:
    number = _number(rule.type, text)
    if rule.type == "boolean" and text.lower() not in ("true", "false"):
        return f"is true or false, not `{text}`"
    if rule.type in ("integer", "float") and number is None:
        return f"is of type {rule.type}, which `{text}` is not"
    if number is not None and rule.minimum is not None and number < rule.minimum:
        return f"is at least {rule.minimum:g}, not {text}"
    if number is not None and rule.maximum is not None and number > rule.maximum:
        return f"is at most {rule.maximum:g}, not {text}"
    if rule.enum and text not in rule.enum:
        return f"is one of {', '.join(f'`{word}`' for word in rule.enum)}, not `{text}`"
    if rule.pattern and affordable(rule.pattern, text) and not re.fullmatch(rule.pattern, text):
        return f"does not match `{rule.pattern}`: `{text}`"
    return f"has {len(text)} characters; {LONGEST} are the most" if len(text) > LONGEST else ""


_NUMBERS = {"integer": r"[-+]?[0-9]+", "float": r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?"}


def _number(kind: str, text: str) -> float | None:
    if kind not in _NUMBERS or not re.fullmatch(_NUMBERS[kind], text):
        return None
    value = float(text)
    return value if math.isfinite(value) else None


def as_value(rule: Rule, text: str) -> Json:
    """A sound value in the type it is declared with."""
    match rule.type:
        case "boolean":
            return text.lower() == "true"
        case "integer":
            return int(text)
        case "float":
            return float(text)
    return text


def as_request(rules: Mapping[str, Rule], given: Mapping[str, str]) -> list[dict[str, str]]:
    """Sound values as the API takes them: all are text; a boolean is written as the SDK writes it."""
    return [{"Name": name, "Value": _written(rules[name].type, text)} for name, text in given.items()]


def _written(kind: str, text: str) -> str:
    match kind:
        case "boolean":
            return text.capitalize()
        case "integer":
            return str(int(text))
    return text
