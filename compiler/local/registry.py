"""Models and model packages that were made here: a registry that lies in files."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from compiler.local.files import as_bytes, create_whole, read_json, write_json

Json = Any
_NAME = re.compile(r"[A-Za-z0-9_-]+")  # also of a file


class Registry:
    """The registry of one project. Groups hold numbered versions; models have names."""

    def __init__(self, state: Path) -> None:
        self.groups, self.models, self.tuning = state / "registry", state / "models", state / "tuning-jobs"

    def register(self, group: str, package: dict[str, Json]) -> int:
        """Keep a package under the next version of its group, and say which that is. Safe for several processes."""
        version = max([0, *self._versions(group)]) + 1
        entry = {**package, "ModelPackageGroupName": group, "created": time.time()}
        while not create_whole(self._path(group, version), as_bytes({**entry, "ModelPackageVersion": version})):
            version += 1
        return version

    def packages(self, group: str = "") -> Iterator[dict[str, Json]]:
        """Every package, or those of one group, by group and version."""
        folders = [self.groups / group] if group else sorted(self.groups.glob("*"))
        for folder in folders:
            for version in self._versions(folder.name):
                entry = read_json(self._path(folder.name, version))
                if entry:
                    yield entry

    def model_data(self) -> Iterator[str]:
        """Where the data of all models and packages lie."""
        models = [model for path in sorted(self.models.glob("*.json")) if (model := read_json(path))]
        inner = [package.get("InferenceSpecification") or {} for package in self.packages()]
        for holder in [*models, *inner]:
            for container in [holder.get("PrimaryContainer"), *(holder.get("Containers") or [])]:
                uri = (container or {}).get("ModelDataUrl")
                if isinstance(uri, str) and uri.startswith("s3://"):
                    yield uri

    def approve(self, group: str, version: int, status: str) -> bool:
        """Change the approval of a package; False where there is none."""
        entry = read_json(self._path(group, version)) if version in self._versions(group) else None
        if entry:
            write_json(self._path(group, version), {**entry, "ModelApprovalStatus": status})
        return bool(entry)

    def keep_model(self, name: str, model: dict[str, Json]) -> None:
        """Keep a model by its name."""
        write_json(self.models / f"{name}.json", model)

    def model(self, name: str) -> dict[str, Json] | None:
        """The model of that name, or None."""
        return _read(self.models / f"{name}.json") if _NAME.fullmatch(name) else None

    def package(self, name: str) -> dict[str, Json] | None:
        """The package of an ARN or a name, both ending in `group/version`, or None."""
        group, _, version = name.rpartition(":model-package/")[2].rpartition("/")
        return _read(self._path(group, int(version))) if version.isdigit() and _NAME.fullmatch(group) else None

    def keep_tuning_job(self, name: str, described: dict[str, Json]) -> None:
        """Keep what a tuning job came to, for later ones to start from."""
        write_json(self.tuning / f"{name}.json", described)

    def tuning_job(self, name: str) -> dict[str, Json] | None:
        """What the tuning job of that name came to, or None."""
        return _read(self.tuning / f"{name}.json") if _NAME.fullmatch(name) else None

    def _versions(self, group: str) -> list[int]:
        """The versions of a group; none for what is no name, which could lead anywhere."""
        found = (self.groups / group).glob("*.json") if _NAME.fullmatch(group) else ()
        return sorted(int(path.stem) for path in found if path.stem.isdigit())

    def _path(self, group: str, version: int) -> Path:
        return self.groups / group / f"{version}.json"


def _read(path: Path) -> dict[str, Json] | None:
    found: dict[str, Json] | None = read_json(path)
    return found
