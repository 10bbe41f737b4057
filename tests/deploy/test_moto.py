"""The verbs on moto, somebody else's reading of AWS: S3, STS, IAM, the calls of pipelines that it has, their tags."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import boto3
import pytest
from small import ROOT, Sagepipe, edited
from test_same_state import script

ROLE = "arn:aws:iam::111122223333:role/sm-pipeline"
ARN = "arn:aws:sagemaker:us-east-1:111122223333:pipeline/small"
PIPELINES = sorted((ROOT / "pipelines").glob("*.pipeline.yaml"))
WRITES = ("Create", "Update", "Delete", "Put", "Add", "Upload", "Complete", "Start")


def client(service: str) -> Any:
    return boto3.client(service, region_name="us-east-1")


def writes(told: str) -> list[str]:
    """The calls that change something, as --verbose tells them: `sagemaker CreatePipeline: 200 …`."""
    words = (line.split() for line in told.splitlines() if ": 200" in line)
    calls = [found[1].rstrip(":") for found in words if found[0] in ("s3", "sagemaker", "scheduler", "sts")]
    return [call for call in calls if call.startswith(WRITES)]


def test_create_change_and_nothing_to_do(moto: str, run: Sagepipe, pipeline: Path) -> None:
    assert run("plan", pipeline).exit_code == 4
    made = run("upsert", pipeline, "--yes", "--verbose")
    assert made.exit_code == 0 and made.stdout == f"{ARN}\n", made.output
    assert writes(made.stderr) == ["PutObject", "CreatePipeline"]
    assert "sts GetCallerIdentity: 200" in made.stderr
    assert run("plan", pipeline).exit_code == 0
    nothing = run("upsert", pipeline, "--yes", "--verbose")
    assert nothing.stdout == f"{ARN}\n" and writes(nothing.stderr) == []
    edited(pipeline, "default: 100", "default: 200")
    assert run("plan", pipeline).exit_code == 4
    assert writes(run("upsert", pipeline, "--yes", "--verbose").stderr) == ["UpdatePipeline"]
    live = client("sagemaker").describe_pipeline(PipelineName="small")
    assert '"DefaultValue":200' in live["PipelineDefinition"] and live["RoleArn"] == ROLE
    assert live["ParallelismConfiguration"] == {"MaxParallelExecutionSteps": 4}
    assert run("plan", pipeline).exit_code == 0


def test_the_code_is_there(moto: str, run: Sagepipe, pipeline: Path) -> None:
    """Put on condition, with its checksum; what is there is not put again."""
    run("upsert", pipeline, "--yes")
    s3 = client("s3")
    (row,) = s3.list_objects_v2(Bucket="ml-dev-111122223333")["Contents"]
    found = s3.get_object(Bucket="ml-dev-111122223333", Key=row["Key"])["Body"].read()
    assert found == (pipeline.parent / "prepare.py").read_bytes()
    s3.delete_object(Bucket="ml-dev-111122223333", Key=row["Key"])
    assert writes(run("upsert", pipeline, "--yes", "--verbose").stderr) == ["PutObject"]


def test_code_in_parts(moto: str, run: Sagepipe, pipeline: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("compiler.deploy.upload.PART", 5 * 1024 * 1024)
    text = "# " + "x" * 11 * 1024 * 1024 + "\n"
    (pipeline.parent / "prepare.py").write_text(text)
    made = run("upsert", pipeline, "--yes", "--verbose")
    assert made.exit_code == 0, made.output
    assert writes(made.stderr)[:5] == ["CreateMultipartUpload", *["UploadPart"] * 3, "CompleteMultipartUpload"]
    (row,) = client("s3").list_objects_v2(Bucket="ml-dev-111122223333")["Contents"]
    assert row["Size"] == len(text)
    assert run("plan", pipeline).exit_code == 0


def test_tags(moto: str, run: Sagepipe, pipeline: Path) -> None:
    run("upsert", pipeline, "--yes")
    client("sagemaker").add_tags(ResourceArn=ARN, Tags=[{"Key": "owner", "Value": "someone"}])
    edited(pipeline, "stage: dev", "stage: prod")
    assert writes(run("upsert", pipeline, "--yes", "--prune-tags", "--verbose").stderr) == ["AddTags", "DeleteTags"]
    rows = client("sagemaker").list_tags(ResourceArn=ARN)["Tags"]
    assert {row["Key"]: row["Value"] for row in rows} == {"project": "fraud", "stage": "prod"}
    assert run("plan", pipeline, "--prune-tags").exit_code == 0


def test_start_list_describe_delete(moto: str, run: Sagepipe, pipeline: Path) -> None:
    run("upsert", pipeline, "--yes")
    started = run("start", pipeline, "-p", "Rounds=7")
    assert started.exit_code == 0 and started.stdout.startswith(f"{ARN}/execution/"), started.output
    given = client("sagemaker").list_pipeline_parameters_for_execution(PipelineExecutionArn=started.stdout.strip())
    assert given["PipelineParameters"] == [{"Name": "Rounds", "Value": "7"}]
    assert "small" in run("list", "--region", "us-east-1").stdout
    assert started.stdout.strip().rpartition("/")[2] in run("list", pipeline).stdout
    gone = run("delete", pipeline, "--yes")
    assert gone.exit_code == 0, gone.output
    assert client("sagemaker").list_pipelines()["PipelineSummaries"] == []
    assert run("plan", pipeline).exit_code == 4


def test_another_account_is_refused(moto: str, run: Sagepipe, pipeline: Path) -> None:
    edited(pipeline, "role: arn:aws:iam::111122223333", "role: arn:aws:iam::444455556666")
    refused = run("upsert", pipeline, "--yes")
    assert refused.exit_code == 3 and "error[aws-account]: " in refused.stderr
    assert "Contents" not in client("s3").list_objects_v2(Bucket="ml-dev-111122223333")


@pytest.mark.parametrize("file", PIPELINES, ids=[file.name.partition(".")[0] for file in PIPELINES])
def test_iam_takes_the_policies(moto: str, run: Sagepipe, file: Path) -> None:
    """Well-formed documents, says moto's IAM, which reads every statement; and roles that may be assumed."""
    iam, printed = client("iam"), json.loads(run("iam", file).stdout)
    assert {"execution_role", "caller"} <= printed.keys()
    for name, part in printed.items():
        arn = iam.create_policy(PolicyName=name, PolicyDocument=json.dumps(part["policy"]))["Policy"]["Arn"]
        kept = iam.get_policy_version(PolicyArn=arn, VersionId="v1")["PolicyVersion"]["Document"]
        assert kept == part["policy"]
        if "trust_policy" in part:
            iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(part["trust_policy"]))
            iam.attach_role_policy(RoleName=name, PolicyArn=arn)


def test_iam_refuses_what_is_no_policy(moto: str, run: Sagepipe, pipeline: Path) -> None:
    """So that being taken means something."""
    policy = json.loads(run("iam", pipeline, "--for", "caller").stdout)
    policy["Statement"][0]["Action"] = "sagemaker"
    with pytest.raises(client("iam").exceptions.MalformedPolicyDocumentException):
        client("iam").create_policy(PolicyName="wrong", PolicyDocument=json.dumps(policy))


def test_the_script(moto: str, run: Sagepipe, pipeline: Path, tmp_path: Path) -> None:
    run("upsert", pipeline, "--yes")
    run("compile", pipeline, "-o", tmp_path / "out")
    assert script(tmp_path / "out", tmp_path / "copy").count("present") == 2
    edited(pipeline, "name: small", "name: other")
    run("compile", pipeline, "-o", tmp_path / "out")
    assert "created" in script(tmp_path / "out", tmp_path / "copy")
    assert run("plan", pipeline).exit_code == 0
