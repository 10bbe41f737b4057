"""The policies of `sagepipe iam`: what the definition needs is in them, and nothing of what it does not need."""

from __future__ import annotations

import json
import re
import sys
from functools import cache
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from loopback import Endpoint
from small import ROOT, Sagepipe, edited

from compiler.deploy.faults import S3_ACTIONS
from compiler.deploy.iam_caller import VERBS
from compiler.deploy.iam_role import ACTIONS, RESOURCES
from compiler.deploy.iam_services import BEDROCK
from compiler.steps import STEP_TYPES

WITHOUT = ("Condition", "Fail", "ForEach", "Lambda", "Callback", "Cleanup", "EMR", "EMRServerless")  # need none, or own
PIPELINES = sorted((ROOT / "pipelines").glob("*.pipeline.yaml"))
ROLE = "arn:aws:iam::111122223333:role"
SERVICES = {"elasticmapreduce": "emr", "ecr": "ecr", "events": "events"}  # botocore's names, where they are others
NOT_OPERATIONS = {
    "iam:PassRole", "lambda:InvokeFunction", "s3:ListBucket", "kms:GenerateDataKey*", "sagemaker-mlflow:*",
}  # fmt: skip
ARN = re.compile(r"arn:aws(-[a-z-]+)?:[a-z0-9-]+:([a-z0-9-]+|\*)?:([0-9]{12}|\*)?:[A-Za-z0-9/:*_.-]+")


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
    assert sorted(caller) == ["Code", "Executions", "PassRole", "Pipeline", "Pipelines", "Schedule"]
    assert caller["Schedule"]["Action"] == ["scheduler:DeleteSchedule", "scheduler:GetSchedule"]
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
    assert kinds - {*ACTIONS, *BEDROCK, *WITHOUT} == set()
    assert ACTIONS.keys() == RESOURCES.keys()


@pytest.mark.parametrize("who", ["role", "caller"])
def test_one_policy_alone(run: Sagepipe, pipeline: Path, who: str) -> None:
    assert policies(run, pipeline, "--for", who)["Version"] == "2012-10-17"


SCHEDULED = "  parallelism: 4\n  schedule: {expression: rate(1 day)}\n"
FREE = {"GetCallerIdentity"}  # needs no permission


def deployed(aws: Endpoint, run: Sagepipe, file: Path) -> None:
    run("upsert", file, "--yes", "--alias", "prod")
    run("upsert", edited(file, "default: 100", "default: 200"), "--yes")
    run("start", file)
    aws.calls.clear()


def upserts(run: Sagepipe, file: Path) -> None:
    """Changes of all sorts: code, the definition, tags, an alias, the schedule, and its end."""
    (file.parent / "prepare.py").write_text("print('better')\n")
    edited(file, "default: 200", "default: 300")
    edited(file, "stage: dev", "step: dev")
    edited(file, "rate(1 day)", "rate(2 days)")
    run("upsert", file, "--yes", "--alias", "prod", "--prune-tags")
    edited(file, "name: small", "name: other")
    run("upsert", file, "--yes")
    run("upsert", edited(file, "  schedule: {expression: rate(2 days)}\n", ""), "--yes")


CALLS: dict[str, list[tuple[str, ...]]] = {
    "plan": [("plan",)],
    "start": [("start",), ("start", "--only", "train", "--watch", "--interval", "0"), ("start", "--alias", "prod")],
    "watch": [("watch", "--interval", "0")],
    "stop": [("stop",)],
    "retry": [("retry", "--watch", "--interval", "0")],
    "list": [("list",)],
    "describe": [("describe",), ("describe", "latest")],
    "delete": [("delete", "--yes", "--schedule")],
    "promote": [("promote", "--alias", "prod"), ("promote", "--alias", "next", "--like", "prod")],
    "rollback": [("rollback", "--alias", "prod", "--to", "2")],
}


@pytest.mark.parametrize("verb", VERBS)
def test_what_a_verb_calls_its_policy_allows(aws: Endpoint, run: Sagepipe, pipeline: Path, verb: str) -> None:
    """Each call of the verb, in whichever way it is used, stands in the policy of that verb alone."""
    edited(pipeline, "  parallelism: 4\n", SCHEDULED)
    deployed(aws, run, pipeline)
    policy = policies(run, pipeline, "--for", verb)
    allowed = {action for statement in policy["Statement"] for action in statement["Action"]}
    assert json.loads(run("iam", pipeline, "--for", f"{verb},{verb}").stdout) == policy
    if verb == "upsert":
        upserts(run, pipeline)
    for name, *options in CALLS.get(verb, []):
        run(name, pipeline, *options)
    if verb == "list":
        run("list", "--region", "us-east-1")
    called = {permission(operation) for operation in aws.operations if operation not in FREE}
    assert called and called <= allowed
    reads = ("Describe", "List", "Get")  # may be asked for in a case that is not met here
    assert {a for a in allowed - called if not a.partition(":")[2].startswith(reads)} <= {"iam:PassRole", ABORT}


ABORT = "s3:AbortMultipartUpload"


def permission(operation: str) -> str:
    """The action that a call needs."""
    service = "scheduler" if operation.endswith("Schedule") else "sagemaker"
    return S3_ACTIONS.get(operation, f"{service}:{operation}")


def test_the_usual_caller_may_do_all_but_delete(run: Sagepipe, pipeline: Path) -> None:
    usual = policies(run, pipeline, "--for", "caller")
    assert usual == policies(run, pipeline, "--for", ",".join(verb for verb in VERBS if verb != "delete"))
    assert "sagemaker:DeletePipeline" not in json.dumps(usual)
    wrong = run("iam", pipeline, "--for", "upsrt")
    assert wrong.exit_code == 2 and "did you mean `upsert`?" in wrong.stderr


def test_a_large_upload_and_a_definition_in_s3_are_covered(
    run: Sagepipe, pipeline: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["compiler.emit.outputs"], "INLINE_LIMIT", 100)
    code = statements(policies(run, pipeline, "--for", "upsert"))["Code"]
    assert code["Action"] == [ABORT, "s3:GetObject", "s3:PutObject"]
    places = [f"arn:aws:s3:::ml-dev-111122223333/small/{folder}/*" for folder in ("code", "definitions")]
    assert code["Resource"] == places


@pytest.mark.parametrize("file", PIPELINES, ids=[file.name.partition(".")[0] for file in PIPELINES])
def test_policies_are_what_iam_takes(run: Sagepipe, file: Path) -> None:
    """The grammar of policies, actions that exist, ARNs that are formed as such."""
    documents = [found["policy"] for found in policies(run, file).values()]
    documents += [policies(run, file, "--for", verb) for verb in VERBS]
    for document in documents:
        assert document.keys() == {"Version", "Statement"} and document["Version"] == "2012-10-17"
        sids = [statement["Sid"] for statement in document["Statement"]]
        assert len(set(sids)) == len(sids) and all(re.fullmatch("[A-Za-z0-9]+", sid) for sid in sids)
        for statement in document["Statement"]:
            assert statement["Effect"] == "Allow" and statement["Action"] and statement["Resource"]
            assert statement.keys() <= {"Sid", "Effect", "Action", "Resource", "Condition"}
            assert all(resource == "*" or ARN.fullmatch(resource) for resource in statement["Resource"]), statement
            assert [action for action in statement["Action"] if not exists(action)] == []


@cache
def operations(service: str) -> frozenset[str]:
    return frozenset(botocore.session.get_session().get_service_model(SERVICES.get(service, service)).operation_names)


def exists(action: str) -> bool:
    service, _, operation = action.partition(":")
    return action in NOT_OPERATIONS or operation in operations(service)


MORE = """
  by-name:
    type: emr
    cluster:
      ReleaseLabel: emr-7.1.0
      Instances: {InstanceGroups: [{InstanceRole: MASTER, InstanceType: m5.xlarge, InstanceCount: 1}]}
      ServiceRole: emr-service
      JobFlowRole: emr-ec2
      AutoScalingRole: scaler
    jar: s3://ml-jars-111122223333/a.jar
  by-id: {type: emr, cluster: j-1ABC, jar: command-runner.jar}
  serverless:
    type: emr-serverless
    application: 00f1
    role: arn:aws:iam::111122223333:role/emr-job
    job: {jobDriver: {sparkSubmit: {entryPoint: s3://ml-jars-111122223333/b.py}}}
"""


def test_emr(run: Sagepipe, pipeline: Path) -> None:
    pipeline.write_text(pipeline.read_text() + MORE)
    role = statements(policies(run, pipeline, "--for", "role"))
    assert role["EMR"]["Resource"] == ["arn:aws:elasticmapreduce:us-east-1:111122223333:cluster/*"]
    passed = {sid: (s["Resource"], s["Condition"]) for sid, s in role.items() if s["Action"] == ["iam:PassRole"]}
    assert passed["PassServiceRole"] == ([f"{ROLE}/emr-service"], to("elasticmapreduce"))
    assert passed["PassJobFlowRole"] == ([f"{ROLE}/emr-ec2"], to("ec2"))
    assert passed["PassAutoScalingRole"] == ([f"{ROLE}/scaler"], to("application-autoscaling"))
    assert passed["PassJobRole"] == ([f"{ROLE}/emr-job"], to("emr-serverless"))
    assert passed["PassRole"] == ([f"{ROLE}/sm-pipeline"], to("sagemaker"))
    assert role["EMRServerless"]["Resource"][0].endswith(":/applications/00f1")
    assert "emr-serverless:CreateApplication" not in role["EMRServerless"]["Action"]
    assert "arn:aws:s3:::ml-jars-111122223333/*" in role["Data"]["Resource"]
    edited(pipeline, MORE.partition("  by-id")[0], "\n")
    role = statements(policies(run, pipeline, "--for", "role"))
    assert role["EMR"]["Resource"] == ["arn:aws:elasticmapreduce:us-east-1:111122223333:cluster/j-1ABC"]
    assert "elasticmapreduce:RunJobFlow" not in role["EMR"]["Action"]


def to(service: str) -> dict[str, Any]:
    return {"StringEquals": {"iam:PassedToService": [f"{service}.amazonaws.com"]}}


def test_defaults_of_parameters_count(run: Sagepipe, pipeline: Path) -> None:
    parameters = (
        "parameters:\n  Bucket: {type: string, default: ml-other-111122223333}\n"
        "  Image: {type: string, default: '111122223333.dkr.ecr.us-east-1.amazonaws.com/other:2'}\n"
        "  Function: {type: string, default: 'arn:aws:lambda:us-east-1:111122223333:function:ask'}\n"
        "  Key: {type: string, default: 1234abcd-12ab-34cd-56ef-1234567890ab}\n"
    )
    edited(pipeline, "parameters:\n", parameters)
    edited(pipeline, 'claims: "${{ parameters.Data }}"', 'claims: "s3://${{ parameters.Bucket }}/claims"')
    edited(
        pipeline,
        "  train:\n    type: training\n    image: 111122223333.dkr.ecr.us-east-1.amazonaws.com/claims:1",
        "  train:\n    type: training\n    kms_key: ${{ parameters.Key }}\n    image: ${{ parameters.Image }}",
    )
    pipeline.write_text(pipeline.read_text() + "  ask: {type: lambda, function: '${{ parameters.Function }}'}\n")
    role = statements(policies(run, pipeline, "--for", "role"))
    assert "arn:aws:s3:::ml-other-111122223333/*" in role["Data"]["Resource"]
    assert "arn:aws:ecr:us-east-1:111122223333:repository/other" in role["Images"]["Resource"]
    assert role["Functions"]["Resource"] == ["arn:aws:lambda:us-east-1:111122223333:function:ask"]
    assert role["Keys"]["Resource"] == ["arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"]


def test_names_in_capitals_are_spelt_both_ways(run: Sagepipe, pipeline: Path) -> None:
    caller = statements(policies(run, edited(pipeline, "name: small", "name: Small"), "--for", "caller"))
    ends = [arn.rpartition("/")[2] for arn in caller["Pipeline"]["Resource"]]
    assert ends == ["Small", "small"]
