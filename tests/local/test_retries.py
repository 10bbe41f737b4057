"""Jobs that are tried again."""

from __future__ import annotations

import errno
import os

import pytest
from tiny import Project, processing

from compiler.local.retries import DEFAULT_ATTEMPTS, Retries, as_failure

KILLED_ONCE = """
import os, pathlib, signal
mark = pathlib.Path(os.environ['MARK'])
if not mark.exists():
    mark.write_text('')
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize(
    ("kind", "status"), [("SageMaker.JOB_INTERNAL_ERROR", "Succeeded"), ("Step.THROTTLING", "Failed")]
)
def test_a_killed_job_is_tried_again_where_a_policy_says_so(project: Project, kind: str, status: str) -> None:
    policy = [{"ExceptionType": [kind], "IntervalSeconds": 0, "MaxAttempts": 2}]
    mark = {"Environment": {"MARK": str(project.folder / "mark")}}
    project.steps = [processing("p", project.file("p.py", KILLED_ONCE), arguments=mark, RetryPolicies=policy)]
    ran = project.run()
    assert ran.status == status
    assert ran.outcomes["p"].details["attempts"] == (2 if status == "Succeeded" else 1)


SAID = """
import os, pathlib, sys
mark = pathlib.Path(os.environ['MARK'])
mark.write_text((mark.read_text() if mark.exists() else '') + '.')
if len(mark.read_text()) < 3:
    pathlib.Path('/opt/ml/output/message').write_text(os.environ['SAYS'] + ': try again')
    sys.exit(1)
"""


@pytest.mark.parametrize(
    ("said", "kind", "attempts"),
    [
        ("InternalServerError", "SageMaker.JOB_INTERNAL_ERROR", 3),
        ("CapacityError", "SageMaker.CAPACITY_ERROR", 3),
        ("ResourceLimitExceeded", "SageMaker.RESOURCE_LIMIT", 3),
        ("ThrottlingException", "Step.THROTTLING", 3),
        ("ServiceFault", "Step.SERVICE_FAULT", 3),
        ("ValueError", "SageMaker.JOB_INTERNAL_ERROR", 1),
        ("CapacityError", "Step.THROTTLING", 1),
    ],
)
def test_a_job_may_say_that_the_platform_was_at_fault(project: Project, said: str, kind: str, attempts: int) -> None:
    own = {"Environment": {"MARK": str(project.folder / "mark"), "SAYS": said}}
    policy = [{"ExceptionType": [kind], "IntervalSeconds": 0, "MaxAttempts": 5}]
    project.steps = [processing("p", project.file("p.py", SAID), arguments=own, RetryPolicies=policy)]
    ran = project.run()
    assert ran.outcomes["p"].details["attempts"] == attempts
    assert (ran.status == "Succeeded") == (attempts == 3)
    assert len(ran.outcomes["p"].notes) == attempts - 1


def test_a_machine_without_room_is_a_lack_of_capacity() -> None:
    full = as_failure(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))
    assert (full.kind, str(full)) == ("SageMaker.CAPACITY_ERROR", "this machine: [Errno 28] No space left on device")
    assert as_failure(OSError(errno.EACCES, "no")).kind == ""


def test_policies_wait_longer_each_time_and_give_up() -> None:
    retries = Retries([
        {"ExceptionType": ["A"], "IntervalSeconds": 10, "BackoffRate": 3, "MaxAttempts": 2},
        {"ExceptionType": ["B"], "IntervalSeconds": 60, "BackoffRate": 1, "ExpireAfterMin": 3},
    ])  # fmt: skip
    assert [retries.pause("A", 0) for _ in range(3)] == [10, 30, None]
    assert [retries.pause("B", elapsed) for elapsed in (0, 119, 121)] == [60, 60, None]
    assert retries.pause("C", 0) is None
    assert [Retries([{"ExceptionType": "A"}]).pause("A", 0), DEFAULT_ATTEMPTS] == [1, 5]
