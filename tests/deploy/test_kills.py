"""A run that ends at any of its calls: killed, or with credentials that expire. A second run brings it to the end."""

from __future__ import annotations

from pathlib import Path

import pytest
from apart import Apart
from loopback import Endpoint
from settled import change, check, nothing_partial
from small import Sagepipe, edited

LOOK = ("GetCallerIdentity", "DescribePipeline")
HEADS = ("GetSchedule", "HeadObject", "HeadObject")
PARTS = ("CreateMultipartUpload", "UploadPart", "UploadPart", "UploadPart", "CompleteMultipartUpload")
ALIAS = ("ListPipelineVersions", "UpdatePipelineVersion")
CREATING = (*LOOK, *HEADS, "PutObject", *PARTS, "CreatePipeline", *ALIAS, "CreateSchedule")
UPDATING = (
    *LOOK, "ListTags", *HEADS, *PARTS, "PutObject", "UpdatePipeline", "AddTags", *ALIAS, "UpdatePipelineVersion",
    "UpdateSchedule",
)  # fmt: skip
PART = 10_000  # an archive of one script is put whole
LARGE = "# " + "x" * 2 * PART + "\n"
ALIASED = ("--alias", "prod")
DID = {
    "PutObject": "uploaded s3://",
    "CompleteMultipartUpload": "uploaded s3://",
    "CreatePipeline": "created arn:",
    "UpdatePipeline": "updated arn:",
    "AddTags": "set tags",
    "UpdatePipelineVersion": "alias prod names",
    "CreateSchedule": "created schedule",
    "UpdateSchedule": "updated schedule",
}


def each(calls: tuple[str, ...], start: int = 0) -> list[object]:
    return [pytest.param(n, id=f"{n}-{call}") for n, call in enumerate(calls) if n >= start]


def looked(calls: tuple[str, ...]) -> int:
    """How many calls only look, before the first that writes."""
    return max(n for n, call in enumerate(calls) if call == "HeadObject") + 1


@pytest.fixture
def large(full: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same with a script that is uploaded in parts."""
    monkeypatch.setattr("compiler.deploy.upload.PART", PART)
    (full.parent / "prepare.py").write_text(LARGE)
    return full


@pytest.fixture
def changed(aws: Endpoint, run: Sagepipe, large: Path) -> Path:
    """A pipeline that is live, and of which everything has changed since."""
    assert run("upsert", large, "--yes", *ALIASED).exit_code == 0
    change(large)
    (large.parent / "prepare.py").write_text(LARGE + "# better\n")
    (large.parent / "train.py").write_text("print('trained better')\n")
    aws.calls.clear()
    return large


def ends_right(aws: Endpoint, run: Sagepipe, file: Path, versions: int) -> None:
    """A second run, and what is live then."""
    nothing_partial(aws)
    aws.faults.clear()
    again = run("upsert", file, "--yes", *ALIASED)
    assert again.exit_code == 0, again.output
    assert [v.aliases for v in aws.account.pipelines["small"].versions] == [*[[]] * (versions - 1), ["prod"]]
    check(aws, run, file, versions, 2 * versions, *ALIASED)


def killed(aws: Endpoint, processes: Apart, file: Path, number: int) -> None:
    """Run an upsert that dies when the service has done its call of that number, and no other."""
    aws.fail("*", "kill", after=True, skip=number)

    def begin(process: int) -> None:
        aws.victim = process

    (ended,) = processes.run(["upsert", file, "--yes", *ALIASED], begin=begin, part=PART)
    assert ended.code == -9, ended.said


@pytest.mark.parametrize("number", each(CREATING))
def test_killed_while_creating(aws: Endpoint, run: Sagepipe, processes: Apart, large: Path, number: int) -> None:
    killed(aws, processes, large, number)
    assert aws.operations == list(CREATING[: number + 1])
    ends_right(aws, run, large, versions=1)


@pytest.mark.parametrize("number", each(UPDATING))
def test_killed_while_updating(aws: Endpoint, run: Sagepipe, processes: Apart, changed: Path, number: int) -> None:
    killed(aws, processes, changed, number)
    assert aws.operations == list(UPDATING[: number + 1])
    ends_right(aws, run, changed, versions=2)


def test_these_are_all_calls(aws: Endpoint, run: Sagepipe, large: Path) -> None:
    """In an order in which all that is named is there already."""
    assert run("upsert", large, "--yes", *ALIASED).exit_code == 0
    assert tuple(aws.operations) == CREATING
    change(large)
    (large.parent / "prepare.py").write_text(LARGE + "# better\n")
    (large.parent / "train.py").write_text("print('trained better')\n")
    aws.calls.clear()
    assert run("upsert", large, "--yes", *ALIASED).exit_code == 0
    assert tuple(aws.operations) == UPDATING


def test_what_a_kill_leaves_of_an_upload_is_never_the_code(
    aws: Endpoint, run: Sagepipe, processes: Apart, large: Path
) -> None:
    """Parts without an object: the second run begins anew, and what it does not touch stays unseen."""
    killed(aws, processes, large, CREATING.index("UploadPart") + 1)
    assert [key for _, key in aws.account.objects if key.endswith("prepare.py")] == []
    assert [len(parts) for parts in aws.account.parts.values()] == [2]
    assert run("plan", large).stdout.count("  + s3://") == 1
    ends_right(aws, run, large, versions=1)
    assert [len(parts) for parts in aws.account.parts.values()] == [2]


def acts(calls: tuple[str, ...]) -> list[str]:
    """What a run that came so far has done. An alias is moved in two calls, and is moved after the second."""
    said = [DID[call] for call in calls if call in DID]
    if "UpdatePipelineVersion" in calls and "AddTags" in calls:
        said.remove(DID["UpdatePipelineVersion"])
    return said


def expired(aws: Endpoint, run: Sagepipe, file: Path, number: int, calls: tuple[str, ...]) -> None:
    """Credentials that expire after so many calls. What the message says is done is what was done, in that order."""
    aws.fail("*", "expired", skip=number, times=-1)
    failed = run("upsert", file, "--yes", *ALIASED)
    assert failed.exit_code == 3 and "error[aws-credentials]: " in failed.stderr and "have expired" in failed.stderr
    if number < looked(calls):
        assert aws.writes == [] and " done:" not in failed.stderr
        return
    done, wanted = acts(calls[:number]), acts(calls)
    assert [told[: len(begun)] for told, begun in zip(notes(failed.stderr, "done"), done, strict=True)] == done
    assert len(notes(failed.stderr, "not done")) == len(wanted) - len(done)
    assert "  = note: when this is mended, run the same command again: it finds what is done and does" in failed.stderr


def notes(told: str, head: str) -> list[str]:
    """The lines `done: …`, or `not done: …`."""
    start = f"  = note: {head}: "
    said = [line.removeprefix(start) for line in told.splitlines() if line.startswith(start)]
    return said if said != ["nothing"] else []


@pytest.mark.parametrize("number", each(CREATING, looked(CREATING) - 1))
def test_expired_while_creating(aws: Endpoint, run: Sagepipe, large: Path, number: int) -> None:
    expired(aws, run, large, number, CREATING)
    ends_right(aws, run, large, versions=1)


@pytest.mark.parametrize("number", each(UPDATING, looked(UPDATING) - 1))
def test_expired_while_updating(aws: Endpoint, run: Sagepipe, changed: Path, number: int) -> None:
    expired(aws, run, changed, number, UPDATING)
    ends_right(aws, run, changed, versions=2)


def test_expired_from_the_start(aws: Endpoint, run: Sagepipe, large: Path) -> None:
    """STS does not answer either: the call that comes next says why."""
    aws.fail("*", "expired", times=-1)
    failed = run("upsert", large, "--yes")
    assert failed.exit_code == 3 and "cannot describe the pipeline: the AWS credentials have expired" in failed.stderr
    assert aws.writes == []
    ends_right(aws, run, large, versions=1)


def test_an_alias_whose_move_was_cut_in_half(aws: Endpoint, run: Sagepipe, full: Path) -> None:
    run("upsert", full, "--yes", *ALIASED)
    edited(full, "default: 100", "default: 200")
    aws.fail("UpdatePipelineVersion", ("AccessDeniedException", "no", 403), skip=1, times=-1)
    failed = run("upsert", full, "--yes", *ALIASED)
    assert "alias prod was taken off version 1; no version has it now" in failed.stderr
    aws.faults.clear()
    assert "alias prod names version 2" in run("upsert", full, "--yes", *ALIASED).stderr
