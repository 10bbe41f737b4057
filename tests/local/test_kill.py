"""Kills at any moment and runs at the same time leave nothing half done."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tiny import HOUR, Project, here, output, processing

from compiler.local.records import Execution, executions
from compiler.local.upkeep import verify

Json = Any
WRITE = """
import os, pathlib
for number in range(4):
    pathlib.Path('/opt/ml/processing/o/%d.bin' % number).write_bytes(b'%d' % number * 300_000)
"""
SUM = """
import pathlib
files = sorted(pathlib.Path('/opt/ml/processing/i').glob('*.bin'))
assert [len(file.read_bytes()) for file in files] == [300_000] * 4, files
pathlib.Path('/opt/ml/processing/o/sum.txt').write_text('whole')
"""


def chain(project: Project) -> list[str]:
    place = "/opt/ml/processing/o"
    project.steps = [
        processing("write", project.file("write.py", WRITE), None, {"o": (here("w"), place)}, CacheConfig=HOUR),
        processing(
            "sum", project.file("sum.py", SUM), {"i": (output("write", "o"), "/opt/ml/processing/i")},
            {"o": (here("s"), place)}, CacheConfig=HOUR,
        ),
    ]  # fmt: skip
    words = [sys.executable, "-c", "from compiler.cli import main; main()", "run", str(project.definition()), "--json"]
    for uri, path in project.mounts.items():
        words += ["--data", f"{uri}={path}"]
    return words


def start(words: list[str]) -> subprocess.Popen[str]:
    """A run that takes Ctrl-C, which shells let their background jobs ignore."""
    listen = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    words = [listen + word if word.startswith("from compiler") else word for word in words]
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ended(process: subprocess.Popen[str]) -> list[Json]:
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err + out
    return [json.loads(line) for line in out.splitlines()]


def sound(state: Path) -> None:
    checked = verify(state)
    assert not checked.faults
    for record in (state / "executions").glob("*/**/*.json"):
        if "ml" not in record.parts and "work" not in record.parts:
            json.loads(record.read_text(encoding="utf-8"))


def test_a_kill_at_any_moment_leaves_nothing_half_done(project: Project) -> None:
    """`SAGEPIPE_KILLS=50` kills fifty times."""
    words = chain(project)
    began = time.monotonic()
    ended(start(words))
    whole = time.monotonic() - began
    dice = random.Random(1)
    for _ in range(int(os.environ.get("SAGEPIPE_KILLS", "6"))):
        for record in (project.state / "cache").glob("**/*.json"):
            record.unlink()  # so that the steps run again, and are killed again
        process = start(words)
        time.sleep(dice.uniform(0.2, 1.0) * whole)
        process.kill()
        process.communicate()
        sound(project.state)
    last = ended(start(words))
    assert last[-1]["status"] == "Succeeded"
    sound(project.state)
    assert project.store.read(f"s3://b/{_source(last, 'sum')}/s/sum.txt") == b"whole"
    assert {facts["status"] for facts in executions(project.state)} <= {"Interrupted", "Succeeded"}


def _source(events: list[Json], step: str) -> str:
    event = next(e for e in events if e.get("step") == step and e["event"] == "step-ended")
    return str(event.get("reused") or events[-1]["execution"])


def test_two_runs_at_once_do_not_disturb_each_other(project: Project) -> None:
    words = chain(project)
    both = [start(words) for _ in range(2)]
    for process in both:
        assert ended(process)[-1]["status"] == "Succeeded"
    sound(project.state)
    again = ended(start(words))
    assert all(event.get("reused") for event in again if event["event"] == "step-ended")


def until(met: Callable[[], object]) -> None:
    """Wait for something that another process brings about."""
    deadline = time.monotonic() + 60
    while not met():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.02)


def test_an_interrupt_stops_the_jobs_and_says_how_to_go_on(project: Project) -> None:
    words = chain(project)
    slow = "import pathlib, time\npathlib.Path('/opt/ml/processing/o/begun').touch()\ntime.sleep(60)"
    project.file("sum.py", slow)
    words.remove("--json")
    process = start(words)
    until(lambda: list(project.state.glob("executions/*/jobs/sum/ml/processing/o/begun")))
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "to go on where it stopped: sagepipe run" in err
    (facts,) = executions(project.state)
    assert (facts["status"], facts["steps"]) == ("Stopped", {"write": "Succeeded", "sum": "Stopped"})
    project.file("sum.py", SUM)
    done = ended(start([*words, "--json", "--resume", facts["id"]]))
    assert done[-1]["status"] == "Succeeded"
    assert _source(done, "write") == facts["id"]


def test_an_interrupted_job_has_time_to_end_by_itself(project: Project) -> None:
    words = chain(project)
    slow = """
import pathlib, signal, sys, time
def end(number, frame):
    time.sleep(1.5)
    pathlib.Path('/opt/ml/processing/o/saved').touch()
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
pathlib.Path('/opt/ml/processing/o/begun').touch()
while True:
    time.sleep(0.1)
"""
    project.file("sum.py", slow)
    process = start(words)
    until(lambda: list(project.state.glob("executions/*/jobs/sum/ml/processing/o/begun")))
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert process.returncode == 130
    assert list(project.state.glob("executions/*/jobs/sum/ml/processing/o/saved"))
    assert not list((project.state / "cache").glob("*/sum/*")), "what was stopped is not kept"


def test_a_job_does_not_outlive_a_killed_run(project: Project) -> None:
    words = chain(project)
    mark = project.folder / "ticks"
    ticking = f"""
import pathlib, time
while True:
    pathlib.Path({str(mark)!r}).write_text(str(time.time()))
    time.sleep(0.02)
"""
    project.file("write.py", ticking)
    process = start(words)
    until(mark.exists)
    process.kill()
    process.communicate()
    time.sleep(0.3)
    last = mark.stat().st_mtime_ns
    time.sleep(0.3)
    assert mark.stat().st_mtime_ns == last


def test_an_execution_without_an_end_is_listed_with_what_it_did(project: Project, sagepipe: Any) -> None:
    execution = Execution(project.state, "p", {})
    execution.write_step("one", {"status": "Succeeded"})
    execution.write_step("two", {"status": "Failed"})
    assert sagepipe("runs", "--root", project.folder).stdout.splitlines()[1].split()[2] == "Executing"
    execution.close()
    row = sagepipe("runs", "--root", project.folder).stdout.splitlines()[1].split()
    assert (row[2], row[-1]) == ("Interrupted", "1")
