"""`sagepipe` in processes of its own, which may be killed, and of which several may run at once.

Run as a script it imports everything once and then forks: a run of its own in a tenth of a second.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

FAST = (0.001,) * 5


class Ended(NamedTuple):
    """How a run ended: its exit code, minus the signal where one killed it, and what it said."""

    code: int
    said: str


class Apart:
    """The process that forks. `folder` takes what the runs say; `part` is the size of the parts of an upload."""

    def __init__(self, process: subprocess.Popen[str], folder: Path) -> None:
        self.process, self.folder = process, folder

    def run(self, *runs: list[object], begin: Callable[[int], None] = lambda _: None, part: int = 0) -> list[Ended]:
        """Run them at the same time. `begin` is told the process of the first, before any does anything."""
        rows = [[str(word) for word in run] for run in runs]
        told = {"runs": rows, "environment": dict(os.environ), "folder": str(self.folder), "part": part}
        begin(int(self._ask(told)))
        codes = json.loads(self._ask("go"))
        return [Ended(code, (self.folder / f"{n}.txt").read_text()) for n, code in enumerate(codes)]

    def _ask(self, order: Any) -> str:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline()


@contextmanager
def apart(folder: Path) -> Iterator[Apart]:
    command = [sys.executable, __file__]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Apart(process, folder)


def _serve() -> None:
    """A line is an order; the answers are the first process and, after another line, the exit codes."""
    _prepare()
    for line in sys.stdin:
        order = json.loads(line)
        ready, go = os.pipe()
        children = [_fork(order, number, ready, go) for number in range(len(order["runs"]))]
        print(children[0], flush=True)
        sys.stdin.readline()
        os.close(ready)
        os.close(go)
        print(json.dumps([os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]), flush=True)


def _prepare() -> None:
    """Import, and load the services' models, so that the children have them. No long pauses."""
    import botocore.retries.standard
    import botocore.session
    from botocore.loaders import create_loader

    import compiler.deploy.upsert
    import compiler.deploy.versions

    loader = create_loader()
    for service in ("sagemaker", "s3", "scheduler", "sts"):
        loader.load_service_model(service, "service-2")
        loader.load_service_model(service, "endpoint-rule-set-1")
    botocore.session.create_loader = lambda *_: loader
    botocore.retries.standard.ExponentialBackoff.delay_amount = lambda *_: FAST[0]
    compiler.deploy.upsert.PAUSES = FAST
    compiler.deploy.versions.PAUSES = FAST[:4]


def _fork(order: dict[str, Any], number: int, ready: int, go: int) -> int:
    child = os.fork()
    if child:
        return child
    os.close(go)
    os.read(ready, 1)  # ends when the other end is closed
    said = os.open(f"{order['folder']}/{number}.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(said, 1)
    os.dup2(said, 2)
    os.environ.clear()
    os.environ.update(order["environment"])
    try:
        _run(order["runs"][number], order["part"])
    except SystemExit as ended:
        sys.stdout.flush()
        os._exit(ended.code if isinstance(ended.code, int) else 1)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    os._exit(99)


def _run(arguments: list[str], part: int) -> None:
    import compiler.deploy.upload
    from compiler.cli.application import sagepipe

    signal.signal(signal.SIGINT, signal.default_int_handler)
    if part:
        compiler.deploy.upload.PART = part
    sagepipe.main(arguments, prog_name="sagepipe")


if __name__ == "__main__":
    _serve()
