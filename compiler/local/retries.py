"""Retry policies. Source of the rule: Developer Guide, pipelines-retry-policy.

A job's own fault is never retried, here as there. What counts as a fault of the platform on this machine: a job that
the system killed, a machine without memory, disk or processes left, and a job that says in its failure message that
it was one, so that policies can be tried out.
"""

from __future__ import annotations

import errno
from collections.abc import Mapping
from typing import Any

from compiler.local.jobs.job import JobFailed

Json = Any
INTERNAL, CAPACITY, LIMIT = (
    "SageMaker.JOB_INTERNAL_ERROR", "SageMaker.CAPACITY_ERROR", "SageMaker.RESOURCE_LIMIT",
)  # fmt: skip
EXCEPTIONS = (INTERNAL, CAPACITY, LIMIT, "Step.SERVICE_FAULT", "Step.THROTTLING")
DEFAULT_ATTEMPTS, DEFAULT_BACKOFF = 5, 2.0
_SAID: Mapping[str, str] = {
    "InternalServerError": INTERNAL,
    "CapacityError": CAPACITY,
    "ResourceLimitExceeded": LIMIT,
    "ThrottlingException": "Step.THROTTLING",
    "ServiceFault": "Step.SERVICE_FAULT",
}
_SHORT = (errno.ENOMEM, errno.EAGAIN, errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE)


def exception_named(text: str) -> str:
    """The exception by the service's name or by that of a pipeline file, `job-internal-error`; "" where it is none."""
    begin = text.upper().replace("-", "_")
    return next((e for e in EXCEPTIONS if text == e or (text and e.partition(".")[2].startswith(begin))), "")


class Retries:
    """The policies of one step, and how often each of them was used."""

    def __init__(self, policies: list[dict[str, Json]]) -> None:
        self._policies = policies
        self._used: dict[int, int] = {}

    def pause(self, kind: str, elapsed: float) -> float | None:
        """Seconds until the next attempt after an exception `kind`, None where no policy allows one.

        `elapsed`: seconds since the first attempt began.
        """
        for number, policy in enumerate(self._policies):
            kinds = policy.get("ExceptionType") or []
            if kind not in ([kinds] if isinstance(kinds, str) else kinds):
                continue
            used = self._used.get(number, 0)
            wait = float(policy.get("IntervalSeconds", 1)) * float(policy.get("BackoffRate", DEFAULT_BACKOFF)) ** used
            until = policy.get("ExpireAfterMin")
            if until is not None and elapsed + wait > float(until) * 60:
                return None
            if until is None and used >= int(policy.get("MaxAttempts", DEFAULT_ATTEMPTS)):
                return None
            self._used[number] = used + 1
            return wait
        return None


def as_failure(problem: JobFailed | OSError) -> JobFailed:
    """The failure of a job, with the exception of the retry policies that it falls under, "" for none."""
    match problem:
        case JobFailed(kind=""):
            said = problem.said.partition(":")[0].partition(" ")[0]
            return JobFailed(str(problem), _SAID.get(said, ""))
        case JobFailed():
            return problem
        case OSError(errno=number):
            return JobFailed(f"this machine: {problem}", CAPACITY if number in _SHORT else "")
