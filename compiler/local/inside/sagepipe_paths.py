"""Inside a job whose paths were rewritten: a path below /opt/ml that was put together at run time is told as such.

Copied into the job's environment and imported when its Python starts. Python 3.8 and newer.
"""

from __future__ import annotations

import os
import sys

WATCHED = (
    "open", "os.mkdir", "os.listdir", "os.scandir", "os.remove", "os.rename", "os.rmdir", "os.chdir", "os.symlink",
)  # fmt: skip
PLACE = os.environ.get("SAGEPIPE_REWRITTEN", "")


def told(event: str, arguments: tuple[object, ...]) -> None:
    if event not in WATCHED or not PLACE:
        return
    for path in arguments[:2]:
        if isinstance(path, bytes):
            path = os.fsdecode(path)
        if isinstance(path, str) and (path == PLACE or path.startswith(PLACE + "/")):
            raise RuntimeError(
                "%s is put together while running, which the backend `rewrite` cannot see: take the folder from an "
                "argument or an SM_* variable, or run where another backend works (`sagepipe run --backend`)" % path
            )


sys.addaudithook(told)
