"""Three ways to the same state: `sagepipe upsert`, `upsert.py` from a copied folder, and either of them twice."""

from __future__ import annotations

import atexit
import importlib
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
from loopback import Endpoint
from small import ROOT, SECRET, TOKEN, Sagepipe, edited

from compiler.deploy import upload
from compiler.deploy.faults import AwsFault
from compiler.deploy.session import Session

PIPELINES = sorted((ROOT / "pipelines").glob("*.pipeline.yaml"))
NAMES = [file.name.partition(".")[0] for file in PIPELINES]
PART = f"PART = {upload.PART // 1024 // 1024} * 1024 * 1024"  # of `upsert`, and of the script
ALONE = ("boto3", "botocore", "s3transfer", "jmespath", "urllib3", "dateutil", "six.py")


@pytest.fixture
def buckets(aws: Endpoint) -> Endpoint:
    aws.account.buckets = ["ml-dev-111122223333", "ml-prod-444455556666"]
    return aws


def state(aws: Endpoint) -> dict[str, Any]:
    account = aws.account
    pipelines = {
        n: (p.arn, p.members, [(v.definition, v.aliases) for v in p.versions], p.tags)
        for n, p in account.pipelines.items()
    }
    stored = {"objects": account.objects, "checksums": account.checksums, "parts": account.parts}
    return {"pipelines": pipelines, "schedules": account.schedules, **stored}


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
        edited(to / "upsert.py", PART, f"PART = {part}")
    given = run_script(to, *options)
    assert given.returncode == 0, given.stderr
    return given.stdout


def test_nothing_but_boto3_can_be_imported(tmp_path: Path) -> None:
    for name in ("compiler", "yaml", "jinja2", "click", "pytest"):
        assert "ModuleNotFoundError" in alone(f"import {name}", cwd=tmp_path).stderr
    assert alone("import boto3", cwd=tmp_path).returncode == 0


def emptied(aws: Endpoint) -> None:
    """The account as it was before."""
    buckets = aws.account.buckets
    aws.reset()
    aws.account.buckets = buckets


@pytest.mark.parametrize("file", PIPELINES, ids=NAMES)
def test_upsert_then_plan_shows_no_change_and_the_script_leaves_the_same_state(
    buckets: Endpoint, run: Sagepipe, file: Path, tmp_path: Path
) -> None:
    assert run("upsert", file, "--yes", "--alias", "live").exit_code == 0
    ours = state(buckets)
    again = run("plan", file)
    assert again.exit_code == 0, again.output
    emptied(buckets)
    assert run("compile", file, "-o", tmp_path / "out").exit_code == 0
    script(tmp_path / "out", tmp_path / "copy", "--alias", "live")
    assert state(buckets) == ours
    buckets.calls.clear()
    script(tmp_path / "out", tmp_path / "copy", "--alias", "live")
    assert buckets.writes == []


@pytest.fixture
def everything(pipeline: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Code in parts and put whole, a definition that goes by S3, tags, a schedule."""
    monkeypatch.setattr(upload, "PART", 10_000)
    monkeypatch.setattr(importlib.import_module("compiler.emit.outputs"), "INLINE_LIMIT", 100)
    (pipeline.parent / "train.py").write_text("print('trained')\n")
    (pipeline.parent / "prepare.py").write_text("# " + "x" * 25_000 + "\n")
    edited(pipeline, "    hyperparameters", "    code: train.py\n    hyperparameters")
    return edited(pipeline, "  parallelism: 4\n", "  parallelism: 4\n  schedule: {expression: rate(1 day)}\n")


def test_everything_at_once(aws: Endpoint, run: Sagepipe, everything: Path, tmp_path: Path) -> None:
    """Created by either, then changed, with tags pruned and an alias moved, by either: the same."""
    options, found = ("--alias", "live", "--prune-tags"), []
    first = everything.read_text()
    for by in ("verb", "script"):
        everything.write_text(first)
        upserted(run, everything, tmp_path, by, *options)
        assert len(aws.account.objects) == 3 and "CompleteMultipartUpload" in aws.writes
        aws.account.pipelines["small"].tags |= {"owner": "someone", "aws:cloudformation:stack": "x"}
        for old, new in ((": 100", ": 200"), ("stage: dev", "stage: prod"), ("1 day", "2 days"), ("A small", "Still")):
            edited(everything, old, new)
        upserted(run, everything, tmp_path, by, *options)
        found.append(state(aws))
        emptied(aws)
    assert found[0] == found[1]
    (small,) = found[0]["pipelines"].values()
    assert [aliases for _, aliases in small[2]] == [[], ["live"]]
    assert small[3] == {"project": "fraud", "stage": "prod", "aws:cloudformation:stack": "x"}


def upserted(run: Sagepipe, file: Path, folder: Path, by: str, *options: str) -> None:
    if by == "verb":
        assert run("upsert", file, "--yes", *options).exit_code == 0
        return
    assert run("compile", file, "-o", folder / "out").exit_code == 0
    script(folder / "out", folder / "copy", *options, part=upload.PART)


@pytest.mark.parametrize("by", ["verb", "script"])
def test_what_is_missing_is_put_on_condition_that_it_still_is(
    aws: Endpoint, run: Sagepipe, everything: Path, tmp_path: Path, by: str
) -> None:
    """Whole or in parts. What is there with other bytes is put without a condition, or it would stay."""

    def conditions() -> list[str]:
        last = ("PutObject", "CompleteMultipartUpload")
        return [request.get("IfNoneMatch", "") for operation, request in aws.calls if operation in last]

    upserted(run, everything, tmp_path, by)
    assert conditions() == ["*"] * 3
    aws.calls.clear()
    place = next(iter(aws.account.objects))
    aws.account.objects[place] = b"other"
    upserted(run, everything, tmp_path, by)
    assert conditions() == [""] and aws.account.objects[place] != b"other"


def test_the_script_mends_an_object_of_parts(aws: Endpoint, run: Sagepipe, everything: Path, tmp_path: Path) -> None:
    """The end of an upload whose answer is lost is looked for; a whole that is not what was sent is replaced."""
    run("compile", everything, "-o", tmp_path / "out")
    aws.fail("CompleteMultipartUpload", "reset", after=True)
    assert script(tmp_path / "out", tmp_path / "copy", "--code-only", part=10_000).count("s3://") == 3
    assert aws.faults[0].times == 0 and len(aws.account.objects) == 3 and aws.account.pipelines == {}
    emptied(aws)
    aws.account.garbled = 1
    failed = run_script(tmp_path / "copy")
    assert failed.returncode == 1 and "S3 holds other bytes: run this again, it replaces them" in failed.stderr
    assert "Traceback" not in failed.stderr and aws.account.pipelines == {}
    assert run_script(tmp_path / "copy").returncode == 0
    assert run("plan", everything).exit_code == 0


@pytest.mark.parametrize("how", ["reset", "500"])
def test_the_script_makes_no_version_twice(
    aws: Endpoint, run: Sagepipe, pipeline: Path, tmp_path: Path, how: str
) -> None:
    """UpdatePipeline has no token: when its answer is lost, the script looks before it does it again."""
    run("upsert", pipeline, "--yes")
    edited(pipeline, "default: 100", "default: 200")
    run("compile", pipeline, "-o", tmp_path / "out")
    aws.fail("UpdatePipeline", how, after=True)
    script(tmp_path / "out", tmp_path / "copy")
    assert len(aws.account.pipelines["small"].versions) == 2
    assert run("plan", pipeline).exit_code == 0


def test_the_script_refuses_another_account(aws: Endpoint, run: Sagepipe, pipeline: Path, tmp_path: Path) -> None:
    run("compile", pipeline, "-o", tmp_path / "out")
    aws.account.caller = "999988887777"
    failed = run_script(tmp_path / "out")
    said = "This is for account 111122223333, and these credentials are of account 999988887777."
    assert failed.returncode == 1 and failed.stderr == said + "\n"
    assert aws.operations == ["GetCallerIdentity"]
    aws.fail("GetCallerIdentity", ("AccessDenied", "no", 403))
    assert run_script(tmp_path / "out").returncode == 0


def test_the_script_says_what_is_wrong_and_what_is_done(
    aws: Endpoint, run: Sagepipe, pipeline: Path, tmp_path: Path
) -> None:
    run("compile", pipeline, "-o", tmp_path / "out")
    denied = ("AccessDeniedException", f"User with {TOKEN} and {SECRET} may not", 403)
    aws.fail("CreatePipeline", denied, times=-1)
    failed = run_script(tmp_path / "out")
    assert failed.returncode == 1 and failed.stdout.startswith("uploaded s3://")
    assert "calling the CreatePipeline operation: User with *** and *** may not" in failed.stderr
    assert failed.stderr.endswith(
        "What is printed above is done. When this is mended, run it again: it does the rest.\n"
    )
    aws.faults.clear()
    assert run_script(tmp_path / "out").stdout.startswith("present  s3://")


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


NOTIFY = """\
  notify:
    type: lambda
    function: arn:aws:lambda:us-east-1:111122223333:function:sagemaker-notify
    arguments: {loud: true}
"""


def test_the_script_knows_true_from_one_and_one_from_another_spelling_of_it(
    aws: Endpoint, run: Sagepipe, pipeline: Path, tmp_path: Path
) -> None:
    pipeline.write_text(pipeline.read_text() + NOTIFY)
    run("upsert", pipeline, "--yes")
    run("compile", edited(pipeline, "loud: true", "loud: 1"), "-o", tmp_path / "out")
    assert "updated  arn" in script(tmp_path / "out", tmp_path / "copy")
    live = aws.account.pipelines["small"]
    live.versions[-1].definition = live.versions[-1].definition.replace('"loud":1', '"loud":1.0')
    del live.members["PipelineDisplayName"]  # as of a pipeline that something else made
    assert run("plan", pipeline).exit_code == 0
    assert "present  arn" in script(tmp_path / "out", tmp_path / "copy")


def test_the_script_with_a_large_definition(
    aws: Endpoint, run: Sagepipe, pipeline: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.import_module("compiler.emit.outputs"), "INLINE_LIMIT", 100)
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
    run("upsert", edited(pipeline, "name: small", "name: small-too"), "--yes")
    run("compile", edited(pipeline, "name: small-too", "name: small"), "-o", tmp_path / "out")
    aws.fail("DescribePipeline", (code, "no", 400), times=-1)
    assert "created  arn" in script(tmp_path / "out", tmp_path / "copy")
    aws.faults.clear()
    assert run("plan", pipeline).exit_code == 0


def test_bytes_that_were_changed_after_compiling_are_not_uploaded(
    aws: Endpoint, run: Sagepipe, pipeline: Path, tmp_path: Path
) -> None:
    """A key is the hash of its content; what has another is never put there, by neither of the two."""
    run("compile", pipeline, "-o", tmp_path / "out")
    (code,) = (tmp_path / "out").rglob("prepare.py")
    code.write_text("print('changed')\n")
    failed = run_script(tmp_path / "out")
    assert failed.returncode == 1 and failed.stderr.endswith("prepare.py was changed after it was compiled\n")
    other = upload.Upload("s3://ml-dev-111122223333/code/prepare.py", "0" * 64, b"other")
    with pytest.raises(AwsFault, match="other bytes than were compiled"):
        upload.ensure(Session("us-east-1"), other, "missing", print)
    assert aws.calls == []


def test_the_script_needs_its_folder_and_a_profile_that_is_there(
    aws: Endpoint, run: Sagepipe, pipeline: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("compile", pipeline, "-o", tmp_path / "out")
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    failed = run_script(tmp_path / "out")
    assert failed.returncode == 1 and failed.stderr.startswith("The config profile (nobody) could not be found\n")
    monkeypatch.delenv("AWS_PROFILE")
    (code,) = (tmp_path / "out").rglob("prepare.py")
    code.unlink()
    failed = run_script(tmp_path / "out")
    assert failed.returncode == 1 and failed.stderr.startswith("[Errno 2] No such file") and aws.calls == []
