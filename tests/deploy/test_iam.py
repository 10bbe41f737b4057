"""The policies of `sagepipe iam`: what the definition needs is in them, and nothing of what it does not need."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, Sagepipe, edited
from loopback import Endpoint

from compiler.deploy.iam import ACTIONS, OTHER, RESOURCES
from compiler.steps import STEP_TYPES

WITHOUT = ("Condition", "Fail", "ForEach", "Lambda", "Callback", "Cleanup")  # need none, or a statement of their own


def statements(policy: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {statement["Sid"]: statement for statement in policy["Statement"]}


def policies(run: Sagepipe, file: Path, *options: str) -> dict[str, Any]:
    given = run("iam", file, *options)
    assert given.exit_code == 0, given.output
    found: dict[str, Any] = json.loads(given.stdout)
    return found


def test_a_small_pipeline(run: Sagepipe, pipeline: Path) -> None:
    found = policies(run, pipeline)
    role = statements(found["execution_role"]["policy"])
    assert sorted(role) == [
        "Buckets",
        "Data",
        "ImageLogin",
        "Images",
        "Logs",
        "Metrics",
        "PassRole",
        "Processing",
        "Training",
    ]
    assert role["Training"]["Resource"] == ["arn:aws:sagemaker:us-east-1:111122223333:training-job/*"]
    assert role["Data"]["Resource"] == ["arn:aws:s3:::ml-dev-111122223333/*"]
    assert role["Images"]["Resource"] == ["arn:aws:ecr:us-east-1:111122223333:repository/claims"]
    assert role["PassRole"]["Condition"] == {"StringEquals": {"iam:PassedToService": ["sagemaker.amazonaws.com"]}}
    caller = statements(found["caller"]["policy"])
    assert sorted(caller) == ["Code", "Executions", "PassRole", "Pipeline", "Pipelines"]
    assert caller["Pipeline"]["Resource"] == ["arn:aws:sagemaker:us-east-1:111122223333:pipeline/small"]
    assert caller["Code"]["Resource"] == ["arn:aws:s3:::ml-dev-111122223333/small/code/*"]
    assert "schedule_role" not in found


def test_every_kind_of_step(run: Sagepipe) -> None:
    found = policies(run, ROOT / "pipelines/every-step.pipeline.yaml")
    role = statements(found["execution_role"]["policy"])
    for sid in (
        "Functions",
        "Queues",
        "EMR",
        "EmrEvents",
        "EMRServerless",
        "RegisterModel",
        "Endpoint",
        "Network",
        "Experiments",
    ):
        assert sid in role
    assert all(resource.startswith("arn:aws:lambda:") for resource in role["Functions"]["Resource"])
    assert "scheduler:CreateSchedule" in statements(found["caller"]["policy"])["Schedule"]["Action"]
    assert found["schedule_role"]["trust_policy"]["Statement"][0]["Principal"] == {"Service": "scheduler.amazonaws.com"}


def test_every_step_type_is_thought_of() -> None:
    kinds = {step_type.json_type for step_type in STEP_TYPES.values() if step_type.json_type}
    assert kinds - {*ACTIONS, *OTHER, *WITHOUT} == set()
    assert ACTIONS.keys() == RESOURCES.keys()


@pytest.mark.parametrize("who", ["role", "caller"])
def test_one_policy_alone(run: Sagepipe, pipeline: Path, who: str) -> None:
    assert policies(run, pipeline, "--for", who)["Version"] == "2012-10-17"


def test_what_the_verbs_call_the_caller_may(aws: Endpoint, run: Sagepipe, pipeline: Path) -> None:
    """Every call that upserting, starting and watching makes is one that the policy allows."""
    edited(pipeline, "  parallelism: 4\n", "  parallelism: 4\n  schedule: {expression: rate(1 day)}\n")
    caller = policies(run, pipeline, "--for", "caller")
    allowed = {action.partition(":")[2] for statement in caller["Statement"] for action in statement["Action"]}
    run("upsert", pipeline, "--yes", "--alias", "prod")
    edited(pipeline, "default: 100", "default: 200")
    edited(pipeline, "stage: dev", "stage: prod")
    edited(pipeline, "rate(1 day)", "rate(2 days)")
    run("upsert", pipeline, "--yes", "--alias", "prod", "--prune-tags")
    for verb in ("start", "watch", "retry", "stop", "describe", "list"):
        run(verb, pipeline)
    run("rollback", pipeline, "--alias", "prod")
    assert set(aws.operations) - {"HeadObject", "GetCallerIdentity"} <= allowed  # the latter needs no permission
