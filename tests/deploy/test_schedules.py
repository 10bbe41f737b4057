"""Schedules: set, changed, and taken away when the file no longer has one; by the verbs and by the script."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from loopback import Endpoint
from small import Sagepipe, edited
from test_same_state import script

ARN = "arn:aws:sagemaker:us-east-1:111122223333:pipeline/small"
SCHEDULE = "  schedule: {expression: rate(1 day), timezone: Asia/Seoul, parameters: {Data: s3://other/claims/}}\n"
PLAIN = "  schedule: {expression: rate(1 day)}\n"
BEFORE = "  parallelism: 4\n"


@pytest.fixture
def scheduled(aws: Endpoint, run: Sagepipe, pipeline: Path) -> Path:
    edited(pipeline, BEFORE, BEFORE + SCHEDULE)
    assert run("upsert", pipeline, "--yes").exit_code == 0
    aws.calls.clear()
    return pipeline


def test_a_schedule_that_the_file_drops_is_told_and_deleted(aws: Endpoint, run: Sagepipe, scheduled: Path) -> None:
    edited(scheduled, SCHEDULE, "")
    planned = run("plan", scheduled)
    assert planned.exit_code == 4 and "  - schedule rate(1 day) in Asia/Seoul\n" in planned.stdout
    assert "- schedule rate(1 day) in Asia/Seoul\n" in run("plan", scheduled, "--format", "markdown").stdout
    (change,) = json.loads(run("plan", scheduled, "--format", "json").stdout)["schedule_changes"]
    assert (change["kind"], change["subject"], change["name"]) == ("removed", "schedule", "small")
    made = run("upsert", scheduled, "--yes")
    assert made.exit_code == 0 and "deleted schedule small" in made.stderr
    assert aws.writes == ["DeleteSchedule"] and aws.account.schedules == {}
    assert run("plan", scheduled).exit_code == 0


def test_a_schedule_that_was_switched_off_stays_so(aws: Endpoint, run: Sagepipe, scheduled: Path) -> None:
    aws.account.schedules["small"]["State"] = "DISABLED"
    assert run("plan", scheduled).exit_code == 0
    assert run("upsert", edited(scheduled, "rate(1 day)", "rate(2 days)"), "--yes").exit_code == 0
    live = aws.account.schedules["small"]
    assert (live["ScheduleExpression"], live["State"]) == ("rate(2 days)", "DISABLED")


def test_a_schedule_that_is_not_of_this_pipeline_stays(aws: Endpoint, run: Sagepipe, scheduled: Path) -> None:
    edited(scheduled, SCHEDULE, "")
    aws.account.schedules["small"]["Target"]["Arn"] = "arn:aws:lambda:us-east-1:111122223333:function:small"
    assert run("plan", scheduled).exit_code == 0
    assert run("upsert", scheduled, "--yes").exit_code == 0
    assert list(aws.account.schedules) == ["small"] and aws.writes == []


def test_a_deletion_that_fails_is_done_by_the_next_run(aws: Endpoint, run: Sagepipe, scheduled: Path) -> None:
    edited(scheduled, SCHEDULE, "")
    edited(scheduled, "default: 100", "default: 200")
    aws.fail("DeleteSchedule", ("AccessDeniedException", "no", 403), times=-1)
    failed = run("upsert", scheduled, "--yes")
    assert failed.exit_code == 3 and "`scheduler:DeleteSchedule` is not allowed" in failed.stderr
    assert "not done: delete schedule small" in failed.stderr and "done: updated arn" in failed.stderr
    aws.faults.clear()
    assert run("upsert", scheduled, "--yes").exit_code == 0 and aws.account.schedules == {}


def test_a_saved_plan_is_stale_when_the_schedule_changes(
    aws: Endpoint, run: Sagepipe, scheduled: Path, tmp_path: Path
) -> None:
    edited(scheduled, SCHEDULE, "")
    saved = tmp_path / "plan.json"
    assert run("plan", scheduled, "-o", saved).exit_code == 4
    aws.account.schedules["small"]["ScheduleExpression"] = "rate(9 days)"
    assert "stale-plan" in run("upsert", scheduled, "--plan", saved).stderr
    assert run("plan", scheduled, "-o", saved).exit_code == 4
    assert run("upsert", scheduled, "--plan", saved).exit_code == 0 and aws.account.schedules == {}


LIST = "Target.SageMakerPipelineParameters.PipelineParameterList"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("rate(1 day)", "cron(0 3 * * ? *)", '~ ScheduleExpression: "rate(1 day)" -> "cron(0 3 * * ? *)"'),
        (", timezone: Asia/Seoul", "", '~ ScheduleExpressionTimezone: "Asia/Seoul" -> "UTC"'),
        (", parameters: {Data: s3://other/claims/}", "", f"- {LIST}: ["),
        ("s3://other/claims/", "s3://new/claims/", f"~ {LIST}['Data']"),
        ("timezone:", "role: arn:aws:iam::111122223333:role/clock, timezone:", "~ Target.RoleArn"),
    ],
    ids=["expression", "timezone", "no parameters", "other parameters", "role"],
)
@pytest.mark.parametrize("by", ["verb", "script"])
def test_every_change_is_told_and_made(
    aws: Endpoint, run: Sagepipe, scheduled: Path, tmp_path: Path, old: str, new: str, told: str, by: str
) -> None:
    edited(scheduled, old, new)
    planned = run("plan", scheduled)
    assert planned.exit_code == 4 and f"{told[0]} schedule small: {told[2:]}" in planned.stdout
    upsert(run, scheduled, tmp_path, by)
    assert run("plan", scheduled).exit_code == 0
    aws.calls.clear()
    upsert(run, scheduled, tmp_path, by)
    assert aws.writes == []


def upsert(run: Sagepipe, file: Path, folder: Path, by: str) -> None:
    if by == "verb":
        assert run("upsert", file, "--yes").exit_code == 0
    else:
        assert run("compile", file, "-o", folder / "out").exit_code == 0
        script(folder / "out", folder / "copy")


def test_the_script_deletes_it_too(aws: Endpoint, run: Sagepipe, scheduled: Path, tmp_path: Path) -> None:
    edited(scheduled, SCHEDULE, "")
    run("compile", scheduled, "-o", tmp_path / "out")
    assert "deleted  schedule small" in script(tmp_path / "out", tmp_path / "copy")
    assert aws.account.schedules == {}
    aws.account.schedules["small"] = schedule("arn:aws:lambda:us-east-1:111122223333:function:small")
    aws.calls.clear()
    script(tmp_path / "out", tmp_path / "copy")
    assert aws.writes == [] and list(aws.account.schedules) == ["small"]
    aws.fail("GetSchedule", ("AccessDeniedException", "no", 403), times=-1)
    script(tmp_path / "out", tmp_path / "copy")


def schedule(target: str) -> dict[str, Any]:
    return {"Name": "small", "ScheduleExpression": "rate(1 day)", "Target": {"Arn": target, "RoleArn": "r"}}


@pytest.mark.parametrize("how", [("AccessDeniedException", "no", 403), "reset"], ids=["denied", "out of reach"])
def test_where_schedules_may_not_be_seen(aws: Endpoint, run: Sagepipe, pipeline: Path, how: Any) -> None:
    """A pipeline without a schedule is planned and made all the same; that nothing is known is told."""
    aws.fail("GetSchedule", how, times=-1)
    assert "note: whether a schedule starts the pipeline is not known" in run("plan", pipeline).stdout
    assert run("upsert", pipeline, "--yes").exit_code == 0
    assert run("plan", pipeline).exit_code == 0
    edited(pipeline, BEFORE, BEFORE + PLAIN)
    assert run("plan", pipeline).exit_code == (3 if how == "reset" else 4)


def test_a_schedule_left_of_a_pipeline_that_is_gone(aws: Endpoint, run: Sagepipe, scheduled: Path) -> None:
    asked = run("delete", scheduled, answer="n\n")
    assert "the schedule `small` goes on trying to start it (--schedule deletes it)" in asked.stderr
    assert run("delete", scheduled, "--yes").exit_code == 0 and list(aws.account.schedules) == ["small"]
    edited(scheduled, SCHEDULE, "")
    assert "- schedule rate(1 day) in Asia/Seoul" in run("plan", scheduled).stdout
    assert run("upsert", scheduled, "--yes").exit_code == 0 and aws.account.schedules == {}


def test_a_pipeline_without_a_schedule_is_deleted_without_a_word_of_one(
    aws: Endpoint, run: Sagepipe, pipeline: Path
) -> None:
    run("upsert", pipeline, "--yes")
    assert "the schedule" not in run("delete", pipeline, "--yes").stderr
