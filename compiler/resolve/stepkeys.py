"""The step-level keys that every type may have: names for people, cache, retry."""

from __future__ import annotations

from compiler.diagnostics import Diagnostic, Place, Report
from compiler.model.durations import Duration, DurationFault, read_duration, seconds_of
from compiler.model.pipeline import Step
from compiler.model.values import Hole, ListValue, Literal, MapValue, Value, struct, text
from compiler.text import Span

EXCEPTIONS = {
    "throttling": "Step.THROTTLING",
    "service-fault": "Step.SERVICE_FAULT",
    "job-internal-error": "SageMaker.JOB_INTERNAL_ERROR",
    "capacity": "SageMaker.CAPACITY_ERROR",
    "resource-limit": "SageMaker.RESOURCE_LIMIT",
}


def step_keys(step: Step, fields: MapValue, report: Report) -> dict[str, Value | None]:
    """DisplayName, Description, CacheConfig and RetryPolicies, where the step has them."""
    described = None if step.type.name == "register-model" else fields.get("description")
    return {
        "DisplayName": fields.get("display_name"),
        "Description": described,
        "CacheConfig": cache(fields.get("cache"), report),
        "RetryPolicies": _retry(fields.get("retry"), step, report),
    }


def cache(value: Value | None, report: Report) -> Value | None:
    """`cache` as CacheConfig; None where it is off."""
    if value is None or isinstance(value, Hole) or not isinstance(value, Literal):
        return value
    if value.value is False:
        return None
    if value.value is True:
        report.add(
            "cache-expiry",
            "the cache is on without an expiry",
            value.span,
            hint="write how long a result may be reused, such as `cache: 7d`",
        )
        return Hole(value.span)
    duration = read_duration(value.as_text)
    if isinstance(duration, DurationFault):
        report.add("duration", duration.message, value.span, hint=duration.hint)
        return Hole(value.span)
    if duration.months_alone:
        report.add(
            "months",
            f"`{value.as_text}` is {duration.M} month{'s' if duration.M > 1 else ''}",
            value.span,
            hint=f"minutes are `PT{duration.M}M` or `{duration.M}m`",
        )
    enabled = Literal(True, value.span)
    return struct(value.span, {"Enabled": enabled, "ExpireAfter": text(duration.iso, value.span)})


def _retry(value: Value | None, step: Step, report: Report) -> Value | None:
    if not isinstance(value, ListValue):
        return value
    items = [_policy(item, step, report) for item in value.items if isinstance(item, MapValue)]
    return ListValue(tuple(items), value.span) if items else None


def _policy(policy: MapValue, step: Step, report: Report) -> MapValue:
    names = [v for v in policy.list("exceptions") if isinstance(v, Literal)]
    for name in names:
        if name.as_text not in step.type.retry:
            report.add(
                "retry-exception",
                f"a {step.type.name} step is not retried on `{name.as_text}`",
                name.span,
                hint=f"it takes {', '.join(f'`{e}`' for e in step.type.retry)}" if step.type.retry else "",
            )
    exceptions = tuple(text(EXCEPTIONS.get(n.as_text, n.as_text), n.span) for n in names)
    attempts = policy.get("max_attempts")
    interval, expire = policy_times(policy, report)
    if attempts is not None and expire is not None:
        report.extend([two_limits(policy, "max_attempts", "expire_after")])
    if attempts is None and expire is None:
        attempts = Literal(5, policy.span, "5")
    return struct(policy.span, {
        "ExceptionType": ListValue(exceptions, policy.span_of("exceptions")),
        "IntervalSeconds": interval,
        "BackoffRate": policy.get("backoff"),
        "MaxAttempts": attempts,
        "ExpireAfterMin": expire,
    })  # fmt: skip


def policy_times(policy: MapValue, report: Report) -> tuple[Value | None, Value | None]:
    """The interval of a retry policy in seconds, and its expiry in minutes."""
    return _seconds(policy.get("interval"), report), _minutes(policy.get("expire_after"), report)


def two_limits(policy: MapValue, attempts: str, expiry: str) -> Diagnostic:
    """A policy that ends in two ways, as the members that say so are spelled in it."""
    first, second = (policy.members[name].key_span for name in (attempts, expiry))
    return Diagnostic.of(
        "retry-limit",
        f"`{attempts}` and `{expiry}` exclude each other",
        second,
        places=(Place(first, "the other limit"),),
        hint="keep one of them",
    )


def _seconds(value: Value | None, report: Report) -> Value | None:
    if not isinstance(value, Literal):
        return value
    found = seconds_of(value.as_text)
    if isinstance(found, DurationFault):
        return _fault(found, value.span, report)
    return Literal(found, value.span, str(found))


def _minutes(value: Value | None, report: Report) -> Value | None:
    if not isinstance(value, Literal):
        return value
    duration = read_duration(value.as_text)
    if not isinstance(duration, Duration):
        return _fault(duration, value.span, report)
    minutes, rest = divmod(duration.seconds, 60)
    if rest:
        report.add(
            "duration",
            f"`{value.as_text}` is not a whole number of minutes",
            value.span,
            hint="retries expire after whole minutes",
        )
    return Literal(minutes, value.span, str(minutes))


def _fault(fault: DurationFault, span: Span, report: Report) -> Hole:
    report.add("duration", fault.message, span, hint=fault.hint)
    return Hole(span)
