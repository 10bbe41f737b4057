"""The fault table: what may go wrong, and where. After each: nothing lost, nothing twice, a second run ends it."""

from __future__ import annotations

from pathlib import Path

import pytest
from loopback import Endpoint
from objects import composite
from settled import change, check
from small import Sagepipe

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


@pytest.fixture
def in_parts(full: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same with a script that is uploaded in three parts; the other code is put whole."""
    monkeypatch.setattr("compiler.deploy.upload.PART", 10_000)
    (full.parent / "prepare.py").write_text("# " + "x" * 20_000 + "\n")
    return full


@pytest.fixture
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("compiler.deploy.session.READ", 0.5)


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


PARTS = [(part, *how) for part in ("CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload") for how in PASSING]


@pytest.mark.usefixtures("brief")
@pytest.mark.parametrize(("operation", "how", "after"), PARTS)
def test_an_upload_in_parts_overcomes(
    aws: Endpoint, run: Sagepipe, in_parts: Path, operation: str, how: str, after: bool
) -> None:
    """A part is sent again under its number. An upload whose end was told to nobody is looked for, not begun anew."""
    aws.fail(operation, how, after=after, skip=operation == "UploadPart")
    made = run("upsert", in_parts, "--yes")
    assert made.exit_code == 0, made.output
    assert aws.faults[0].times == 0 and aws.operations.count("PutObject") == 1
    assert not any(aws.account.parts.values())
    check(aws, run, in_parts, versions=1, objects=2)


@pytest.mark.parametrize("how", ["throttle", "500", "reset", ("AccessDenied", "no", 403)])
def test_who_one_is_may_stay_unknown(aws: Endpoint, run: Sagepipe, full: Path, how: str | tuple[str, str, int]) -> None:
    """A network without a way to STS is no reason to stop; it is not asked for long."""
    aws.fail("GetCallerIdentity", how, times=-1)
    assert run("upsert", full, "--yes").exit_code == 0
    assert aws.operations.count("GetCallerIdentity") <= 2
    check(aws, run, full, versions=1, objects=2)


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
    done = [line for line in told.splitlines() if line.startswith("  = note: done: ")]
    assert len(done) == 2 and all(line.startswith("  = note: done: uploaded s3://") for line in done)
    assert "  = note: not done: create pipeline small\n  = note: not done: set schedule small\n" in told


def test_wrong_checksum(aws: Endpoint, run: Sagepipe, full: Path) -> None:
    aws.fail("PutObject", "digest", times=-1)
    failed = run("upsert", full, "--yes")
    assert failed.exit_code == 3 and "error[aws-checksum]: cannot upload s3://" in failed.stderr
    assert aws.account.objects == {} and aws.account.pipelines == {}
    aws.faults.clear()
    assert run("upsert", full, "--yes").exit_code == 0
    check(aws, run, full, versions=1, objects=2)


def test_an_object_of_parts_that_is_not_what_was_sent(aws: Endpoint, run: Sagepipe, in_parts: Path) -> None:
    """Each part arrived, and yet the whole is another: it is told, the pipeline is not made, a second run mends it."""
    aws.account.garbled = 1
    failed = run("upsert", in_parts, "--yes")
    assert failed.exit_code == 3 and "was uploaded, and S3 holds other bytes" in failed.stderr
    assert "run the same command again: it replaces them" in failed.stderr
    assert aws.account.pipelines == {}
    again = run("upsert", in_parts, "--yes")
    assert again.exit_code == 0 and "replaced s3://" in again.stderr
    check(aws, run, in_parts, versions=1, objects=2)


def test_other_bytes_of_the_same_size_are_found(aws: Endpoint, run: Sagepipe, in_parts: Path) -> None:
    """The checksum of an object of parts is compared, too, and so is one of other parts than ours."""
    run("upsert", in_parts, "--yes")
    (place,) = [place for place in aws.account.objects if place[1].endswith("prepare.py")]
    sound = aws.account.objects[place]
    for content in (sound[::-1], sound):
        aws.account.objects[place] = content
        aws.account.checksums[place] = composite([content[:5000], content[5000:]])
        assert "replaced s3://" in run("upsert", in_parts, "--yes").stderr
        assert aws.account.objects[place] == sound
    aws.account.checksums.pop(place)
    check(aws, run, in_parts, versions=1, objects=2)


def test_failing_parts_are_given_up(aws: Endpoint, run: Sagepipe, in_parts: Path) -> None:
    aws.fail("UploadPart", "digest", skip=1, times=-1)
    failed = run("upsert", in_parts, "--yes")
    assert failed.exit_code == 3 and "error[aws-checksum]: cannot upload s3://" in failed.stderr
    assert aws.account.parts == {}
    aws.faults.clear()
    assert run("upsert", in_parts, "--yes").exit_code == 0
    check(aws, run, in_parts, versions=1, objects=2)


def test_parts_that_cannot_be_taken_back_are_told(aws: Endpoint, run: Sagepipe, in_parts: Path) -> None:
    aws.fail("UploadPart", ("AccessDenied", "no", 403), skip=1, times=-1)
    aws.fail("AbortMultipartUpload", ("AccessDenied", "no", 403), times=-1)
    failed = run("upsert", in_parts, "--yes")
    assert failed.exit_code == 3 and "were sent and could not be taken back" in failed.stderr
    aws.faults.clear()
    assert run("upsert", in_parts, "--yes").exit_code == 0
    check(aws, run, in_parts, versions=1, objects=2)


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
    assert "done: created arn:aws" in stopped.stderr and stopped.stderr.count("\ndone: uploaded s3://") == 2
    monkeypatch.undo()
