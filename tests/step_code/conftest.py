"""The step scripts run as they do in a job: as processes of their own, on generated claims, in temporary folders."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

STEP_CODE = Path(__file__).parents[2] / "step_code"
CONTAINER_PYTHON = os.environ.get("SAGEPIPE_CONTAINER_PYTHON") or None

Done = subprocess.CompletedProcess[str]
Run = Callable[..., Done]


@pytest.fixture(scope="session")
def step_code() -> Path:
    return STEP_CODE


@pytest.fixture(scope="session")
def run() -> Run:
    """Run a script to its end: `run("train.py", "--eta", 0.1, python=…, env={"SM_MODEL_DIR": …})`."""

    def run(
        script: str, *arguments: object, python: str = sys.executable, env: dict[str, object] | None = None
    ) -> Done:
        command = [python, str(STEP_CODE / script), *map(str, arguments)]
        surroundings = {
            **os.environ,
            "OMP_NUM_THREADS": "1",
            **{name: str(value) for name, value in (env or {}).items()},
        }
        return subprocess.run(command, capture_output=True, text=True, env=surroundings, timeout=120)

    return run


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


@pytest.fixture(scope="session")
def claims(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("claims")
    assert run("generate_data.py", "--rows", 5000, "--seed", 7, folder).returncode == 0
    return folder


@pytest.fixture(scope="session")
def chain(run: Run, claims: Path, tmp_path_factory: pytest.TempPathFactory) -> Chain:
    return run_chain(run, claims, tmp_path_factory.mktemp("chain"))


@pytest.fixture(scope="session")
def container_chain(run: Run, claims: Path, tmp_path_factory: pytest.TempPathFactory) -> Chain:
    """The same with the releases of the containers (see container-requirements.txt)."""
    if CONTAINER_PYTHON is None:
        pytest.skip("SAGEPIPE_CONTAINER_PYTHON names no interpreter")
    return run_chain(run, claims, tmp_path_factory.mktemp("container-chain"), CONTAINER_PYTHON)
