"""The assets of one compile: what is to be uploaded, by the hash of its content."""

from __future__ import annotations

import hashlib
import os
from dataclasses import field
from pathlib import Path
from typing import NamedTuple

from compiler.assets.archive import ARCHIVE, gzip_stored, members, tar
from compiler.assets.project import Project
from compiler.text import closest, guess, record

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
    """Why a path cannot be an asset: a code of the table, what is wrong, how to mend it.

    `part` is what of an archive is at fault: its `entry`, its `requirements`, or the folder (""). `is_folder`: there is
    a folder where a file is wanted.
    """

    code: str
    message: str
    hint: str = ""
    part: str = ""
    is_folder: bool = False


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
            self._files[path] = self._read(path)
        return self._files[path]

    def archive(self, folder: str, entry: str = "", requirements: str = "") -> Asset | AssetFault:
        """A folder as `sourcedir.tar.gz`; without `entry`, a single file alone in it."""
        key = (folder, entry, requirements)
        if key not in self._archives:
            made = self._archive(folder, entry, requirements) if entry else self._single(folder)
            self._archives[key] = made
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
        if not path or "\0" in path:
            what = "a path cannot hold a NUL character" if path else "the path is empty"
            return AssetFault("code-not-found", what)
        if path.startswith("s3:/"):
            message = f"`{path}` lies in S3, and a file of the project is wanted"
            return AssetFault("code-not-found", message, "what lies in S3 is named by its URI, without being declared")
        located = self.project.locate(path)
        if located is None:
            return AssetFault(
                "code-outside-project",
                f"`{path}` lies outside the project",
                "move it into the project, or name the project's folder with `--root`",
            )
        return located if os.path.exists(located) else _not_found(path, located)  # noqa: PTH110 - never raises

    def _regular(self, path: str) -> Path | AssetFault:
        """Where a file lies that can be uploaded."""
        located = self._locate(path)
        if isinstance(located, AssetFault):
            return located
        if located.is_dir():
            message = f"`{path}` is a folder, not a file"
            return AssetFault("code-not-found", message, "name a file in it", is_folder=True)
        if not located.is_file() or located.stat().st_size > LARGEST:
            return AssetFault("code-not-found", f"`{path}` is not a file that can be uploaded (at most 1 GiB)")
        return located

    def _read(self, path: str) -> Asset | AssetFault:
        located = self._regular(path)
        if isinstance(located, AssetFault):
            return located
        try:
            content = located.read_bytes()
        except OSError as error:
            return AssetFault("code-not-found", f"`{path}` cannot be read: {error.strerror}")
        return Asset(Path(path).name, hashlib.sha256(content).hexdigest(), content)

    def _archive(self, folder: str, entry: str, requirements: str) -> Asset | AssetFault:
        located = self._locate(folder)
        if isinstance(located, AssetFault):
            return located
        if not located.is_dir():
            hint = f"write `code: {folder}` to ship this file alone, or name its folder"
            return AssetFault("code-not-found", f"`{folder}` is a file, not a folder", hint)
        files = self._members(folder, located)
        if isinstance(files, AssetFault):
            return files
        if entry not in dict(files):
            return AssetFault(
                "code-entry",
                f"`{folder}` has no file `{entry}`",
                guess(entry, [name for name, _ in files]) or "name it as it is named from there",
                "entry",
            )
        if requirements:
            extra = self._requirements(folder, located, requirements)
            if isinstance(extra, AssetFault):
                return extra
            files = sorted({**dict(files), "requirements.txt": extra}.items())
        return self._packed(files)

    def _single(self, path: str) -> Asset | AssetFault:
        located = self._regular(path)
        return located if isinstance(located, AssetFault) else self._packed([(Path(path).name, located)])

    def _members(self, folder: str, located: Path) -> list[tuple[str, Path]] | AssetFault:
        files = []
        for name, path in members(located, self.project.holds):
            real = Path(os.path.realpath(path))
            if not self.project.holds(real):
                return AssetFault("code-outside-project", f"`{folder}/{name}` is a link out of the project")
            if not real.is_file():
                return AssetFault("code-not-found", f"`{folder}/{name}` is not a file that can be uploaded")
            files.append((name, real))
        return files

    def _requirements(self, folder: str, located: Path, requirements: str) -> Path | AssetFault:
        """The requirements file: in the shipped folder, else relative to the document."""
        found = self._regular(requirements)
        if "\0" not in requirements:
            inside = Path(os.path.realpath(located / requirements))
            if os.path.isfile(inside) and self.project.holds(inside):  # noqa: PTH113 - never raises
                return inside
        return found._replace(part="requirements") if isinstance(found, AssetFault) else found

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
    hint = "write it with `/`" if "\\" in path else "a relative path is read from the pipeline file's folder"
    return AssetFault("code-not-found", f"`{path}` is not there", f"did you mean `{near}`?" if near else hint)
