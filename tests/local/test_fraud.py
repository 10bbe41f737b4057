"""The pipeline the product is measured by, on made data: both branches, with the cache between."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tiny import Done

from compiler.data import data_path

Json = Any
Sagepipe = Callable[..., Done]
FILE = "pipelines/fraud-detection.pipeline.yaml"

pytest.importorskip("xgboost")


@pytest.fixture
def fraud(tmp_path: Path) -> Path:
    folder = tmp_path / "fraud"
    for name in ("pipelines", "step_code"):
        shutil.copytree(data_path(name), folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "pyproject.toml").write_text("", encoding="utf-8")
    maker = folder / "step_code" / "generate_data.py"
    subprocess.run([sys.executable, maker, "--rows", "1500", "--seed", "7", folder / "data"], check=True)
    return folder


def events(done: Done) -> dict[str, Json]:
    """The last event of each step, by name; "" for the end."""
    assert done.returncode == 0, done.stderr + done.stdout
    found = [json.loads(line) for line in done.stdout.splitlines()]
    return {event.get("step", ""): event for event in found if event["event"] in ("step-ended", "ended")}


def test_two_executions_take_both_branches(fraud: Path, sagepipe: Sagepipe) -> None:
    run = ("run", FILE, "--data", "s3://ml-dev-111122223333/claims/=data", "--json")
    first = events(sagepipe(*run, "-p", "AucThreshold=0.99", cwd=fraud))
    assert {name: event["status"] for name, event in first.items()} == {
        "process": "Succeeded", "train": "Succeeded", "evaluation": "Succeeded", "quality-gate": "Succeeded",
        "tune": "Succeeded", "register": "NotRun", "create-model": "NotRun", "": "Succeeded",
    }  # fmt: skip
    assert first["tune"]["metrics"]["best validation:auc"] > 0.5
    second = events(sagepipe(*run, "-p", "AucThreshold=0.5", cwd=fraud))
    source = first[""]["execution"]
    assert [second[s].get("reused") for s in ("process", "train", "evaluation")] == [source] * 3
    assert (second["register"]["status"], second["create-model"]["status"]) == ("Succeeded", "Succeeded")
    assert second["tune"]["status"] == "NotRun"
    assert second["register"]["metrics"] == {
        "version": 1, "group": "fraud-detection", "approval": "PendingManualApproval"
    }  # fmt: skip
    shown = sagepipe("runs", "show", second[""]["execution"], cwd=fraud).stdout
    assert "parameter AucThreshold = 0.5" in shown and source in shown
    listed = sagepipe("runs", cwd=fraud).stdout.splitlines()
    assert len(listed) == 3 and listed[2].startswith(second[""]["execution"])
    assert (fraud / ".sagepipe" / ".gitignore").read_text() == "*\n"


def test_a_compiled_folder_runs_by_itself(fraud: Path, sagepipe: Sagepipe) -> None:
    assert sagepipe("compile", FILE, "-o", "build", cwd=fraud).returncode == 0
    (fraud / "data" / "customers.csv").unlink()
    run = ("run", "build/definition.json", "--data", "s3://ml-dev-111122223333/claims/=data")
    done = sagepipe(*run, cwd=fraud)
    assert done.returncode == 1
    assert "step `process` failed (pipelines/fraud-detection.pipeline.yaml:" in done.stderr
    assert "customers.csv" in done.stderr
    assert "this step again: sagepipe run build/definition.json --resume" in done.stderr
    assert "train" in done.stderr and "not run: `process` failed" in done.stderr


def test_what_is_wrong_with_the_call_is_told(fraud: Path, sagepipe: Sagepipe) -> None:
    done = sagepipe("run", FILE, "-p", "AucTreshold=1", "-p", "TrainingInstanceCount=two", cwd=fraud)
    assert done.returncode == 1
    assert "no parameter is named `AucTreshold`; did you mean `AucThreshold`?" in done.stderr
    assert "parameter `TrainingInstanceCount` is of type integer, which `two` is not" in done.stderr
    done = sagepipe("run", FILE, "-p", "TrainingInstanceCount=2", cwd=fraud)
    assert "pipelines/fraud-detection.pipeline.yaml:" in done.stderr
    assert done.stderr.count("2 instances are wanted") == 2
    done = sagepipe("run", FILE, "--data", "s3://b/x/=nowhere", cwd=fraud)
    assert done.returncode == 1 and "nothing lies there" in done.stderr
