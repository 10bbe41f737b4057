"""An output folder, written whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from compiler.emit.outputs import Outputs

OURS = ("definition.json", "upsert.json", "upsert.py", "assets.json", "sourcemap.json", "schedule.json", "assets")


def write_folder(outputs: Outputs, folder: Path) -> None:
    """Write the files into `folder`, replacing those of an earlier compile and leaving any other file alone.

    Everything is first written beside the folder, then moved in: a fault on the way leaves the old files. `OSError`
    where the folder cannot be made or written.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        for name, content in outputs.files.items():
            path = staging / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        folder.mkdir(exist_ok=True)
        _move_in(staging, folder)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _move_in(staging: Path, folder: Path) -> None:
    """Files by an atomic rename each; `definition.json` last, so that who sees the new one finds its assets."""
    _swap_assets(staging, folder)
    for name in reversed(OURS[:-1]):
        fresh, old = staging / name, folder / name
        if fresh.exists():
            os.replace(fresh, old)
        elif old.exists():
            old.unlink()


def _swap_assets(staging: Path, folder: Path) -> None:
    fresh, old = staging / "assets", folder / "assets"
    aside = staging / "assets-before"
    if old.exists():
        os.replace(old, aside)
    if fresh.exists():
        os.replace(fresh, old)
