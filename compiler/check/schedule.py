"""What `pipeline.schedule` starts the pipeline with. Source: API of EventBridge Scheduler, CreateSchedule."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from compiler.check.facts import Facts
from compiler.check.moments import never
from compiler.check.parameters import default_faults, typed
from compiler.check.spoken import TYPES
from compiler.diagnostics import Diagnostic
from compiler.model.values import Hole, Literal, MapValue, Member
from compiler.text import closest

LONGEST_NAME, LONGEST_VALUE = 64, 1024
_FIELD = r"[A-Za-z0-9*?,/#\-]+"
FORMS = (
    re.compile(r"at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\)"),
    re.compile(r"rate\([1-9]\d* (minute|hour|day)s?\)"),
    re.compile(rf"cron\({_FIELD}( {_FIELD}){{5}}\)"),
)


def schedule(facts: Facts) -> Iterator[Diagnostic]:
    """A scheduled execution is given nothing by hand: every parameter has a default, or a value in the schedule."""
    found = facts.program.settings.map("schedule")
    if found is None:
        return
    if isinstance(found.get("parameters"), Hole):
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
        yield from _value(name, member, facts)
    yield from _expression(found)
    yield from _name(facts, found)


def _value(name: str, member: Member, facts: Facts) -> Iterator[Diagnostic]:
    parameter, value = facts.parameters.get(name), member.value
    if parameter is None:
        if "parameters" not in facts.program.pipeline.unread:
            near = closest(name, facts.parameters)
            hint = f"did you mean `{near}`?" if near else "declare it under `parameters`"
            yield Diagnostic.of("unknown-parameter", f"no parameter is named `{name}`", member.key_span, hint=hint)
        return
    if not isinstance(value, Literal) or parameter.type == "unknown":
        return
    if (read := typed(parameter.type, value)) is None:
        message = f"`{value.as_text}` is not {TYPES[parameter.type]} as parameter `{name}` is declared"
        yield Diagnostic.of("parameter-type", message, value.span)
        return
    if not 1 <= len(value.as_text) <= LONGEST_VALUE:
        message = f"a scheduled value has 1 to {LONGEST_VALUE} characters, found {len(value.as_text)}"
        yield Diagnostic.of("text-length", message, value.span)
    yield from default_faults(replace(parameter, default=read, default_span=value.span), value.span, "the value")


def _expression(found: MapValue) -> Iterator[Diagnostic]:
    expression = found.text("expression") or ""
    span = found.span_of("expression")
    if expression and not any(form.fullmatch(expression) for form in FORMS):
        hint = (
            _cron(expression) or "write `cron(min hour dom month dow year)`, `rate(1 day)` or `at(yyyy-mm-ddThh:mm:ss)`"
        )
        yield Diagnostic.of("schedule-expression", f"`{expression}` is not a schedule", span, hint=hint)
    elif (told := never(expression))[0]:
        yield Diagnostic.of("schedule-expression", told[0], span, hint=told[1])


def _cron(expression: str) -> str:
    """The six fields for the five that cron has elsewhere, where they surely mean the same: weekdays by name."""
    fields = expression.removeprefix("cron(").removesuffix(")").split()
    if len(fields) != 5 or not re.fullmatch(r"[*A-Za-z,-]+", fields[4]) or "*" not in (fields[2], fields[4]):
        return ""
    minute, hour, day, month, weekday = fields
    days = (day, "?") if weekday == "*" else ("?", weekday)
    return f"the cron of EventBridge has a sixth field, the year: `cron({minute} {hour} {days[0]} {month} {days[1]} *)`"


def _name(facts: Facts, found: MapValue) -> Iterator[Diagnostic]:
    """The schedule is named like the pipeline."""
    name = facts.program.settings.get("name")
    if isinstance(name, Literal) and LONGEST_NAME < len(name.as_text) <= 256:
        count = len(name.as_text)
        message = f"the pipeline's name has {count} characters, and a schedule, named like it, takes {LONGEST_NAME}"
        yield Diagnostic.of("schedule-name", message, name.span)
