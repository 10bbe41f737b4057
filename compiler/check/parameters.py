"""Parameters: defaults within their own bounds, enumerations the service takes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from compiler.check.facts import Facts
from compiler.check.spoken import TYPES
from compiler.diagnostics import Diagnostic
from compiler.expr import Type
from compiler.model.pipeline import Parameter
from compiler.model.values import Literal
from compiler.syntax import ScalarValue
from compiler.text import Span
from compiler.text.backtracking import affordable

MOST_WORDS, LONGEST_DEFAULT, LONGEST_AT_START, LONGEST_DESCRIPTION = 16, 4096, 1024, 4096


def parameters(facts: Facts) -> Iterator[Diagnostic]:
    for parameter in facts.parameters.values():
        if parameter.type == "unknown":
            continue
        yield from _declaration(parameter)
        if parameter.default is not None and parameter.default_span is not None:
            yield from default_faults(parameter, parameter.default_span)


def _declaration(parameter: Parameter) -> Iterator[Diagnostic]:
    name = parameter.name
    low, high = parameter.minimum, parameter.maximum
    if low is not None and high is not None and low > high:
        message = (
            f"`min: {parameter.spans['min'].text}` of parameter `{name}` is above `max: {parameter.spans['max'].text}`"
        )
        yield Diagnostic.of("parameter-range", message, parameter.spans["max"])
    for key in ("min", "max"):
        if key in parameter.spans and parameter.type not in ("integer", "float"):
            message = f"`{key}` means nothing for the {parameter.type} parameter `{name}`"
            yield Diagnostic.of("parameter-range", message, parameter.spans[key])
            break
    yield from _words(parameter)
    if len(parameter.description) > LONGEST_DESCRIPTION:
        message = f"`description` takes at most {LONGEST_DESCRIPTION} characters, found {len(parameter.description)}"
        yield Diagnostic.of("text-length", message, parameter.spans["description"])
    if parameter.pattern and parameter.type != "string":
        message = f"`pattern` means nothing for the {parameter.type} parameter `{name}`"
        yield Diagnostic.of("parameter-pattern", message, parameter.spans["pattern"])
    elif parameter.pattern and _compiled(parameter.pattern) is None:
        message = f"the pattern of `{name}` is not a regular expression"
        yield Diagnostic.of(
            "parameter-pattern", message, parameter.spans["pattern"], notes=(_wrong(parameter.pattern),)
        )


def _words(parameter: Parameter) -> Iterator[Diagnostic]:
    name, words = parameter.name, parameter.enum
    if words and parameter.type != "string":
        message = f"only string parameters have an `enum`, and `{name}` is {TYPES[parameter.type]}"
        yield Diagnostic.of("parameter-enum", message, parameter.spans["enum"], hint="use `min` and `max`")
    if len(words) > MOST_WORDS:
        message = f"the enum of `{name}` has {len(words)} values, and the service takes {MOST_WORDS}"
        yield Diagnostic.of("parameter-enum", message, parameter.spans["enum"])
        return
    for number, word in enumerate(words):
        if word in words[:number]:
            message = f"the enum of `{name}` names `{word}` twice"
            yield Diagnostic.of("parameter-enum", message, parameter.enum_spans[number])
        elif isinstance(word, str) and len(word) > LONGEST_AT_START:
            message = f"a value given at start has at most {LONGEST_AT_START} characters, found {len(word)}"
            yield Diagnostic.of("text-length", message, parameter.enum_spans[number])


def default_faults(parameter: Parameter, span: Span, what: str = "the default") -> Iterator[Diagnostic]:
    """The default, or another value in its place, against the parameter's own rules."""
    name, value = parameter.name, parameter.default
    if parameter.enum and parameter.type == "string" and value not in parameter.enum:
        words = ", ".join(f"`{w}`" for w in parameter.enum)
        yield Diagnostic.of(
            "parameter-default",
            f"{what} `{value}` is not in the enum of parameter `{name}`",
            span,
            hint=f"one of {words}",
        )
    if isinstance(value, (int, float)) and not isinstance(value, bool) and not _crossed(parameter):
        if parameter.minimum is not None and value < parameter.minimum:
            yield _outside(f"{what} `{value}`", name, f"below `min: {parameter.minimum}`", span)
        if parameter.maximum is not None and value > parameter.maximum:
            yield _outside(f"{what} `{value}`", name, f"above `max: {parameter.maximum}`", span)
    if isinstance(value, str):
        pattern = _compiled(parameter.pattern) if parameter.pattern else None
        judged = pattern is not None and affordable(parameter.pattern, value)
        if pattern is not None and judged and not pattern.fullmatch(value):
            yield Diagnostic.of("parameter-default", f"{what} `{value}` does not match the pattern of `{name}`", span)
        if len(value) > LONGEST_DEFAULT:
            yield Diagnostic.of(
                "text-length", f"a default takes at most {LONGEST_DEFAULT} characters, found {len(value)}", span
            )


def _crossed(parameter: Parameter) -> bool:
    low, high = parameter.minimum, parameter.maximum
    return low is not None and high is not None and low > high


def _outside(what: str, name: str, where: str, span: Span) -> Diagnostic:
    return Diagnostic.of("parameter-default", f"{what} of parameter `{name}` lies {where}", span)


def typed(type_: Type, value: Literal) -> ScalarValue:
    """The value as a parameter of that type holds it; None where it cannot."""
    match type_, value.value:
        case ("string", str()) | ("boolean", bool()):
            return value.value
        case "string", int() | float() if not isinstance(value.value, bool):
            return value.as_text
        case "integer", int() if not isinstance(value.value, bool):
            return value.value
        case "float", int() | float() if not isinstance(value.value, bool):
            return float(value.value)
        case _:
            return None


def _wrong(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        return f"{error.msg}, at character {(error.pos or 0) + 1}"
    except (RecursionError, OverflowError):
        pass
    return "it is too large"


def _compiled(pattern: str) -> re.Pattern[str] | None:
    try:
        return re.compile(pattern)
    except (re.error, RecursionError, OverflowError):
        return None
