"""No network, no credentials, no clock, no other process: neither in compiling nor in validating."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
HEAVY = ("boto3", "botocore", "jsonschema", "rich", "sagemaker", "pandas", "xgboost", "numpy")

# Imported by Python before anything else. Whatever reaches out of the project, or reads the clock, ends the process.
GUARD = """
import atexit, datetime, os, random, sys, time

FORBIDDEN = ("socket.", "subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn", "ctypes.dlopen")
HOME = os.path.realpath(os.environ["HOME"])

def stop(what):
    sys.stderr.write(f"FORBIDDEN: {what}\\n")
    sys.stderr.flush()
    os._exit(99)

def guard(event, arguments):
    if event.startswith(FORBIDDEN):
        stop(f"{event} {arguments}")
    if event == "open" and isinstance(arguments[0], str) and os.path.realpath(arguments[0]).startswith(HOME):
        stop(f"reading {arguments[0]}")

class Calendar(datetime.datetime):
    now = utcnow = today = classmethod(lambda *_: stop("the calendar"))

datetime.datetime = Calendar
for clock in ("time", "time_ns", "localtime", "gmtime"):
    setattr(time, clock, lambda *_, clock=clock: stop(f"time.{clock}"))
for dice in ("random", "randint", "choice", "getrandbits", "shuffle"):
    setattr(random, dice, lambda *_, dice=dice: stop(f"random.{dice}"))

def told():
    loaded = [name for name in os.environ["HEAVY"].split() if name in sys.modules]
    if loaded:
        stop(f"imports of {loaded}")

atexit.register(told)
sys.addaudithook(guard)
"""


@pytest.fixture
def guarded(tmp_path):
    """Runs the command under guard, in the checkout, with an empty home and no variable of AWS."""
    (tmp_path / "guard").mkdir()
    (tmp_path / "guard" / "sitecustomize.py").write_text(GUARD, "utf-8")
    (tmp_path / "home").mkdir()
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path / "home"),
        "PYTHONPATH": os.pathsep.join([str(tmp_path / "guard"), str(ROOT)]),
        "HEAVY": " ".join(HEAVY),
    }

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, *arguments]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)

    return run


def test_compiling_reaches_out_of_nothing(guarded, tmp_path):
    done = guarded("-m", "compiler", "compile", "pipelines", "-o", str(tmp_path / "out"))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "fraud-detection" / "upsert.py").exists()


@pytest.mark.parametrize(
    "arguments", [["validate", "pipelines"], ["schema"], ["explain", "unknown-key"], ["--help"]], ids=" ".join
)
def test_neither_do_the_other_verbs(guarded, arguments):
    done = guarded("-m", "compiler", *arguments)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "code",
    [
        "import socket; socket.create_connection(('127.0.0.1', 9))",
        "import time; time.time()",
        "from datetime import datetime; datetime.now()",
        "from random import choice; choice([1])",
        "import subprocess; subprocess.run(['true'])",
        "import os; open(os.path.expanduser('~/.aws/credentials'))",
        "import boto3",
    ],
)
def test_the_guard_guards(guarded, code):
    done = guarded("-c", code)
    assert done.returncode == 99 and done.stderr.startswith("FORBIDDEN: "), done.stderr
