"""Two upserts at once, as processes of their own that wait for each other just before the same write."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from apart import Apart, Ended
from loopback import Endpoint
from settled import change, check
from small import Sagepipe, edited

PART = 10_000
ALIASED = ("--alias", "prod")


@pytest.fixture
def large(full: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("compiler.deploy.upload.PART", PART)
    (full.parent / "prepare.py").write_text("# " + "x" * 2 * PART + "\n")
    return full


def both(aws: Endpoint, processes: Apart, at: str, *files: Path) -> list[Ended]:
    """Upserts of these files, started together; before their calls of `at`, the one waits for the other."""
    aws.calls.clear()
    aws.fail(at, "meet", times=2)
    ended = processes.run(*(["upsert", file, "--yes", *ALIASED] for file in files), part=PART)
    assert aws.faults[0].times == 0, f"they did not meet: {ended}"
    return ended


@pytest.mark.parametrize(
    "at", ["HeadObject", "PutObject", "UploadPart", "CompleteMultipartUpload", "CreatePipeline", "CreateSchedule"]
)
def test_both_create(aws: Endpoint, run: Sagepipe, processes: Apart, large: Path, at: str) -> None:
    ended = both(aws, processes, at, large, large)
    assert [one.code for one in ended] == [0, 0], ended
    assert [v.aliases for v in aws.account.pipelines["small"].versions] == [["prod"]]
    assert aws.account.parts == {}
    check(aws, run, large, 1, 2, *ALIASED)


@pytest.mark.parametrize("at", ["DescribePipeline", "UpdatePipeline", "AddTags", "UpdatePipelineVersion"])
def test_both_update(aws: Endpoint, run: Sagepipe, processes: Apart, full: Path, at: str) -> None:
    """An update has no token: where both are at it in the same instant, there are two versions alike."""
    run("upsert", full, "--yes", *ALIASED)
    change(full)
    ended = both(aws, processes, at, full, full)
    assert [one.code for one in ended] == [0, 0], ended
    versions = aws.account.pipelines["small"].versions
    assert len(versions) in (2, 3) and len({v.definition for v in versions[1:]}) == 1
    assert [v.aliases for v in versions][-1] == ["prod"] and versions[0].aliases == []
    check(aws, run, full, len(versions), 3, *ALIASED)


def test_they_want_different_things(aws: Endpoint, run: Sagepipe, processes: Apart, full: Path, tmp_path: Path) -> None:
    """One of them is live then, whole and not a mixture; whoever runs again has its way."""
    run("upsert", full, "--yes", *ALIASED)
    shutil.copytree(full.parent, tmp_path / "other")
    other = edited(tmp_path / "other" / full.name, "default: 100", "default: 300")
    edited(full, "default: 100", "default: 200")
    ended = both(aws, processes, "UpdatePipeline", full, other)
    assert [one.code for one in ended] == [0, 0], ended
    aws.faults.clear()
    assert sorted(run("plan", file).exit_code for file in (full, other)) == [0, 4]
    for file in (full, other):
        assert run("upsert", file, "--yes", *ALIASED).exit_code == 0
        assert run("plan", file).exit_code == 0
        assert aws.account.pipelines["small"].versions[-1].aliases == ["prod"]
