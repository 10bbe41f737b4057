"""The fault table: what may go wrong, and where. After each: nothing lost, nothing twice, a second run ends it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Sagepipe, edited
from loopback import Endpoint

SCHEDULE = "  schedule: {expression: rate(1 day)}\n"
# What a repeat within the run overcomes: before the service acted, or when it has and the answer was lost.
PASSING = (("throttle", False), ("500", False), ("500", True), ("reset", True), ("hang", True))
CREATING = [(write, *how) for write in ("PutObject", "CreatePipeline", "CreateSchedule") for how in PASSING]
UPDATING = [
    *(
        (write, *how)
        for write in ("UpdatePipeline", "AddTags", "UpdatePipelineVersion", "UpdateSchedule")
        for how in PASSING
    ),
    *((read, "reset", False) for read in ("HeadObject", "DescribePipeline", "ListTags", "GetSchedule")),
    *((read, "throttle", False) for read in ("HeadObject", "DescribePipeline", "ListPipelineVersions")),
]
SCRIPT = "import sys; from compiler.cli import main; sys.argv = ['sagepipe', *sys.argv[1:]]; main()"


@pytest.fixture
def full(pipeline: Path) -> Path:
    """A pipeline with all that an upsert may write."""
    (pipeline.parent / "train.py").write_text("print('trained')\n")
    edited(pipeline, "  parallelism: 4\n", f"  parallelism: 4\n{SCHEDULE}")
    return edited(pipeline, "    hyperparameters", "    code: train.py\n    hyperparameters")


@pytest.fixture
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("compiler.deploy.session.READ", 0.5)


def change(file: Path) -> None:
    edited(file, "default: 100", "default: 200")
    edited(file, "stage: dev", "stage: prod")
    edited(file, "rate(1 day)", "rate(2 days)")
    (file.parent / "prepare.py").write_text("print('better')\n")


def check(aws: Endpoint, run: Sagepipe, file: Path, versions: int, objects: int) -> None:
    """The live state is as the file says, and nothing is there twice."""
    aws.faults.clear()
    live = aws.account.pipelines["small"]
    assert run("plan", file).exit_code == 0
    assert len(live.versions) == versions and len(aws.account.objects) == objects and aws.account.parts == {}
    assert list(aws.account.pipelines) == ["small"] and list(aws.account.schedules) == ["small"]
    aws.calls.clear()
    assert run("upsert", file, "--yes").exit_code == 0 and aws.writes == []


@pytest.mark.usefixtures("brief")
@pytest.mark.parametrize(("operation", "how", "after"), CREATING)
def test_creating_overcomes(aws: Endpoint, run: Sagepipe, full: Path, operation: str, how: str, after: bool) -> None:
    aws.fail(operation, how, after=after)
    made = run("upsert", full, "--yes")
    assert made.exit_code == 0, made.output
    assert aws.faults[0].times == 0
    check(aws, run, full, versions=1, objects=2)


@pytest.mark.usefixtures("brief")
@pytest.mark.parametrize(("operation", "how", "after"), UPDATING)
def test_updating_overcomes(aws: Endpoint, run: Sagepipe, full: Path, operation: str, how: str, after: bool) -> None:
    run("upsert", full, "--yes", "--alias", "prod")
    change(full)
    aws.fail(operation, how, after=after)
    made = run("upsert", full, "--yes", "--alias", "prod")
    assert made.exit_code == 0, made.output
    assert aws.faults[0].times == 0
    assert [v.aliases for v in aws.account.pipelines["small"].versions] == [[], ["prod"]]
    check(aws, run, full, versions=2, objects=3)


@pytest.mark.parametrize("operation", ["UpdatePipeline", "UpdatePipelineVersion"])
def test_a_conflict_passes(aws: Endpoint, run: Sagepipe, full: Path, operation: str) -> None:
    run("upsert", full, "--yes", "--alias", "prod")
    change(full)
    aws.fail(operation, "conflict", times=2)
    assert run("upsert", full, "--yes", "--alias", "prod").exit_code == 0
    check(aws, run, full, versions=2, objects=3)


def test_another_run_updates_to_the_same(aws: Endpoint, run: Sagepipe, full: Path) -> None:
    """Our update conflicts with one that made the same of the pipeline: no version is made twice."""
    run("upsert", full, "--yes")
    change(full)
    aws.fail("UpdatePipeline", "conflict", after=True)
    assert run("upsert", full, "--yes").exit_code == 0
    check(aws, run, full, versions=2, objects=3)


@pytest.mark.parametrize("how", ["expired", "throttle", "500", "reset"])
@pytest.mark.parametrize("operation", ["PutObject", "CreatePipeline", "CreateSchedule"])
def test_what_lasts_ends_the_run_and_a_second_completes_it(
    aws: Endpoint, run: Sagepipe, full: Path, operation: str, how: str
) -> None:
    aws.fail(operation, how, times=-1, skip=operation == "PutObject")
    failed = run("upsert", full, "--yes")
    assert failed.exit_code == 3
    assert "= note: done: " in failed.stderr or operation == "PutObject"
    assert "= note: not done: " in failed.stderr
    assert (
        "= note: when this is mended, run the same command again: it finds what is done and does the rest"
        in failed.stderr
    )
    aws.faults.clear()
    assert run("upsert", full, "--yes").exit_code == 0
    check(aws, run, full, versions=1, objects=2)


def test_half_way_is_told_exactly(aws: Endpoint, run: Sagepipe, full: Path) -> None:
    aws.fail("CreatePipeline", "expired", times=-1)
    told = run("upsert", full, "--yes").stderr
    assert "error[aws-credentials]: cannot create the pipeline: the AWS credentials have expired" in told
    done = next(line for line in told.splitlines() if "note: done:" in line)
    assert done.count("uploaded s3://") == 2 and "created" not in done
    assert "  = note: not done: create pipeline small; set schedule small" in told


def test_wrong_checksum(aws: Endpoint, run: Sagepipe, full: Path) -> None:
    aws.fail("PutObject", "digest", times=-1)
    failed = run("upsert", full, "--yes")
    assert failed.exit_code == 3 and "error[aws-checksum]: cannot upload s3://" in failed.stderr
    assert aws.account.objects == {} and aws.account.pipelines == {}
    aws.faults.clear()
    assert run("upsert", full, "--yes").exit_code == 0
    check(aws, run, full, versions=1, objects=2)


def test_failing_parts_are_given_up(aws: Endpoint, run: Sagepipe, full: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("compiler.deploy.upload.PART", 1000)
    (full.parent / "prepare.py").write_text("# " + "x" * 2500 + "\n")
    aws.fail("UploadPart", "digest", skip=1, times=-1)
    assert run("upsert", full, "--yes").exit_code == 3
    assert aws.account.parts == {}
    aws.faults.clear()
    assert run("upsert", full, "--yes").exit_code == 0
    check(aws, run, full, versions=1, objects=2)


def test_an_upload_that_another_run_wins(aws: Endpoint, run: Sagepipe, full: Path) -> None:
    aws.fail("PutObject", ("ConditionalRequestConflict", "in progress", 409), after=True)
    assert run("upsert", full, "--yes").exit_code == 0
    check(aws, run, full, versions=1, objects=2)


def test_a_saved_plan_that_failed_half_way(aws: Endpoint, run: Sagepipe, full: Path) -> None:
    saved = full.parent / "plan.json"
    run("plan", full, "-o", saved)
    aws.fail("CreateSchedule", "expired", times=-1)
    failed = run("upsert", full, "--plan", saved)
    assert "when this is mended, make a new plan and apply it: it finds what is done" in failed.stderr
    aws.faults.clear()
    assert run("upsert", full, "--plan", saved).exit_code == 3
    run("plan", full, "-o", saved)
    assert run("upsert", full, "--plan", saved).exit_code == 0
    check(aws, run, full, versions=1, objects=2)


def test_interrupted(aws: Endpoint, run: Sagepipe, full: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("compiler.deploy.upsert.put_schedule", interrupt)
    stopped = run("upsert", full, "--yes")
    assert stopped.exit_code == 130 and "not done: set schedule small\n" in stopped.stderr
    assert "created arn:aws" in next(line for line in stopped.stderr.splitlines() if line.startswith("done: "))
    monkeypatch.undo()


def test_two_at_once(aws: Endpoint, run: Sagepipe, full: Path) -> None:
    """Two processes, started together, for the same file."""
    both = [
        subprocess.Popen(
            [sys.executable, "-c", SCRIPT, "upsert", str(full), "--yes"],
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
        )
        for _ in range(2)
    ]
    told = [process.communicate(timeout=60)[1].decode() for process in both]
    assert [process.returncode for process in both] == [0, 0], told
    check(aws, run, full, versions=len(aws.account.pipelines["small"].versions), objects=2)
    assert len(aws.account.pipelines["small"].versions) == 1


def killed(aws: Endpoint, file: Path, *options: str) -> bool:
    """Run an upsert in a process of its own; whether a fault killed it."""
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, "upsert", str(file), "--yes", *options],
        env=dict(os.environ), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    aws.victim = process.pid
    return process.wait(timeout=60) == -9


@pytest.mark.parametrize(
    ("operation", "skip"),
    [("PutObject", 0), ("PutObject", 1), ("UpdatePipeline", 0), ("AddTags", 0), ("UpdatePipelineVersion", 0),
     ("UpdatePipelineVersion", 1), ("UpdateSchedule", 0)],
)  # fmt: skip
def test_killed_while_updating(aws: Endpoint, run: Sagepipe, full: Path, operation: str, skip: int) -> None:
    run("upsert", full, "--yes", "--alias", "prod")
    change(full)
    (full.parent / "train.py").write_text("print('trained better')\n")
    aws.fail(operation, "kill", after=True, skip=skip)
    assert killed(aws, full, "--alias", "prod")
    aws.faults.clear()
    assert run("upsert", full, "--yes", "--alias", "prod").exit_code == 0
    assert [v.aliases for v in aws.account.pipelines["small"].versions] == [[], ["prod"]]
    check(aws, run, full, versions=2, objects=4)


@pytest.mark.parametrize(
    ("operation", "after"), [("PutObject", False), ("CreatePipeline", True), ("CreateSchedule", True)]
)
def test_killed_while_creating(aws: Endpoint, run: Sagepipe, full: Path, operation: str, after: bool) -> None:
    aws.fail(operation, "kill", after=after)
    assert killed(aws, full)
    aws.faults.clear()
    assert run("upsert", full, "--yes").exit_code == 0
    check(aws, run, full, versions=1, objects=2)
