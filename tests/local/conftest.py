from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tiny import Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    folder = tmp_path / "project"
    folder.mkdir()
    return Project(folder)


@pytest.fixture
def sagepipe(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """The command as a process of its own."""

    def call(*arguments: object, cwd: Path = tmp_path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", "from compiler.cli import main; main()", *map(str, arguments)]
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "COV_"))}
        return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, env=environment)

    return call
