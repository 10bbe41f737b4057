"""The step scripts run as they do in a job: as processes of their own, on generated claims, in temporary folders."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from step_runs import CONTAINER_PYTHON, STEP_CODE, Chain, Done, Run, run_chain


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
