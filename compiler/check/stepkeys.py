"""Step-level keys: which type admits them, and the limits of retries. Source: DG, pipelines-retry-policy."""

from __future__ import annotations

import math
from collections.abc import Iterator

from compiler.check.facts import Facts
from compiler.diagnostics import Diagnostic
from compiler.lower.requests import step_type_of
from compiler.model.durations import Duration, read_duration
from compiler.model.program import BuiltStep
from compiler.model.steptype import StepType
from compiler.model.values import Get, Join, JsonGet, ListValue, Literal, MapValue, Value, late
from compiler.resolve.stepkeys import EXCEPTIONS, two_limits
from compiler.text import guess

OWN_RETRIES, INTERNAL, EMR_LIMIT = ("Tuning", "AutoML"), "SageMaker.JOB_INTERNAL_ERROR", "Emr.RESOURCE_LIMIT"
HOMES = {"TrainingJobName": ("Training",), "ProcessingJobName": ("Processing", "ClarifyCheck", "QualityCheck")}
EVERY = ("DisplayName", "Description")
LITERAL_KEYS = ("DisplayName", "Description", "CacheConfig", "RetryPolicies", "PropertyFiles", "OutputParameters")
LIMITS = {
    "MaxAttempts": ("max_attempts", "1 to 20", 1, 20),
    "ExpireAfterMin": ("expire_after", "1 to 14400 minutes", 1, 14_400),
    "IntervalSeconds": ("interval", "1 to 43200 seconds", 1, 43_200),
    "BackoffRate": ("backoff", "0 and more", 0, math.inf),
}


def step_keys(facts: Facts) -> Iterator[Diagnostic]:
    """Keys a type does not have; run-time values where the service wants literals; cache and retry of raw steps."""
    for step in facts.steps.values():
        step_type = step_type_of(step.type)
        if step_type is None:
            continue
        known = (*EVERY, *_admitted(step_type))
        for key, member in step.keys.members.items():
            if key not in known:
                yield Diagnostic.of(
                    "unknown-key",
                    f"a {step.type} step has no key `{key}`",
                    member.key_span,
                    hint=guess(key, known),
                )
            elif key in LITERAL_KEYS:
                yield from _literals(key, member.value)
        yield from _cache(step, step_type)
        yield from _retry(step)


def _admitted(step_type: StepType) -> tuple[str, ...]:
    cache = ("CacheConfig",) if step_type.cache != "no" else ()
    retry = ("RetryPolicies",) if step_type.retry else ()
    return (*cache, *retry, *step_type.step_keys)


def _literals(key: str, value: Value) -> Iterator[Diagnostic]:
    for inner in late(value):
        yield Diagnostic.of(
            "runtime-in-compile-slot",
            f"`{key}` must be known when compiling",
            inner.span,
            hint="the service takes no run-time value there",
        )


def _cache(step: BuiltStep, step_type: StepType) -> Iterator[Diagnostic]:
    config = step.keys.get("CacheConfig")
    if not isinstance(config, MapValue):
        return
    if step_type.cache == "admitted":
        yield Diagnostic.of(
            "cache-effect",
            f"the service takes a cache on a {step_type.name} step, and does not say that it works",
            config.span,
            hint="remove it, or allow the code on the line",
        )
    expiry, enabled = config.get("ExpireAfter"), config.get("Enabled")
    if isinstance(enabled, Literal) and enabled.value is True and expiry is None:
        yield Diagnostic.of(
            "cache-expiry", "the cache is on without an expiry", config.span, hint="give `ExpireAfter`, such as `P7D`"
        )
    if (
        isinstance(expiry, Literal)
        and not isinstance(read_duration(expiry.as_text), Duration)
        and not _lax(expiry.as_text)
    ):
        yield Diagnostic.of(
            "duration", f"`{expiry.as_text}` is not a duration", expiry.span, hint="write `P7D` or `PT12H`"
        )


def _lax(text: str) -> bool:
    """The forms without a leading P that the service's documentation shows: `30dT5h`, `T16m`."""
    return isinstance(read_duration("P" + text), Duration)


def _retry(step: BuiltStep) -> Iterator[Diagnostic]:
    policies = step.keys.get("RetryPolicies")
    seen: list[str] = []
    for policy in policies.items if isinstance(policies, ListValue) else ():
        if not isinstance(policy, MapValue):
            continue
        for name in policy.list("ExceptionType"):
            if isinstance(name, Literal):
                yield from _exception(name, seen, step)
        if "MaxAttempts" in policy.members and "ExpireAfterMin" in policy.members and not step.source.type.json_type:
            yield two_limits(policy, "MaxAttempts", "ExpireAfterMin")
        yield from _limits(policy, bool(step.source.type.json_type))


def _limits(policy: MapValue, concise: bool) -> Iterator[Diagnostic]:
    for member, (field, bounds, low, high) in LIMITS.items():
        value = policy.get(member)
        number = value.value if isinstance(value, Literal) else None
        if isinstance(number, bool) or not isinstance(number, (int, float)) or not isinstance(value, Literal):
            continue
        if not low <= number <= high:
            name, shown = (field, _spoken(value)) if concise else (member, value.as_text)
            message = f"`{name}` is `{shown}`, and the service takes {bounds}"
            yield Diagnostic.of("retry-range", message, value.span)


def _exception(name: Literal, seen: list[str], step: BuiltStep) -> Iterator[Diagnostic]:
    word = name.as_text
    if word in seen:
        yield Diagnostic.of("retry-twice", f"two retry policies name `{_spoken(name)}`", name.span)
    seen.append(word)
    if not step.source.type.json_type:
        yield from _raw_exception(name, step)
    own = "retry" in step.source.written or not step.source.type.json_type  # defaults are for many types
    if step.type in OWN_RETRIES and word == INTERNAL and own:
        yield Diagnostic.of(
            "retry-effect",
            f"the service never retries a {step.type} step on `{_spoken(name)}`",
            name.span,
            hint="a `RetryStrategy` in the training definition retries its jobs" if step.type == "Tuning" else "",
        )


def _raw_exception(name: Literal, step: BuiltStep) -> Iterator[Diagnostic]:
    word, known = name.as_text, (*EXCEPTIONS.values(), EMR_LIMIT)
    step_type = step_type_of(step.type)
    taken = [EXCEPTIONS[e] for e in step_type.retry] if step_type and step.type != "EndpointConfig" else list(known)
    if step.type == "EMR":
        taken.append(EMR_LIMIT)
    if word not in known:
        hint = guess(word, known) or f"the types are {', '.join(known)}"
        yield Diagnostic.of("retry-exception", f"the service has no exception type `{word}`", name.span, hint=hint)
    elif word not in taken and taken:
        message = f"a {step.type} step is not retried on `{word}`"
        hint = f"it takes {', '.join(f'`{e}`' for e in taken)}"
        yield Diagnostic.of("retry-exception", message, name.span, hint=hint)


def _spoken(name: Literal) -> str:
    """The word as the author spelled it."""
    return name.span.text.strip("'\"")


def job_variables(facts: Facts) -> Iterator[Diagnostic]:
    """RST: TrainingJobName and ProcessingJobName are the job that this very step launches."""
    for step in facts.steps.values():
        for value in facts.program.reads[step.name]:
            if (
                isinstance(value, Get)
                and value.root == "Execution"
                and step.type not in HOMES.get(value.name, (step.type,))
            ):
                word = "training" if value.name == "TrainingJobName" else "processing"
                message = f"`{step.name}` launches no {word} job to be named"
                yield Diagnostic.of("job-variable", message, value.span, hint=_other_job(value.name, step, facts))


def _other_job(name: str, step: BuiltStep, facts: Facts) -> str:
    """The job that was probably meant: the step's own, or that of the one step that launches such a job."""
    if any(step.type in types for types in HOMES.values()):
        return f"did you mean `execution.{'processing' if name == 'TrainingJobName' else 'training'}_job_name`?"
    launching = [other.name for other in facts.steps.values() if other.type in HOMES[name]]
    launcher = launching[0] if len(launching) == 1 else "…"
    return f"read the name from the step that launches it: `${{{{ steps.{launcher}.properties.{name} }}}}`"


def job_prefixes(facts: Facts) -> Iterator[Diagnostic]:
    """DG build-and-manage-access: a job name in a definition is a prefix: literal, of at most 38 (or 6) characters."""
    for step in facts.steps.values():
        step_type = step_type_of(step.type)
        if step_type is None or not isinstance(step.arguments, MapValue):
            continue
        most = 6 if step.type in ("Tuning", "AutoML") else 38
        for name in step_type.unnamed:
            value = step.arguments.get(name) if "." not in name else None
            if isinstance(value, (Get, Join, JsonGet)):
                yield Diagnostic.of(
                    "job-prefix",
                    f"`{name}` is a prefix of the names the service makes, and must be literal",
                    value.span,
                    hint="write literal text, or leave it out",
                )
            elif isinstance(value, Literal) and not 1 <= len(value.as_text) <= most:
                message = f"`{name}` is a prefix of 1 to {most} characters, found {len(value.as_text)}"
                yield Diagnostic.of("job-prefix", message, value.span)
