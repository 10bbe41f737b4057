"""Executions as they are kept: what was asked, what every step did, how it ended. Times stand here and nowhere else."""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from compiler.local.files import read_json, write_json

Json = Any
FORMAT = 1
STATE = ".sagepipe"
_NEEDED = frozenset(("id", "pipeline", "status", "started"))
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def state_folder(root: Path) -> Path:
    """The folder for all that is kept, made where it is not there, and never committed."""
    folder = root / STATE
    folder.mkdir(parents=True, exist_ok=True)
    ignore = folder / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n", encoding="utf-8")
    return folder


def new_id(now: float) -> str:
    """An execution id as the service's look: twelve letters and digits, later ones sorting behind earlier ones."""
    number, text = int(now * 1000), ""
    while number:
        number, digit = divmod(number, 36)
        text = _DIGITS[digit] + text
    return text + "".join(secrets.choice(_DIGITS) for _ in range(12 - len(text)))


class Execution:
    """The folder of one execution, owned by this process until `close`."""

    def __init__(self, state: Path, name: str, facts: dict[str, Json]) -> None:
        self.started = time.time()
        self.id = new_id(self.started)
        self.folder = state / "executions" / self.id
        self.folder.mkdir(parents=True)
        self._lock = _held(self.folder / "lock")
        self.facts: dict[str, Json] = {
            "format": FORMAT, "id": self.id, "pipeline": name, "status": "Executing", "started": self.started, **facts,
        }  # fmt: skip
        write_json(self.folder / "execution.json", self.facts)

    def step_folder(self, step: str) -> Path:
        """Where a step keeps its log, inputs and outputs."""
        return self.folder / "jobs" / step

    def write_step(self, step: str, facts: dict[str, Json]) -> None:
        """The record of an ended step, written once."""
        write_json(self.folder / "steps" / f"{step}.json", {"format": FORMAT, "step": step, **facts})

    def finish(self, status: str, facts: dict[str, Json]) -> None:
        self.facts |= {"status": status, "ended": time.time(), **facts}
        write_json(self.folder / "execution.json", self.facts)

    def close(self) -> None:
        self._lock.close()


def _held(path: Path) -> IO[bytes]:
    """A file locked for as long as this process lives, however it ends."""
    file = path.open("wb")
    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return file


def executions(state: Path) -> Iterator[dict[str, Json]]:
    """Every execution's record, oldest first. One whose process is gone without an end is `Interrupted`."""
    folder = state / "executions"
    for entry in sorted(folder.iterdir()) if folder.is_dir() else ():
        facts = None if entry.name.startswith(".") else read_execution(entry)
        if facts:
            yield facts


def read_execution(folder: Path) -> dict[str, Json] | None:
    """The record of one execution, or None where it has none."""
    facts = read_json(folder / "execution.json")
    if not isinstance(facts, dict) or not facts.keys() >= _NEEDED:
        return None
    if facts.get("status") == "Executing" and not _is_held(folder / "lock"):
        facts["status"] = "Interrupted"
    return facts


def find_execution(state: Path, wanted: str) -> dict[str, Json] | None:
    """The execution of that id, or of the only id that begins so; `latest` is the newest."""
    every = list(executions(state))
    if wanted == "latest":
        return every[-1] if every else None
    found = [facts for facts in every if str(facts["id"]).startswith(wanted)]
    return found[0] if len(found) == 1 else None


def steps_of(state: Path, execution: str) -> dict[str, dict[str, Json]]:
    """The records of the steps of an execution that ended, in the order they were started."""
    folder = state / "executions" / execution / "steps"
    read = [read_json(path) for path in folder.glob("*.json")]
    found = [facts for facts in read if isinstance(facts, dict) and "step" in facts]
    return {facts["step"]: facts for facts in sorted(found, key=lambda f: (f.get("number", 0), f["step"]))}


def _is_held(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def remove_execution(state: Path, execution: str) -> None:
    """Remove an execution's folder, in one step first, so that nobody finds half of it."""
    folder = state / "executions" / execution
    aside = state / "executions" / f".{execution}-{os.getpid()}"
    folder.rename(aside)
    clear_away(aside)


def clear_away(aside: Path) -> None:
    """Remove a folder, whatever a job forbade in it."""
    for parent, folders, _ in os.walk(aside):
        for path in (Path(parent, name) for name in folders):
            if not path.is_symlink():
                path.chmod(0o700)
    shutil.rmtree(aside, ignore_errors=True)
