"""Jobs that are tried again."""

from __future__ import annotations

import pytest
from tiny import Project, processing

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
