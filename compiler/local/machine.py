"""Starts the processes of jobs, waits for them, and stops them."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from compiler.diagnostics.render.screen import visible
from compiler.local.backends import Backend, Room
from compiler.local.backends.table import Choice, Command
from compiler.local.environment import Python, lay, variables

GRACE, LOOK = 5.0, 0.2  # seconds: for a job to end by itself; between two looks at whether it is to end
TAIL, WIDE = 64 * 1024, 500
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_]?)")


class Ended(NamedTuple):
    """How a process ended. `code` is negative for a signal, as Python gives it; `cut` says why it was ended by us."""

    code: int
    seconds: float
    cut: str = ""


class NoBackend(Exception):
    """No way to give a job its /opt/ml works here; the text says why."""


class Machine:
    """This machine: one backend, one Python, and the processes that run at the moment.

    `choice` finds the backend, and is asked when the first job needs it: probing costs more than a run whose steps are
    all reused. `chosen` is then told.
    """

    def __init__(
        self, choice: Callable[[], Choice | str], python: Python, chosen: Callable[[Choice], None], *,
        network: bool = True,
    ) -> None:  # fmt: skip
        self._choice, self._chosen = choice, chosen
        self._found: Backend | None = None
        self.python, self.network = python, network
        self.cores = _cores()
        self.stopping = threading.Event()
        self._running: list[subprocess.Popen[bytes]] = []
        self._lock, self._choosing = threading.Lock(), threading.Lock()

    @property
    def backend(self) -> Backend:
        """The backend, found out when it is first asked for. Raises `NoBackend`."""
        with self._choosing:
            if self._found is None:
                choice = self._choice()
                if isinstance(choice, str):
                    raise NoBackend(choice)
                self._found = choice.backend
                self._chosen(choice)
            return self._found

    def room(self, folder: Path) -> Room:
        """Make the folders of a job. Raises `OSError`."""
        here = Path(__file__).parent
        readable = (*self.python.prefixes, *self.python.packages, here)
        room = Room(folder, readable, self.network)
        for part in (room.ml, room.work):
            part.mkdir(parents=True)
        (room.ml / "output").mkdir()
        lay(room.env, self.python, rewritten=self.backend.rewrites)
        return room

    def run(
        self, room: Room, arguments: list[str], environment: Mapping[str, str], *, folder: str = "",
        seconds: float | None = None,
    ) -> Ended:  # fmt: skip
        """Run one command of a job to its end; all it says goes to `log.txt`. Raises `OSError` where none can start."""
        scripts = room.env / "bin"
        base = variables(scripts, self.python, self._threads(), isolated=self.backend.isolated)
        command = Command(_python_first(arguments), {**base, **environment}, folder or str(room.work))
        wrapped = self.backend.wrap(command, room)
        began = time.monotonic()
        with (room.folder / "log.txt").open("ab") as log:
            process = subprocess.Popen(
                wrapped.arguments, env=wrapped.environment, cwd=wrapped.folder, stdin=subprocess.DEVNULL,
                stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        with self._lock:
            self._running.append(process)
        try:
            cut = self._wait(process, began, seconds)
        finally:
            _signal(process, signal.SIGKILL)  # what it left running in the background ends with it
            process.wait()
            _end_strays(room.env)
            with self._lock:
                self._running.remove(process)
        return Ended(process.returncode, time.monotonic() - began, cut)

    def _wait(self, process: subprocess.Popen[bytes], began: float, seconds: float | None) -> str:
        while True:
            left = None if seconds is None else began + seconds - time.monotonic()
            if self.stopping.is_set():
                _end(process)
                return "stopped"
            if left is not None and left <= 0:
                _end(process)
                return f"it ran longer than its {seconds:.0f} seconds"
            try:
                process.wait(timeout=min(left, LOOK) if left is not None else LOOK)
                return "stopped" if self.stopping.is_set() else ""
            except subprocess.TimeoutExpired:
                continue

    def stop(self) -> None:
        """Have all jobs ended: politely, and those that do not listen after a while by force."""
        self.stopping.set()

    def _threads(self) -> int:
        """The machine's cores, shared out over the jobs that run."""
        with self._lock:
            return max(1, self.cores // (len(self._running) + 1))


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _python_first(arguments: list[str]) -> list[str]:
    """The command with the container's Python, wherever it lies there, as the job's own."""
    program = arguments[0].rpartition("/")[2]
    rest = program.removeprefix("python")
    is_python = (program.startswith("python") and rest.replace(".", "").isdigit()) or program == "python"
    return ["python3" if rest.startswith("3") else "python", *arguments[1:]] if is_python else arguments


def _end(process: subprocess.Popen[bytes]) -> None:
    _signal(process, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=GRACE)


def _signal(process: subprocess.Popen[bytes], number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def _end_strays(env: Path) -> None:
    """End what left the job's session, by the environment that it still has; where there is no /proc, nothing."""
    mark = f"\0VIRTUAL_ENV={env}\0".encode()
    for path in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if mark in b"\0" + path.read_bytes():
                os.kill(int(path.parent.name), signal.SIGKILL)


def newest_log(folder: Path) -> Path:
    """The log of a job, or of the one of several that wrote last; whether or not there is one yet."""
    logs = [log for log in (folder / "log.txt", *folder.glob("*/log.txt")) if log.is_file()]
    return max(logs, key=lambda log: log.stat().st_mtime, default=folder / "log.txt")


def last_lines(log: Path, count: int) -> list[str]:
    """The last lines of a log as a terminal may show them, cut where they are very long; "" left out at the end; none
    where there is no log."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - TAIL))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return []
    return [_shown(line) for line in text.rstrip().splitlines()[-count:]] if text.strip() else []


def _shown(line: str) -> str:
    """A line without colours, and with nothing in it that would move the cursor."""
    plain = visible(_ESCAPES.sub("", line).expandtabs())
    return plain if len(plain) <= WIDE else f"{plain[:WIDE]}..."
