"""What a step's job has at hand, and what it leaves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from pathlib import Path
from typing import Any, NamedTuple

from compiler.local.machine import Ended, Machine
from compiler.local.registry import Registry
from compiler.local.store import Artifact, Store
from compiler.text import record

Json = Any
DAY = 86_400.0


class JobFailed(Exception):
    """A job did not succeed; the text is what the service would show as its reason. `kind` is the exception of the
    retry policies that it falls under, "" for the job's own fault, which is never retried; `said` its own message."""

    def __init__(self, reason: str, kind: str = "", said: str = "") -> None:
        super().__init__(reason)
        self.kind, self.said = kind, said


class JobStopped(Exception):
    """The user ended it."""


class Handler(NamedTuple):
    """A function of the user's that stands for a Lambda function, or answers a callback."""

    module: str
    function: str


@record
class Shop:
    """What all jobs of an execution share."""

    machine: Machine
    store: Store
    registry: Registry
    execution_id: str
    pipeline: str
    project: Path
    handlers: Mapping[str, Handler] = field(default_factory=dict)


@record
class Job:
    """One attempt of one step. `folder` is new and its own."""

    step: str
    type: str
    name: str
    arguments: dict[str, Json]
    keys: dict[str, Json]
    folder: Path
    shop: Shop
    note: Callable[[str], None] = print


@record
class Done:
    """What a job gave: the properties that later steps read, the objects it wrote, and what it measured."""

    properties: dict[str, Json]
    artifacts: list[Artifact] = field(default_factory=list)
    metrics: dict[str, Json] = field(default_factory=dict)


def time_limit(arguments: dict[str, Json]) -> float:
    """`StoppingCondition.MaxRuntimeInSeconds`, a day where there is none."""
    return float((arguments.get("StoppingCondition") or {}).get("MaxRuntimeInSeconds") or DAY)


def judge(ended: Ended, what: str, said: str = "") -> None:
    """Nothing for a process that ended well. Raises `JobFailed` with what the job said, or `JobStopped`."""
    if ended.cut == "stopped":
        raise JobStopped
    if ended.cut:
        raise JobFailed(f"{what} was ended: {ended.cut}")
    if ended.code < 0 or ended.code > 128:
        number = -ended.code if ended.code < 0 else ended.code - 128
        kind = "SageMaker.JOB_INTERNAL_ERROR" if number == 9 else ""
        hint = ": out of memory?" if number == 9 else ""
        raise JobFailed(f"{what} was killed by signal {number}{hint}" + (f": {said}" if said else ""), kind)
    if ended.code:
        reason = f"AlgorithmError: {said}, exit code: {ended.code}" if said else f"exit code {ended.code}"
        raise JobFailed(reason, said=said)


def message_in(path: Path, limit: int = 1024) -> str:
    """What a job left in a message file, its first KB."""
    try:
        return path.read_bytes()[:limit].decode("utf-8", "replace").strip()
    except OSError:
        return ""
