"""Runs of the step scripts one after the other, as the fraud pipeline chains them."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

STEP_CODE = Path(__file__).parents[2] / "step_code"
CONTAINER_PYTHON = os.environ.get("SAGEPIPE_CONTAINER_PYTHON") or None

Done = subprocess.CompletedProcess[str]
Run = Callable[..., Done]


@dataclass(frozen=True, slots=True)
class Chain:
    """The folders of one run of preprocess, train and evaluate, and what train printed."""

    folder: Path
    log: str

    @property
    def train(self) -> Path:
        return self.folder / "train" / "train.csv"

    @property
    def test(self) -> Path:
        return self.folder / "test" / "test.csv"

    @property
    def report(self) -> Path:
        return self.folder / "report" / "evaluation.json"


def pack(folder: Path) -> None:
    """What SageMaker does with the model folder after training."""
    with tarfile.open(folder / "model.tar.gz", "w:gz") as archive:
        archive.add(folder / "model", arcname=".")


def run_chain(run: Run, claims: Path, folder: Path, python: str = sys.executable) -> Chain:
    def step(script: str, *arguments: object, **env: object) -> str:
        done = run(script, *arguments, python=python, env=env)
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout

    step("preprocess.py", "--split-rate", 0.2, "--input-dir", claims, "--output-dir", folder)
    log = step("train.py", "--num_round", 40, SM_CHANNEL_TRAIN=folder / "train", SM_MODEL_DIR=folder / "model")
    pack(folder)
    step("evaluate.py", "--model-dir", folder, "--test-dir", folder / "test", "--output-dir", folder / "report")
    return Chain(folder, log)
