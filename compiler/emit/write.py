"""An output folder, written whole or not at all."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

OPTIONAL = ("schedule.json", "sagepipe.cloudformation.yaml", "sagepipe.tf")
_DIGEST = re.compile(r"[0-9a-f]{64}")


def write_folder(files: Mapping[str, bytes], folder: Path) -> None:
    """Write `files` (`outputs`) into `folder`, replacing those of an earlier compile and leaving all others alone.

    Everything is first written to a folder of its own, on the same disk. A new folder then appears in one step. In one
    that is there each file is replaced in one step, assets first, so that whoever reads finds what the manifest names.
    Raises `OSError` where the folder cannot be made or written; what was there before is then still there.
    """
    fresh = not folder.exists()
    staging = _staging(folder, folder.parent if fresh else folder)
    try:
        for name, content in files.items():
            path = staging / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        if fresh:
            staging.rename(folder)
        else:
            _move_in(files, staging, folder)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _staging(folder: Path, parent: Path) -> Path:
    """A new folder with the user's usual permissions; one of this name can only be left over from a dead process.

    Raises `OSError`, which names `folder`.
    """
    staging = parent / f".sagepipe-{os.getpid()}"
    try:
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir(parents=True)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(folder)) from error
    return staging


def _move_in(files: Mapping[str, bytes], staging: Path, folder: Path) -> None:
    for name in sorted(files, key=lambda name: not name.startswith("assets/")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (staging / name).replace(folder / name)
    for name in OPTIONAL:
        if name not in files:
            (folder / name).unlink(missing_ok=True)
    _remove_stale(folder / "assets", {name.split("/")[1] for name in files if name.startswith("assets/")})


def _remove_stale(assets: Path, kept: set[str]) -> None:
    """Remove what an earlier compile wrote; a folder that is not named by a digest is somebody else's."""
    if not assets.is_dir():
        return
    for entry in sorted(assets.iterdir()):
        if entry.name not in kept and _DIGEST.fullmatch(entry.name):
            shutil.rmtree(entry)
