"""One process measured, and the line that tells of it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from compiler.data import data_path

ROOT = data_path("pipelines").parent


class Run(NamedTuple):
    """One process: its wall time in seconds, its peak memory in MB, and what it printed."""

    seconds: float
    megabytes: float
    output: str


def measured(command: list[str], folder: Path = ROOT, **variables: str) -> Run:
    """Run a command to its end. Ends this process where it fails. `variables` are added to its environment."""
    start = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=folder, env={**os.environ, **variables}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None and process.stderr is not None
    output, said = process.stdout.read(), process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command[:3])} ...: exit {process.returncode}\n{output}{said}")
    unit = 1 if sys.platform == "darwin" else 1024
    return Run(seconds, usage.ru_maxrss * unit / 1e6, output)


def line(what: str, seconds: float, megabytes: float | None, ratio: str) -> None:
    """Print one line of a table."""
    memory = f"{megabytes:6.0f} MB" if megabytes is not None else " " * 9
    print(f"  {what:36} {seconds * 1000:7.0f} ms {memory}  {ratio}".rstrip())
