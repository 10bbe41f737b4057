"""Parameters: defaults within their own bounds, enumerations the service takes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from compiler.check.facts import Facts
from compiler.diagnostics import Diagnostic
from compiler.model.pipeline import Parameter
from compiler.model.values import MapValue
from compiler.text import Span, closest

MOST_WORDS, LONGEST_DEFAULT, LONGEST_AT_START = 16, 4096, 1024


def parameters(facts: Facts) -> Iterator[Diagnostic]:
    for parameter in facts.parameters.values():
        if parameter.type == "unknown":
            continue
        yield from _declaration(parameter)
        if parameter.default is not None and parameter.default_span is not None:
            yield from _default(parameter, parameter.default_span)


def _declaration(parameter: Parameter) -> Iterator[Diagnostic]:
    name = parameter.name
    low, high = parameter.minimum, parameter.maximum
    if low is not None and high is not None and low > high:
        message = f"parameter `{name}` has `min: {low:g}` above `max: {high:g}`"
        yield Diagnostic.of("parameter-range", message, parameter.spans["max"])
    for key in ("min", "max"):
        if key in parameter.spans and parameter.type not in ("integer", "float"):
            message = f"`{key}` means nothing for the {parameter.type} parameter `{name}`"
            yield Diagnostic.of("parameter-range", message, parameter.spans[key])
            break
    if parameter.enum and parameter.type != "string":
        yield Diagnostic.of(
            "parameter-enum",
            f"only string parameters have an `enum`, and `{name}` is {parameter.type}",
            parameter.spans["enum"],
            hint="use `min` and `max`",
        )
    if len(parameter.enum) > MOST_WORDS:
        yield Diagnostic.of(
            "parameter-enum",
            f"the enum of `{name}` has {len(parameter.enum)} values, and the service takes {MOST_WORDS}",
            parameter.spans["enum"],
        )
    for number, word in enumerate(parameter.enum):
        if word in parameter.enum[:number]:
            message = f"the enum of `{name}` names `{word}` twice"
            yield Diagnostic.of("parameter-enum", message, parameter.enum_spans[number])
    if parameter.pattern and parameter.type != "string":
        message = f"`pattern` means nothing for the {parameter.type} parameter `{name}`"
        yield Diagnostic.of("parameter-pattern", message, parameter.spans["pattern"])
    elif parameter.pattern and _compiled(parameter.pattern) is None:
        message = f"the pattern of `{name}` is not a regular expression"
        yield Diagnostic.of("parameter-pattern", message, parameter.spans["pattern"])


def _default(parameter: Parameter, span: Span) -> Iterator[Diagnostic]:
    name, value = parameter.name, parameter.default
    if parameter.enum and parameter.type == "string" and value not in parameter.enum:
        words = ", ".join(f"`{w}`" for w in parameter.enum)
        yield Diagnostic.of(
            "parameter-default",
            f"the default `{value}` is not in the enum of parameter `{name}`",
            span,
            hint=f"one of {words}",
        )
    if isinstance(value, int | float) and not isinstance(value, bool) and not _crossed(parameter):
        if parameter.minimum is not None and value < parameter.minimum:
            yield _outside(name, value, f"below `min: {parameter.minimum:g}`", span)
        if parameter.maximum is not None and value > parameter.maximum:
            yield _outside(name, value, f"above `max: {parameter.maximum:g}`", span)
    if isinstance(value, str):
        pattern = _compiled(parameter.pattern) if parameter.pattern else None
        if pattern is not None and not pattern.fullmatch(value):
            yield Diagnostic.of(
                "parameter-default", f"the default `{value}` does not match the pattern of `{name}`", span
            )
        if len(value) > LONGEST_DEFAULT:
            yield Diagnostic.of(
                "text-length", f"a default takes at most {LONGEST_DEFAULT} characters, found {len(value)}", span
            )


def _crossed(parameter: Parameter) -> bool:
    low, high = parameter.minimum, parameter.maximum
    return low is not None and high is not None and low > high


def _outside(name: str, value: float, what: str, span: Span) -> Diagnostic:
    return Diagnostic.of("parameter-default", f"the default {value:g} of parameter `{name}` lies {what}", span)


def _compiled(pattern: str) -> re.Pattern[str] | None:
    try:
        return re.compile(pattern)
    except (re.error, RecursionError, OverflowError):
        return None


def schedule(facts: Facts) -> Iterator[Diagnostic]:
    """A scheduled execution is given nothing by hand: every parameter has a default, or a value in the schedule."""
    settings = facts.program.settings
    found = settings.map("schedule")
    if found is None:
        return
    given = found.map("parameters") or MapValue({}, found.span)
    for parameter in facts.parameters.values():
        if parameter.default is None and parameter.default_span is None and parameter.name not in given.members:
            yield Diagnostic.of(
                "schedule-parameter",
                f"the schedule starts the pipeline without a value for parameter `{parameter.name}`",
                parameter.span,
                hint="give it a default, or a value under `schedule.parameters`",
            )
    for name, member in given.members.items():
        if name not in facts.parameters and "parameters" not in facts.program.pipeline.unread:
            near = closest(name, facts.parameters)
            hint = f"did you mean `{near}`?" if near else "declare it under `parameters`"
            yield Diagnostic.of("unknown-parameter", f"no parameter is named `{name}`", member.key_span, hint=hint)
    expression = found.text("expression")
    if expression and not re.fullmatch(r"(cron|rate|at)\(.+\)", expression):
        yield Diagnostic.of(
            "schedule-expression",
            f"`{expression}` is not a schedule",
            found.span_of("expression"),
            hint="write `cron(min hour dom month dow year)`, `rate(1 day)` or `at(yyyy-mm-ddThh:mm:ss)`",
        )
