"""Three ways to the same state: `sagepipe upsert`, `upsert.py` from a copied folder, and either of them twice; on the
suite's endpoint and on moto. And no noise: what was just made shows no change."""

from __future__ import annotations

import atexit
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, Sagepipe, edited
from loopback import Endpoint

from compiler.deploy import upload

PIPELINES = sorted((ROOT / "pipelines").glob("*.pipeline.yaml"))
NAMES = [file.name.partition(".")[0] for file in PIPELINES]
ALONE = ("boto3", "botocore", "s3transfer", "jmespath", "urllib3", "dateutil", "six.py")


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


@cache
def boto3_alone() -> str:
    """A folder that holds boto3, what it needs, and nothing else: an installation of it, made of links."""
    folder = Path(tempfile.mkdtemp(prefix="boto3-alone-"))
    atexit.register(shutil.rmtree, folder)
    for name in ALONE:
        spec = importlib.util.find_spec(name.removesuffix(".py"))
        assert spec is not None and spec.origin is not None
        (folder / name).symlink_to(spec.origin if name.endswith(".py") else Path(spec.origin).parent)
    return str(folder)


def alone(source: str, *arguments: object, cwd: Path, **more: Any) -> subprocess.CompletedProcess[str]:
    """Run Python source where only the standard library and boto3 can be imported: no site-packages, no environment."""
    before = f"import sys; sys.path.append({boto3_alone()!r}); sys.argv = sys.argv[1:]; "
    command = [sys.executable, "-I", "-S", "-B", "-c", before + source, *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, env={**os.environ, **more}, capture_output=True, text=True)


def run_script(at: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the script of a folder where nothing but boto3 is installed."""
    return alone("import runpy; runpy.run_path(sys.argv[0], run_name='__main__')", at / "upsert.py", *options, cwd=at)


def script(folder: Path, to: Path, *options: str, part: int = 0) -> str:
    """Copy the folder elsewhere, on its own, and run its script there; what it prints. `part`: the size of parts."""
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(folder, to)
    if part:
        edited(to / "upsert.py", f"PART = {upload.PART // 1024 // 1024} * 1024 * 1024", f"PART = {part}")
    given = run_script(to, *options)
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
