"""Files take their names whole: what is written is on the disk before it can be found, and never changes in place."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from compiler.local.files import create_whole, write_whole
from compiler.local.store import Store


def put(folder: Path) -> None:
    source = folder.parent / "source"
    source.write_bytes(b"content")
    Store(folder).upload(source, "s3://b/k")


WRITERS: dict[str, Callable[[Path], object]] = {
    "create": lambda folder: create_whole(folder / "a" / "f", b"content"),
    "write": lambda folder: write_whole(folder / "a" / "f", b"content"),
    "upload": put,
}


def contents(folder: Path) -> dict[int, bytes]:
    """Of the files that are found: their inodes and bytes."""
    found = [path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(".tmp")]
    return {path.stat().st_ino: path.read_bytes() for path in found}


@pytest.mark.parametrize("name", WRITERS)
def test_what_is_found_was_flushed_before(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flushed: list[int] = []

    def fsync(file: int, real: Callable[[int], None] = os.fsync) -> None:
        assert not contents(tmp_path / "state"), "nothing has its name yet"
        real(file)
        flushed.append(os.fstat(file).st_ino)
        assert os.fstat(file).st_size == len(b"content")

    monkeypatch.setattr("os.fsync", fsync)
    WRITERS[name](tmp_path / "state")
    assert contents(tmp_path / "state") == {flushed[0]: b"content"}


@pytest.mark.parametrize("name", WRITERS)
def test_a_full_disk_leaves_nothing(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        WRITERS[name](tmp_path / "state")
    assert not [path for path in (tmp_path / "state").rglob("*") if path.is_file()]


@pytest.mark.parametrize("name", ["write", "upload"])
def test_a_file_is_replaced_and_never_written_over(name: str, tmp_path: Path) -> None:
    state = tmp_path / "state"
    WRITERS[name](state)
    for path in state.rglob("*"):
        if path.is_file():
            path.write_bytes(b"damaged")
    before = contents(state)
    WRITERS[name](state)
    after = contents(state)
    assert set(after.values()) == {b"content"} and not before.keys() & after.keys()
