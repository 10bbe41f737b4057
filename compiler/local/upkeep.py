"""Looking after what is kept: checks, and removal."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from compiler.local.cache import every_record
from compiler.local.records import clear_away, executions, remove_execution, steps_of
from compiler.local.registry import Registry
from compiler.local.store import Artifact, Store, file_digest


class Busy(Exception):
    """An execution runs at the moment, and needs what is kept."""


class Checked(NamedTuple):
    records: int
    blobs: int
    faults: list[str]


class Removed(NamedTuple):
    records: int
    executions: int
    size: int


def verify(state: Path) -> Checked:
    """Check every record of the cache and every blob of the store."""
    store, faults, count = Store(state), [], 0
    for path, entry in every_record(state):
        count += 1
        if entry is None:
            faults.append(f"{path}: this record cannot be read")
            continue
        missing = [a.uri for row in entry["artifacts"] if not store.sound(a := Artifact(*row))]
        faults += [f"{path}: {uri} is damaged or gone" for uri in missing]
    blobs = list(_blobs(store))
    faults += [f"{blob}: the content is not what its name says" for blob in blobs if file_digest(blob) != blob.name]
    return Checked(count, len(blobs), faults)


def prune(state: Path, age: float, *, executions: bool) -> Removed:
    """Remove records older than `age` seconds, and files that nothing names any more. Raises `Busy`."""
    store, now, records, gone = Store(state), time.time(), 0, 0
    _quiet(state)
    for path, entry in every_record(state):
        if entry is None or now - entry["created"] >= age:
            path.unlink(missing_ok=True)
            records += 1
    if executions:
        gone = _remove_executions(state, now - age)
    needed = _needed(state)
    size = 0
    for blob in list(_blobs(store)):
        if blob.name not in needed:
            size += blob.stat().st_size
            blob.unlink()
    _sweep(store, needed)
    return Removed(records, gone, size)


def _quiet(state: Path) -> None:
    for facts in executions(state):
        if facts["status"] == "Executing":
            raise Busy(f"execution {facts['id']} runs at the moment; nothing was removed")


def _remove_executions(state: Path, before: float) -> int:
    old = [facts["id"] for facts in executions(state) if facts["started"] <= before]
    for execution in old:
        remove_execution(state, execution)
    for aside in sorted((state / "executions").glob(".*")):  # of a removal that was killed
        clear_away(aside)
    return len(old)


def _needed(state: Path) -> set[str]:
    """The digests that records, executions and registered models name."""
    rows = [row for _, entry in every_record(state) if entry for row in entry["artifacts"]]
    for facts in executions(state):
        for step in steps_of(state, facts["id"]).values():
            rows += step.get("artifacts", [])
    data = [item.path for uri in Registry(state).model_data() for item in Store(state).find(uri)]
    return {Artifact(*row).sha256 for row in rows} | {file_digest(path) for path in data}


def _blobs(store: Store) -> Iterator[Path]:
    yield from sorted(path for path in store.blobs.glob("*/*") if not path.name.startswith("."))


def _sweep(store: Store, needed: set[str]) -> None:
    """Objects that nothing needs, what killed processes left half written, and folders that are then empty."""
    for path in sorted(store.objects.rglob("*"), reverse=True):
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif file_digest(path) not in needed:
            path.unlink()
    for path in store.blobs.rglob(".*.tmp"):
        path.unlink(missing_ok=True)
