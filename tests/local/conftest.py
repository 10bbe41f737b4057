from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from tiny import Done, Project

from compiler.cli.application import sagepipe as sagepipe_command


@pytest.fixture
def project(tmp_path: Path) -> Project:
    folder = tmp_path / "project"
    folder.mkdir()
    return Project(folder)


@pytest.fixture
def sagepipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Done]:
    """The command, called in this process."""

    def call(*arguments: object, cwd: Path = tmp_path) -> Done:
        with monkeypatch.context() as patch:
            patch.chdir(cwd)
            found = CliRunner().invoke(sagepipe_command, [str(word) for word in arguments])
        return Done(found.exit_code, found.stdout, found.stderr)

    return call
