"""The same input gives the same bytes: another day, another machine, another user, after the code has been run."""

from __future__ import annotations

import compileall
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from compiler import compile_file, compile_text
from compiler.data import data_path

ROOT = Path(__file__).resolve().parents[1]


def checkout(folder: Path) -> Path:
    """The shipped pipelines and their code, as a project of its own."""
    for name in ("pipelines", "step_code"):
        shutil.copytree(data_path(name), folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / ".git").mkdir()
    return folder


def used(folder: Path) -> Path:
    """What happens to a checkout that is worked in: the code was run, files were touched, an editor left its own."""
    assert compileall.compile_dir(folder / "step_code", quiet=1)
    (folder / "step_code" / ".DS_Store").write_bytes(b"\0")
    (folder / "step_code" / ".vscode").mkdir()
    (folder / "step_code" / ".vscode" / "settings.json").write_text("{}", "utf-8")
    for path in (folder / "step_code").iterdir():
        if path.is_file():
            path.chmod(path.stat().st_mode | stat.S_IXUSR | stat.S_IWGRP)
            os.utime(path, (1_000_000_000, 1_000_000_000))
    return folder


def compiled(folder: Path, cwd: Path, umask: int = 0o022, **variables: str) -> dict[str, bytes]:
    """All that `compile` writes for every shipped pipeline, by relative path."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **variables}
    output = folder / "build"
    pipelines = os.path.relpath(folder / "pipelines", cwd)
    command = [sys.executable, "-m", "compiler", "compile", pipelines, "-o", str(output)]
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, umask=umask)
    assert done.returncode == 0, done.stderr
    return {path.relative_to(output).as_posix(): path.read_bytes() for path in output.rglob("*") if path.is_file()}


def test_two_checkouts_give_the_same_bytes(tmp_path):
    one = checkout(tmp_path / "one")
    other = used(checkout(tmp_path / "another, and elsewhere"))
    first = compiled(one, one, PYTHONHASHSEED="0", LC_ALL="C", TZ="Asia/Seoul")
    second = compiled(other, tmp_path, 0o077, PYTHONHASHSEED="1", LC_ALL="C.UTF-8", TZ="UTC", HOME=str(tmp_path))
    assert {"fraud-detection/definition.json", "fraud-detection/upsert.py"} <= first.keys()
    assert first == second
    assert not [name for name, content in first.items() if str(tmp_path).encode() in content]


def test_the_order_of_the_folder_does_not_count(tmp_path, monkeypatch):
    folder = checkout(tmp_path)
    path = folder / "pipelines" / "fraud-detection.pipeline.yaml"
    expected = compile_file(path).files()
    walk = os.walk

    def backwards(*arguments, **options):
        for parent, folders, files in walk(*arguments, **options):
            folders.reverse()
            yield parent, folders, files[::-1]

    monkeypatch.setattr(os, "walk", backwards)
    assert compile_file(path).files() == expected


@pytest.mark.parametrize("file", sorted(data_path("pipelines").glob("*.pipeline.yaml")), ids=lambda path: path.name)
def test_the_text_and_the_file_are_one(file):
    text = file.read_text("utf-8")
    assert compile_text(text, path=file).files() == compile_file(file).files()
    windows = compile_text(text.replace("\n", "\r\n"), path=file)
    assert windows.definition == compile_file(file).definition


def test_the_code_decides_the_key_and_nothing_else(tmp_path):
    folder = checkout(tmp_path)
    path = folder / "pipelines" / "fraud-detection.pipeline.yaml"
    before = compile_file(path)
    (folder / "step_code" / "train.py").write_text("# another script\n", "utf-8")
    after = compile_file(path)
    changed = [a != b for (_, a), (_, b) in zip(before.assets, after.assets, strict=True)]
    names = [asset.name for asset, _ in after.assets]
    assert sorted(zip(names, changed, strict=True)) == [
        ("evaluate.py", False), ("preprocess.py", False), ("sourcedir.tar.gz", True),
    ]  # fmt: skip
