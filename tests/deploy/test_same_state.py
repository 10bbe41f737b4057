"""Three ways to the same state: `sagepipe upsert`, `upsert.py` from a copied folder, and either of them twice; on the
suite's endpoint and on moto. And no noise: what was just made shows no change."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, Sagepipe, edited
from loopback import Endpoint

PIPELINES = sorted((ROOT / "pipelines").glob("*.pipeline.yaml"))
NAMES = [file.name.partition(".")[0] for file in PIPELINES]
ISOLATED = "import runpy, sys; sys.modules['compiler'] = None; runpy.run_path(sys.argv[1], run_name='__main__')"


@pytest.fixture
def buckets(aws: Endpoint) -> Endpoint:
    aws.account.buckets = ["ml-dev-111122223333", "ml-prod-444455556666"]
    return aws


def state(aws: Endpoint) -> dict[str, Any]:
    account = aws.account
    pipelines = {
        n: (p.arn, p.members, [v.definition for v in p.versions], p.tags) for n, p in account.pipelines.items()
    }
    return {"pipelines": pipelines, "schedules": account.schedules, "objects": account.objects}


def script(folder: Path, to: Path) -> str:
    """Copy the folder elsewhere and run its script there, with nothing of ours to import; what it prints."""
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(folder, to)
    given = subprocess.run(
        [sys.executable, "-c", ISOLATED, to / "upsert.py"], cwd=to, env=dict(os.environ), capture_output=True, text=True
    )
    assert given.returncode == 0, given.stderr
    return given.stdout


@pytest.mark.parametrize("file", PIPELINES, ids=NAMES)
def test_upsert_then_plan_shows_no_change_and_the_script_leaves_the_same_state(
    buckets: Endpoint, run: Sagepipe, file: Path, tmp_path: Path
) -> None:
    assert run("upsert", file, "--yes").exit_code == 0
    ours = state(buckets)
    again = run("plan", file)
    assert again.exit_code == 0, again.output
    bought = buckets.account.buckets
    buckets.reset()
    buckets.account.buckets = bought
    assert run("compile", file, "-o", tmp_path / "out").exit_code == 0
    script(tmp_path / "out", tmp_path / "copy")
    assert state(buckets) == ours


def test_the_script_updates(aws: Endpoint, run: Sagepipe, pipeline: Path, tmp_path: Path) -> None:
    run("upsert", pipeline, "--yes")
    edited(pipeline, "default: 100", "default: 200")
    edited(pipeline, "  description: A small pipeline.\n", "")
    edited(pipeline, "stage: dev", "stage: prod")
    edited(pipeline, "  parallelism: 4\n", "  parallelism: 4\n  schedule: {expression: rate(1 day)}\n")
    run("compile", pipeline, "-o", tmp_path / "out")
    said = script(tmp_path / "out", tmp_path / "copy")
    assert "updated  arn" in said and "tagged   stage" in said and "schedule small" in said
    assert run("plan", pipeline).exit_code == 0
    aws.calls.clear()
    script(tmp_path / "out", tmp_path / "copy")
    assert aws.writes == []
    aws.account.schedules["small"] |= {"ScheduleExpression": "rate(9 days)", "State": "DISABLED"}
    script(tmp_path / "out", tmp_path / "copy")
    live = aws.account.schedules["small"]
    assert (live["ScheduleExpression"], live["State"]) == ("rate(1 day)", "DISABLED")
    assert len(aws.account.pipelines["small"].versions) == 2


def test_the_script_with_a_large_definition(
    aws: Endpoint, run: Sagepipe, pipeline: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["compiler.emit.outputs"], "INLINE_LIMIT", 100)
    run("compile", pipeline, "-o", tmp_path / "out")
    script(tmp_path / "out", tmp_path / "copy")
    aws.calls.clear()
    script(tmp_path / "out", tmp_path / "copy")
    assert aws.writes == []
    assert run("plan", pipeline).exit_code == 0


@pytest.mark.parametrize("code", ["AccessDeniedException", "ValidationException"])
def test_the_script_where_describing_is_refused(
    aws: Endpoint, run: Sagepipe, pipeline: Path, tmp_path: Path, code: str
) -> None:
    run("compile", pipeline, "-o", tmp_path / "out")
    aws.fail("DescribePipeline", (code, "no", 400), times=-1)
    assert "created  arn" in script(tmp_path / "out", tmp_path / "copy")
    aws.faults.clear()
    assert run("plan", pipeline).exit_code == 0


def test_with_moto(moto: str, run: Sagepipe, pipeline: Path, tmp_path: Path) -> None:
    assert run("plan", pipeline).exit_code == 4
    made = run("upsert", pipeline, "--yes")
    assert made.exit_code == 0, made.output
    assert run("plan", pipeline).exit_code == 0
    edited(pipeline, "default: 100", "default: 200")
    assert run("plan", pipeline).exit_code == 4
    assert run("upsert", pipeline, "--yes").exit_code == 0
    assert run("plan", pipeline).exit_code == 0
    run("compile", pipeline, "-o", tmp_path / "out")
    assert script(tmp_path / "out", tmp_path / "copy").count("present") == 2
    edited(pipeline, "name: small", "name: other")
    run("compile", pipeline, "-o", tmp_path / "out")
    assert "created" in script(tmp_path / "out", tmp_path / "copy")
    assert run("plan", pipeline).exit_code == 0
