"""Archives of models and outputs: packed so that the same files give the same bytes, unpacked without surprises."""

from __future__ import annotations

import gzip
import os
import shutil
import tarfile
from pathlib import Path

from compiler.local.jobs.job import JobFailed


def pack(folder: Path, archive: Path) -> None:
    """Pack a folder's files as a `.tar.gz`: in the order of their names, without times and owners, links followed.
    Links to nothing, sockets and pipes are left out."""
    with (
        archive.open("wb") as raw,
        gzip.GzipFile("", "wb", 1, raw, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", dereference=True) as tar,
    ):
        for path in sorted(path for path in folder.rglob("*") if path.is_file() or path.is_dir()):
            tar.add(path, path.relative_to(folder).as_posix(), recursive=False, filter=_plain)


def _plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.mtime = member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


def unpack(archive: Path, folder: Path) -> None:
    """Unpack into a folder. Raises `JobFailed` for what is no archive, and for one that would write outside of it.

    Checked by hand: some builds of Python 3.11 lack the filters of `tarfile`.
    """
    base = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with tarfile.open(archive) as tar:
            for member in (m for m in tar.getmembers() if m.isfile() or m.isdir()):
                target = Path(os.path.normpath(base / member.name))
                if not target.is_relative_to(base):
                    raise JobFailed(f"{archive.name} names a path outside of itself: {member.name}")
                _write(tar, member, target)
    except (tarfile.TarError, OSError, EOFError) as problem:
        raise JobFailed(f"{archive.name} is no sound archive: {problem}") from None


def _write(tar: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> None:
    if member.isdir():
        target.mkdir(parents=True, exist_ok=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    source = tar.extractfile(member)
    assert source is not None
    with target.open("wb") as file:
        shutil.copyfileobj(source, file)
    target.chmod(0o755 if member.mode & 0o100 else 0o644)
