"""Functions and queues that lambda and callback steps call. Source: DG, build-and-manage-steps-types."""

from __future__ import annotations

import re
from collections.abc import Iterator

from compiler.check.facts import Facts
from compiler.diagnostics import Diagnostic, Place
from compiler.model.program import BuiltStep
from compiler.model.values import ListValue, Literal, MapValue

MOST_OUTPUTS = 50
TARGETS = {
    "Lambda": (
        "FunctionArn",
        re.compile(r"arn:aws[a-z-]*:lambda:(?P<region>[a-z0-9-]+):\d{12}:function:[\w-]+(:[\w$-]+)?"),
        "the ARN of a function",
        "arn:aws:lambda:<region>:<account>:function:<name>",
    ),
    "Callback": (
        "SqsQueueUrl",
        re.compile(r"https?://(?:sqs[.-])?(?P<region>[a-z0-9-]+)?[\w.-]*(?::\d+)?/\d{12}/[\w-]+(\.fifo)?"),
        "the URL of a queue",
        "https://sqs.<region>.amazonaws.com/<account>/<name>",
    ),
}


def call_targets(facts: Facts) -> Iterator[Diagnostic]:
    """A function is named by its ARN, a queue by its URL; a function lies in the pipeline's region."""
    for step in facts.steps.values():
        if step.type not in TARGETS:
            continue
        key, form, what, written = TARGETS[step.type]
        value = step.keys.get(key)
        if not isinstance(value, Literal):
            continue
        match = form.fullmatch(value.as_text)
        if match is None:
            message = f"`{value.as_text}` is not {what}"
            yield Diagnostic.of("call-target", message, value.span, hint=f"write `{written}`")
        elif step.type == "Lambda":
            yield from _elsewhere(value, match["region"], facts)


def _elsewhere(value: Literal, region: str, facts: Facts) -> Iterator[Diagnostic]:
    own = facts.program.settings.get("region")
    if not isinstance(own, Literal) or own.as_text == region:
        return
    at = value.span.text.find(region)
    span = value.span.sub(at, at + len(region)) if at >= 0 else value.span
    yield Diagnostic.of(
        "call-region",
        f"the function lies in `{region}`, and the pipeline in `{own.as_text}`",
        span,
        places=(Place(own.span, "the pipeline's region"),),
        hint="a pipeline calls functions of its own region only",
    )


def flat_arguments(facts: Facts) -> Iterator[Diagnostic]:
    """DG: the arguments of lambda and callback steps are a flat map of scalars; API: at most 50 outputs."""
    for step in facts.steps.values():
        if step.type in TARGETS:
            yield from _nested(step)
            outputs = step.keys.get("OutputParameters")
            if isinstance(outputs, ListValue) and len(outputs.items) > MOST_OUTPUTS:
                message = f"a step takes at most {MOST_OUTPUTS} outputs, found {len(outputs.items)}"
                yield Diagnostic.of("argument-length", message, outputs.span)


def _nested(step: BuiltStep) -> Iterator[Diagnostic]:
    for key, value in step.arguments.pairs() if isinstance(step.arguments, MapValue) else ():
        if isinstance(value, MapValue | ListValue):
            what = "map" if isinstance(value, MapValue) else "list"
            message = f"`{key}` is a {what}, and a {step.type} step takes scalars only"
            hint = "pass it as JSON text, or as several arguments"
            yield Diagnostic.of("nested-argument", message, value.span, hint=hint)
