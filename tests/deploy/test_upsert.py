"""Plan and upsert against the suite's endpoint: create, change, nothing to do, tags, aliases, schedules, races."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from loopback import Endpoint
from objects import digest
from small import Sagepipe, edited

SCHEDULE = "  schedule: {expression: rate(1 day), timezone: Asia/Seoul, parameters: {Data: s3://other/claims/}}\n"


def test_create_then_nothing_to_do(aws: Endpoint, run: Sagepipe, pipeline: Path) -> None:
    planned = run("plan", pipeline)
    assert planned.exit_code == 4 and aws.writes == []
    assert "+ step train (Training)" in planned.stdout and "+ tag stage: dev" in planned.stdout
    made = run("upsert", pipeline, "--yes")
    assert made.exit_code == 0, made.output
    assert made.stdout == "arn:aws:sagemaker:us-east-1:111122223333:pipeline/small\n"
    assert aws.writes == ["PutObject", "CreatePipeline"]
    live = aws.account.pipelines["small"]
    assert live.tags == {"project": "fraud", "stage": "dev"}
    assert live.members["ParallelismConfiguration"] == {"MaxParallelExecutionSteps": 4}
    again = run("plan", pipeline)
    assert again.exit_code == 0 and "No change" in again.stdout
    assert "  train    would hit: nothing in its key changed" in again.stdout
    assert "| `train` | would hit |" in run("plan", pipeline, "--format", "markdown").stdout
    aws.calls.clear()
    assert run("upsert", pipeline, "--yes").exit_code == 0
    assert aws.writes == []


def test_change(aws: Endpoint, run: Sagepipe, pipeline: Path) -> None:
    run("upsert", pipeline, "--yes")
    edited(pipeline, "default: 100", "default: 200")
    edited(pipeline, "A small pipeline.", "Still small.")
    (pipeline.parent / "prepare.py").write_text("print('better')\n")
    aws.calls.clear()
    planned = run("plan", pipeline)
    assert planned.exit_code == 4
    assert "~ parameter Rounds: DefaultValue: 100 -> 200" in planned.stdout
    assert '~ pipeline small: description: "A small pipeline." -> "Still small."' in planned.stdout
    assert "prepare  will re-run: `ProcessingInputs` changed" in planned.stdout
    assert "train    will re-run: the default of parameter `Rounds` changed" in planned.stdout
    assert run("upsert", pipeline, "--yes").exit_code == 0
    assert aws.writes == ["PutObject", "UpdatePipeline"]
    assert len(aws.account.pipelines["small"].versions) == 2
    assert run("plan", pipeline).exit_code == 0


def test_asks(aws: Endpoint, run: Sagepipe, pipeline: Path) -> None:
    declined = run("upsert", pipeline, answer="n\n")
    assert declined.exit_code == 130 and declined.stderr.endswith("nothing was changed\n")
    unattended = run("upsert", pipeline, answer="")
    assert unattended.exit_code == 2 and "--yes goes on without asking" in unattended.stderr
    assert aws.writes == []
    assert run("upsert", pipeline, answer="y\n").exit_code == 0
    assert "small" in aws.account.pipelines


def test_tags_are_added_and_pruned_when_asked(aws: Endpoint, run: Sagepipe, pipeline: Path) -> None:
    run("upsert", pipeline, "--yes")
    aws.account.pipelines["small"].tags |= {"owner": "someone", "aws:cloudformation:stack": "x"}
    edited(pipeline, "stage: dev", "stage: prod")
    kept = run("plan", pipeline)
    assert "tags that the file does not have stay: owner" in kept.stdout
    pruned = run("plan", pipeline, "--prune-tags")
    assert "- tag owner" in pruned.stdout and "+ tag stage: prod" in pruned.stdout
    aws.calls.clear()
    assert run("upsert", pipeline, "--yes", "--prune-tags").exit_code == 0
    assert aws.writes == ["AddTags", "DeleteTags"]
    tags = aws.account.pipelines["small"].tags
    assert tags == {"project": "fraud", "stage": "prod", "aws:cloudformation:stack": "x"}


def test_alias_moves_to_the_newest_version(aws: Endpoint, run: Sagepipe, pipeline: Path) -> None:
    run("upsert", pipeline, "--yes", "--alias", "prod")
    live = aws.account.pipelines["small"]
    assert [v.aliases for v in live.versions] == [["prod"]]
    edited(pipeline, "default: 100", "default: 200")
    run("upsert", pipeline, "--yes", "--alias", "prod")
    assert [v.aliases for v in live.versions] == [[], ["prod"]]
    aws.calls.clear()
    assert run("upsert", pipeline, "--yes", "--alias", "prod").exit_code == 0
    assert aws.writes == []


def test_schedule(aws: Endpoint, run: Sagepipe, pipeline: Path) -> None:
    edited(pipeline, "  parallelism: 4\n", f"  parallelism: 4\n{SCHEDULE}")
    assert run("upsert", pipeline, "--yes").exit_code == 0
    live = aws.account.schedules["small"]
    assert live["ScheduleExpression"] == "rate(1 day)" and live["ScheduleExpressionTimezone"] == "Asia/Seoul"
    assert live["Target"]["Arn"].endswith(":pipeline/small")
    assert run("plan", pipeline).exit_code == 0
    live["State"] = "DISABLED"
    edited(pipeline, "rate(1 day)", "rate(2 days)")
    planned = run("plan", pipeline)
    assert (
        planned.exit_code == 4
        and '~ schedule small: ScheduleExpression: "rate(1 day)" -> "rate(2 days)"' in planned.stdout
    )
    aws.calls.clear()
    assert run("upsert", pipeline, "--yes").exit_code == 0
    assert aws.writes == ["UpdateSchedule"]
    assert aws.account.schedules["small"]["State"] == "DISABLED"
    assert run("plan", pipeline).exit_code == 0


def test_large_definition_goes_by_s3(
    aws: Endpoint, run: Sagepipe, pipeline: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["compiler.emit.outputs"], "INLINE_LIMIT", 100)
    assert run("upsert", pipeline, "--yes").exit_code == 0
    created = next(request for operation, request in aws.calls if operation == "CreatePipeline")
    assert (
        "PipelineDefinition" not in created and "/definitions/" in created["PipelineDefinitionS3Location"]["ObjectKey"]
    )
    assert run("plan", pipeline).exit_code == 0
    edited(pipeline, "default: 100", "default: 200")
    assert run("upsert", pipeline, "--yes").exit_code == 0
    assert '"DefaultValue":200' in aws.account.pipelines["small"].versions[-1].definition


def test_code_that_was_deleted_is_uploaded_again(aws: Endpoint, run: Sagepipe, pipeline: Path) -> None:
    run("upsert", pipeline, "--yes")
    aws.account.objects.clear()
    assert run("plan", pipeline).exit_code == 4
    aws.calls.clear()
    assert run("upsert", pipeline, "--yes").exit_code == 0
    assert aws.writes == ["PutObject"]


def test_code_with_wrong_bytes_is_replaced(aws: Endpoint, run: Sagepipe, pipeline: Path) -> None:
    run("upsert", pipeline, "--yes")
    ((place, content),) = aws.account.objects.items()
    aws.account.objects[place], aws.account.checksums[place] = content[::-1], digest(content[::-1])
    made = run("upsert", pipeline, "--yes")
    assert made.exit_code == 0 and "replaced s3://" in made.stderr
    assert aws.account.objects[place] == content


def test_code_in_parts(aws: Endpoint, run: Sagepipe, pipeline: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("compiler.deploy.upload.PART", 1000)
    script = "# " + "x" * 2500 + "\n"
    (pipeline.parent / "prepare.py").write_text(script)
    made = run("upsert", pipeline, "--yes")
    assert made.exit_code == 0, made.output
    assert aws.writes[:5] == ["CreateMultipartUpload", *["UploadPart"] * 3, "CompleteMultipartUpload"]
    assert list(aws.account.objects.values()) == [script.encode()]
    assert "100 % of" in made.stderr


def test_saved_plan_is_applied(aws: Endpoint, run: Sagepipe, pipeline: Path, tmp_path: Path) -> None:
    saved = tmp_path / "plan.json"
    assert run("plan", pipeline, "-o", saved).exit_code == 4
    assert run("upsert", pipeline, "--plan", saved).exit_code == 0
    assert "small" in aws.account.pipelines


def test_stale_plan_is_refused(aws: Endpoint, run: Sagepipe, pipeline: Path, tmp_path: Path) -> None:
    saved = tmp_path / "plan.json"
    run("plan", pipeline, "-o", saved)
    run("upsert", pipeline, "--yes")
    aws.calls.clear()
    late = run("upsert", pipeline, "--plan", saved)
    assert late.exit_code == 3 and "error[stale-plan]: the live pipeline has changed" in late.stderr
    run("plan", pipeline, "-o", saved)
    edited(pipeline, "default: 100", "default: 7")
    other = run("upsert", pipeline, "--plan", saved)
    assert other.exit_code == 3 and "error[stale-plan]: the file no longer compiles" in other.stderr
    assert aws.writes == []


@pytest.mark.parametrize("member", ["tags", "role", "description", "parallelism"])
def test_a_plan_is_stale_whatever_of_the_pipeline_changed(
    aws: Endpoint, run: Sagepipe, pipeline: Path, tmp_path: Path, member: str
) -> None:
    saved = tmp_path / "plan.json"
    run("upsert", pipeline, "--yes")
    run("plan", edited(pipeline, "default: 100", "default: 7"), "-o", saved)
    live = aws.account.pipelines["small"]
    match member:
        case "tags":
            live.tags["owner"] = "someone"
        case "role":
            live.members["RoleArn"] += "-other"
        case "description":
            live.members["PipelineDescription"] = "By hand."
        case "parallelism":
            live.members["ParallelismConfiguration"] = {"MaxParallelExecutionSteps": 9}
    assert "error[stale-plan]: the live pipeline has changed" in run("upsert", pipeline, "--plan", saved).stderr
    assert len(live.versions) == 1


def test_what_is_no_plan_is_refused(aws: Endpoint, run: Sagepipe, pipeline: Path, tmp_path: Path) -> None:
    saved = tmp_path / "plan.json"
    for text in ("", "[]", "{}", '{"version": 2, "bundle": "", "live": "", "tags": {}}'):
        saved.write_text(text)
        assert run("upsert", pipeline, "--plan", saved).exit_code == 2
    assert aws.calls == []


def test_plan_as_json_and_markdown(aws: Endpoint, run: Sagepipe, pipeline: Path) -> None:
    told = json.loads(run("plan", pipeline, "--format", "json").stdout)
    assert told["action"] == "create" and told["tags"]["added"] == {"project": "fraud", "stage": "dev"}
    run("upsert", pipeline, "--yes")
    edited(pipeline, "default: 100", "default: 200")
    shown = run("plan", pipeline, "--format", "markdown").stdout
    assert shown.startswith("### Pipeline `small`\n")
    assert "```diff\n~ parameter Rounds: DefaultValue: 100 -> 200\n```" in shown
    assert "| `prepare` | would hit |" in shown


@pytest.mark.parametrize("code", ["AccessDeniedException", "AccessDenied"])
def test_where_describing_is_denied(aws: Endpoint, run: Sagepipe, pipeline: Path, code: str) -> None:
    aws.fail("DescribePipeline", (code, "not authorized", 400), times=-1)
    planned = run("plan", pipeline)
    assert planned.exit_code == 4 and "may not be read" in planned.stdout
    first = run("upsert", pipeline, "--yes")
    assert first.exit_code == 0 and "created arn" in first.stderr, first.output
    edited(pipeline, "default: 100", "default: 200")
    second = run("upsert", pipeline, "--yes")
    assert second.exit_code == 0 and "updated arn" in second.stderr, second.output
    assert '"DefaultValue":200' in aws.account.pipelines["small"].versions[-1].definition


def test_absent_by_another_error_that_a_listing_confirms(aws: Endpoint, run: Sagepipe, pipeline: Path) -> None:
    aws.account.missing_is = "ValidationException"
    assert run("upsert", pipeline, "--yes").exit_code == 0
    assert "ListPipelines" in aws.operations and "small" in aws.account.pipelines


def test_an_error_that_a_listing_does_not_confirm(aws: Endpoint, run: Sagepipe, pipeline: Path) -> None:
    run("upsert", pipeline, "--yes")
    aws.account.page = 1
    for other in ("small-2", "smaller"):
        aws.account.pipelines[other] = aws.account.pipelines["small"]
    aws.fail("DescribePipeline", ("ValidationException", "something else", 400), times=-1)
    planned = run("plan", pipeline)
    assert (
        planned.exit_code == 3 and "error[aws-refused]: cannot describe the pipeline: something else" in planned.stderr
    )


def test_two_upserts_at_once(aws: Endpoint, run: Sagepipe, pipeline: Path) -> None:
    """The other run creates the pipeline between our look and our create; with the same content, and with other."""
    aws.fail("DescribePipeline", ("ResourceNotFound", "not there", 400), times=2)
    assert run("upsert", pipeline, "--yes").exit_code == 0
    aws.faults[0].times, aws.calls[:] = 1, []
    alike = run("upsert", pipeline, "--yes")
    assert alike.exit_code == 0 and "which another run has just made alike" in alike.stderr
    assert aws.writes == ["CreatePipeline"]
    edited(pipeline, "default: 100", "default: 200")
    aws.faults[0].times, aws.calls[:] = 1, []
    other = run("upsert", pipeline, "--yes")
    assert other.exit_code == 0, other.output
    assert aws.writes == ["CreatePipeline", "UpdatePipeline"]
    assert run("plan", pipeline).exit_code == 0


@pytest.mark.parametrize("rounds", [100, 200], ids=["alike", "other"])
def test_who_loses_the_race_to_create_sets_its_tags(aws: Endpoint, run: Sagepipe, pipeline: Path, rounds: int) -> None:
    """Tags go with the create. When the pipeline is there before it, they are set on what is there."""
    run("upsert", pipeline, "--yes")
    edited(pipeline, "stage: dev", "stage: prod")
    edited(pipeline, "default: 100", f"default: {rounds}")
    aws.account.pipelines["small"].tags["owner"] = "someone"
    aws.fail("DescribePipeline", ("ResourceNotFound", "not there", 400))
    assert run("upsert", pipeline, "--yes").exit_code == 0
    assert aws.account.pipelines["small"].tags == {"project": "fraud", "stage": "prod", "owner": "someone"}
    assert run("plan", pipeline).exit_code == 0


DENY = ("AccessDeniedException", "not authorized", 403)


def test_where_tags_and_schedule_may_not_be_read(aws: Endpoint, run: Sagepipe, pipeline: Path) -> None:
    """No noise for who may not look; what is written is written in full."""
    run("upsert", pipeline, "--yes")
    aws.fail("ListTags", DENY, times=-1)
    aws.fail("GetSchedule", DENY, times=-1)
    planned = run("plan", pipeline)
    assert planned.exit_code == 0 and "the live tags may not be listed" in planned.stdout
    edited(pipeline, "default: 100", "default: 200")
    edited(pipeline, "stage: dev", "stage: prod")
    edited(pipeline, "  parallelism: 4\n", f"  parallelism: 4\n{SCHEDULE}")
    for _ in range(2):
        assert run("upsert", pipeline, "--yes").exit_code == 0
    assert aws.account.pipelines["small"].tags == {"project": "fraud", "stage": "prod"}
    assert aws.account.schedules["small"]["ScheduleExpression"] == "rate(1 day)"


def test_where_objects_may_not_be_looked_at(aws: Endpoint, run: Sagepipe, pipeline: Path) -> None:
    """S3 answers 403 for what is missing, too: the put is conditional, and what is there stays."""
    aws.fail("HeadObject", ("AccessDenied", "Access Denied", 403), times=-1)
    assert run("upsert", pipeline, "--yes").exit_code == 0
    assert len(aws.account.objects) == 1
    assert run("plan", pipeline).exit_code == 0
    (pipeline.parent / "prepare.py").write_text("print('better')\n")
    aws.fail("PutObject", "reset", after=True)
    assert run("upsert", pipeline, "--yes").exit_code == 0
    assert len(aws.account.objects) == 2 and run("plan", pipeline).exit_code == 0


def test_what_the_file_drops_is_cleared_or_said_to_stay(aws: Endpoint, run: Sagepipe, pipeline: Path) -> None:
    run("upsert", pipeline, "--yes")
    edited(pipeline, "  description: A small pipeline.\n", "")
    edited(pipeline, "  parallelism: 4\n", "")
    planned = run("plan", pipeline)
    assert '~ pipeline small: description: "A small pipeline." -> ""' in planned.stdout
    assert "the live 4 stays" in planned.stdout
    run("upsert", pipeline, "--yes")
    assert aws.account.pipelines["small"].members["PipelineDescription"] == ""
    assert run("plan", pipeline).exit_code == 0


def test_a_cached_step_with_another_place(aws: Endpoint, run: Sagepipe, pipeline: Path) -> None:
    run("upsert", pipeline, "--yes")
    other = "{train: {path: /opt/ml/processing/output/train, to: s3://ml-dev-111122223333/elsewhere}}"
    edited(pipeline, "{train: /opt/ml/processing/output/train}", other)
    told = run("plan", pipeline).stdout
    assert "prepare  would hit" in told
    assert "step prepare is cached and its `ProcessingOutputConfig` changed: a hit keeps the old" in told
    edited(pipeline, "  prepare:", "  clean:")
    told = run("plan", edited(pipeline, "from: prepare", "from: clean")).stdout
    assert "step prepare is renamed to clean" in told
    assert "step clean is cached and its `ProcessingOutputConfig` changed: a hit keeps the old" in told
