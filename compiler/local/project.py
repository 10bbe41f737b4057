"""What to run: a definition, the files its URIs stand for, and the lines its steps were written on."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from compiler.assets.project import find_root
from compiler.local.forms import misshapen
from compiler.local.plan import Plan, make_plan
from compiler.local.store import Mount, Store
from compiler.model.arguments import Rule
from compiler.text.jsonfault import parse_json

Json = Any


NAME = re.compile(r"[A-Za-z0-9](-*[A-Za-z0-9]){0,255}")  # API: PipelineName


class InputFault(Exception):
    """What was given cannot be run; the text says why."""


class Given(NamedTuple):
    """A definition to run. `assets`: URI, digest, content. `line` gives `file:line:column` of a pointer, "" where
    unknown. `rules` are those of a pipeline file's parameters, None where there is only the definition."""

    definition: dict[str, Json]
    name: str
    root: Path
    assets: list[tuple[str, str, bytes]]
    mounts: list[Mount]
    line: Callable[[str], str]
    parallelism: int = 0
    rules: Mapping[str, Rule] | None = None

    @property
    def plan(self) -> Plan:
        """Its graph."""
        return make_plan(self.definition, self.rules)

    def place(self, pointer: str) -> str:
        """Where a part of the definition was written, or the nearest part around it; "" where unknown."""
        while pointer:
            line = self.line(pointer)
            if line:
                return line
            pointer = pointer.rpartition("/")[0]
        return ""

    def keep_assets(self, store: Store) -> list[Mount]:
        """Put the assets into the store, and give what stands for their URIs."""
        kept = [Mount(uri, store.put_bytes(content, digest)) for uri, digest, content in self.assets]
        return [*kept, *self.mounts]


def read_definition(path: Path, name: str = "") -> Given:
    """A definition file, with what lies beside it when it is one of an output folder. Raises `InputFault`."""
    folder = path.parent
    definition = _read(path)
    if not isinstance(definition, dict) or not isinstance(definition.get("Steps"), list):
        raise InputFault(f"{path}: this is no pipeline definition: it has no list of `Steps`")
    wrong = [f"  {fault.pointer}: {fault.message}" for fault in misshapen(definition)]
    if wrong:
        raise InputFault("\n".join([f"{path}: the definition is not sound:", *wrong]))
    mounts = [_mount(folder, row) for row in _beside(folder / "assets.json").get("assets") or ()]
    request = _beside(folder / "upsert.json").get("create") or {}
    source_map = _beside(folder / "sourcemap.json")

    def line(pointer: str) -> str:
        row = source_map.get(pointer)
        return f"{row['file']}:{row['line']}:{row['column']}" if row else ""

    named = name or request.get("PipelineName") or path.name.partition(".")[0]
    if not NAME.fullmatch(named):
        raise InputFault(f"`{named}` is no name of a pipeline: give one with --name")
    root = find_root(path.resolve()).root
    return Given(definition, named, root, [], mounts, line, parallelism_of(request))


def parallelism_of(request: dict[str, Json]) -> int:
    """`MaxParallelExecutionSteps` of a CreatePipeline request, 0 where it says nothing."""
    return int((request.get("ParallelismConfiguration") or {}).get("MaxParallelExecutionSteps") or 0)


def _read(path: Path) -> Json:
    try:
        return parse_json(path.read_bytes())
    except ValueError as error:
        raise InputFault(f"{path}: this is no JSON: {error}") from None


def _beside(path: Path) -> dict[str, Json]:
    found = _read(path) if path.is_file() else {}
    if not isinstance(found, dict):
        raise InputFault(f"{path}: a map is wanted in this file")
    return found


def _mount(folder: Path, row: Json) -> Mount:
    """A row of the manifest; what it names lies in the folder, or is not read."""
    match row:
        case {"uri": str(uri), "path": str(path)} if (folder / path).resolve().is_relative_to(folder.resolve()):
            return Mount(uri, (folder / path).resolve())
        case _:
            raise InputFault(f"{folder / 'assets.json'}: this row names no file of the folder: {row}")
