"""The assets of one compile: what is to be uploaded, by the hash of its content."""

from __future__ import annotations

import hashlib
import os
from dataclasses import field
from pathlib import Path
from typing import NamedTuple

from compiler.assets.archive import ARCHIVE, gzip_stored, members, tar
from compiler.assets.project import Project
from compiler.text import closest, record

LARGEST = 1 << 30


@record
class Asset:
    """Bytes to upload. `sha256` names the content (of an archive: the uncompressed tar), `digest` is of `content`."""

    name: str
    sha256: str
    content: bytes = field(repr=False)

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


class AssetFault(NamedTuple):
    """Why a path cannot be an asset: a code of the table, what is wrong, how to mend it."""

    code: str
    message: str
    hint: str = ""


class Store:
    """Reads assets, each once. Nothing is written and nothing outside the project is read."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.assets: dict[str, Asset] = {}
        self._files: dict[str, Asset | AssetFault] = {}
        self._archives: dict[tuple[str, str, str], Asset | AssetFault] = {}

    def file(self, path: str) -> Asset | AssetFault:
        """One file as it is."""
        return self._kept(self.peek(path))

    def peek(self, path: str) -> Asset | AssetFault:
        """The same, without uploading it."""
        if path not in self._files:
            located = self._locate(path)
            self._files[path] = located if isinstance(located, AssetFault) else self._read_file(path, located)
        return self._files[path]

    def archive(self, folder: str, entry: str, requirements: str = "") -> Asset | AssetFault:
        """A folder (or a single file, with `entry` its name) as `sourcedir.tar.gz`."""
        key = (folder, entry, requirements)
        if key not in self._archives:
            self._archives[key] = self._archive(folder, entry, requirements)
        return self._kept(self._archives[key])

    def generated(self, name: str, content: bytes) -> Asset:
        """A file made while compiling."""
        asset = Asset(name, hashlib.sha256(content).hexdigest(), content)
        self.assets.setdefault(asset.sha256 + "/" + name, asset)
        return asset

    def _kept(self, asset: Asset | AssetFault) -> Asset | AssetFault:
        if isinstance(asset, Asset):
            self.assets.setdefault(f"{asset.sha256}/{asset.name}", asset)
        return asset

    def _locate(self, path: str) -> Path | AssetFault:
        if "\0" in path:
            return AssetFault("code-not-found", "a path cannot hold a NUL character")
        located = self.project.locate(path)
        if located is None:
            return AssetFault(
                "code-outside-project",
                f"`{path}` lies outside the project",
                "move it into the project, or name the project's folder with `--root`",
            )
        return located if os.path.exists(located) else _not_found(path, located)  # noqa: PTH110 - never raises

    def _read_file(self, path: str, located: Path) -> Asset | AssetFault:
        if located.is_dir():
            return AssetFault(
                "code-not-found", f"`{path}` is a folder, not a file", "write `{dir: ..., entry: ...}` to ship a folder"
            )
        if not located.is_file() or located.stat().st_size > LARGEST:
            return AssetFault("code-not-found", f"`{path}` is not a file that can be uploaded (at most 1 GiB)")
        try:
            content = located.read_bytes()
        except OSError as error:
            return AssetFault("code-not-found", f"`{path}` cannot be read: {error.strerror}")
        return Asset(Path(path).name, hashlib.sha256(content).hexdigest(), content)

    def _archive(self, folder: str, entry: str, requirements: str) -> Asset | AssetFault:
        located = self._locate(folder)
        if isinstance(located, AssetFault):
            return located
        if located.is_file():
            return self._packed([(entry, located)])
        files = self._members(folder, located)
        if isinstance(files, AssetFault):
            return files
        if entry not in dict(files):
            near = closest(entry, [name for name, _ in files])
            return AssetFault(
                "code-entry", f"`{folder}` has no file `{entry}`", f"did you mean `{near}`?" if near else ""
            )
        if requirements:
            extra = self._requirements(folder, located, requirements)
            if isinstance(extra, AssetFault):
                return extra
            files = sorted({**dict(files), "requirements.txt": extra}.items())
        return self._packed(files)

    def _members(self, folder: str, located: Path) -> list[tuple[str, Path]] | AssetFault:
        files = []
        for name, path in members(located):
            real = Path(os.path.realpath(path))
            if not self.project.holds(real):
                return AssetFault("code-outside-project", f"`{folder}/{name}` is a link out of the project")
            files.append((name, real))
        return files

    def _requirements(self, folder: str, located: Path, requirements: str) -> Path | AssetFault:
        """The requirements file: in the shipped folder, else relative to the document."""
        found = self._locate(requirements)
        if "\0" not in requirements:
            inside = Path(os.path.realpath(located / requirements))
            if os.path.isfile(inside) and self.project.holds(inside):  # noqa: PTH113 - never raises
                return inside
        if isinstance(found, AssetFault):
            return AssetFault(found.code, f"requirements: {found.message}", found.hint)
        return found

    def _packed(self, files: list[tuple[str, Path]]) -> Asset | AssetFault:
        try:
            packed = tar(files)
        except OSError as error:
            return AssetFault("code-not-found", f"`{error.filename}` cannot be read: {error.strerror}")
        return Asset(ARCHIVE, hashlib.sha256(packed).hexdigest(), gzip_stored(packed))


def _not_found(path: str, located: Path) -> AssetFault:
    folder = located.parent
    if not os.path.isdir(folder):  # noqa: PTH112 - never raises
        return AssetFault(
            "code-not-found",
            f"`{path}` is not there: no folder `{Path(path).parent.as_posix()}`",
            "a relative path is read from the pipeline file's folder",
        )
    try:
        near = closest(located.name, sorted(p.name for p in folder.iterdir()))
    except OSError:
        near = None
    return AssetFault(
        "code-not-found",
        f"`{path}` is not there",
        f"did you mean `{near}`?" if near else "a relative path is read from the pipeline file's folder",
    )
