"""What stands for S3: objects under their URIs, their bytes by digest.

`blobs/<sha256>` holds bytes and is never changed. `objects/<bucket>/<key>` are links to them. Mounts lend folders and
files of the user's to a URI; what was written under the same URI here comes before them.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from compiler.emit.bytes import digest_of
from compiler.local.files import new_file
from compiler.local.values import ValueFault

SCHEME = "s3://"
CHUNK = 1 << 20
_UNFINISHED = re.compile(r"\.[0-9a-f]{16}\.tmp")  # what this package writes before it takes its name


class Mount(NamedTuple):
    """A folder or file of the user's that stands for a URI."""

    uri: str
    path: Path


class Artifact(NamedTuple):
    """An object as it was when it was written."""

    uri: str
    sha256: str
    size: int


class Found(NamedTuple):
    """An object under a URI: its key relative to that, and the file."""

    key: str
    path: Path


class Store:
    """The objects below one folder. Safe for several threads and processes."""

    def __init__(self, root: Path, mounts: Iterable[Mount] = ()) -> None:
        self.objects, self.blobs = root / "objects", root / "blobs"
        self.mounts = tuple(sorted(mounts, key=lambda mount: -len(mount.uri)))

    def find(self, uri: str) -> list[Found]:
        """What lies at a URI: the one object of that name, or all below it, by key. Empty where there is nothing."""
        alone = self._object(uri)
        if alone:
            return [Found(uri.rpartition("/")[2], alone)]
        prefix = uri.rstrip("/") + "/"
        found: dict[str, Path] = {}
        for mount in reversed(self.mounts):
            found.update(_mounted(mount, prefix))
        found.update(_below(self._path(prefix)))
        return [Found(key, found[key]) for key in sorted(found)]

    def read(self, uri: str) -> bytes:
        """The content of one object. Raises `ValueFault` where there is none."""
        path = self._object(uri)
        if path is None:
            raise ValueFault(f"nothing lies at `{uri}`")
        return path.read_bytes()

    def digest(self, uri: str) -> str:
        """A digest of all that lies at a URI, names and contents; "" where there is nothing."""
        found = self.find(uri)
        listing = {item.key: file_digest(item.path) for item in found}
        return digest_of(listing) if listing else ""

    def download(self, uri: str, folder: Path) -> int:
        """Copy what lies at a URI into a folder, and say how many files that were. Raises `ValueFault` for none."""
        found = self.find(uri)
        if not found:
            raise ValueFault(f"nothing lies at `{uri}`; `--data {uri}=FOLDER` supplies it")
        for item in found:
            target = folder / item.key
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(item.path, target)
        return len(found)

    def download_one(self, uri: str, target: Path) -> None:
        """Copy one object to a file. Raises `ValueFault` where there is none."""
        path = self._object(uri)
        if path is None:
            raise ValueFault(f"nothing lies at `{uri}`")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)

    def upload(self, path: Path, uri: str) -> list[Artifact]:
        """Put a file at a URI, or a folder's files below it. Symbolic links are left out, as the service does, and so
        are sockets, pipes and devices. Raises `ValueFault` for a name that no object can have."""
        if not path.is_dir():
            return [self._put(path, uri)]
        base, keys = uri.rstrip("/"), sorted(key for key, _ in _below(path, links=False))
        for key in keys:
            _named(key)
        return [self._put(path / key, f"{base}/{key}") for key in keys]

    def put_bytes(self, content: bytes, digest: str) -> Path:
        """Keep bytes by their digest, and say where."""
        path = self._blob(digest)
        if not path.is_file() or file_digest(path) != digest:
            with new_file(path) as temporary:
                temporary.write_bytes(content)
        return path

    def sound(self, artifact: Artifact) -> bool:
        """Whether the bytes of an artifact are all there and are what they were."""
        path = self._blob(artifact.sha256)
        return path.is_file() and path.stat().st_size == artifact.size and file_digest(path) == artifact.sha256

    def put_back(self, artifact: Artifact) -> None:
        """Make an artifact lie at its URI again, where something else or nothing does."""
        path, blob = self._path(artifact.uri), self._blob(artifact.sha256)
        if not (path.exists() and path.samefile(blob)):
            _link(blob, path)

    def _put(self, path: Path, uri: str) -> Artifact:
        digest, size = hashlib.sha256(), 0
        self.blobs.mkdir(parents=True, exist_ok=True)
        temporary = self.blobs / f".{os.urandom(8).hex()}.tmp"
        try:
            with path.open("rb") as source, temporary.open("xb") as target:
                while chunk := source.read(CHUNK):
                    digest.update(chunk)
                    size += len(chunk)
                    target.write(chunk)
                target.flush()
                os.fsync(target.fileno())
            blob = self._blob(digest.hexdigest())
            blob.parent.mkdir(exist_ok=True)
            temporary.replace(blob)
        finally:
            temporary.unlink(missing_ok=True)
        _link(blob, self._path(uri))
        return Artifact(uri, digest.hexdigest(), size)

    def _object(self, uri: str) -> Path | None:
        """The file of one object, or None."""
        if uri.endswith("/"):
            return None
        path = self._path(uri)
        if path.is_file():
            return path
        for mount in self.mounts:
            if uri == mount.uri and mount.path.is_file():
                return mount.path
            inner = _relative(uri, mount.uri)
            if inner and mount.path.is_dir() and (mount.path / inner).is_file():
                return mount.path / inner
        return None

    def _path(self, uri: str) -> Path:
        if not uri.startswith(SCHEME):
            raise ValueFault(f"`{uri}` is no S3 URI")
        words = [word for word in uri.removeprefix(SCHEME).split("/") if word]
        if not words or any(word in (".", "..") for word in words):
            raise ValueFault(f"`{uri}` cannot be kept as files")
        return self.objects.joinpath(*words)

    def _blob(self, digest: str) -> Path:
        return self.blobs / digest[:2] / digest


def file_digest(path: Path) -> str:
    """The SHA-256 of a file's content, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _link(source: Path, target: Path) -> None:
    """Give a file a second name, in one step; where the disk knows no links, a copy."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.parent / f".{os.urandom(8).hex()}.tmp"
    try:
        os.link(source, temporary)
    except OSError:
        shutil.copyfile(source, temporary)
    try:
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)  # two links to the same file: renaming one to the other does nothing


def _relative(uri: str, prefix: str) -> str:
    base = prefix.rstrip("/") + "/"
    return uri.removeprefix(base) if uri.startswith(base) else ""


def _mounted(mount: Mount, prefix: str) -> Iterator[tuple[str, Path]]:
    """What a mount has below a prefix, keys relative to the prefix."""
    base = mount.uri if mount.path.is_file() else mount.uri.rstrip("/") + "/"
    if mount.path.is_file():
        if base.startswith(prefix):
            yield base.removeprefix(prefix), mount.path
    elif prefix.startswith(base):
        yield from _below(mount.path / prefix.removeprefix(base))
    elif base.startswith(prefix):
        yield from ((base.removeprefix(prefix) + key, path) for key, path in _below(mount.path))


def _below(folder: Path, *, links: bool = True) -> Iterator[tuple[str, Path]]:
    """Every file below a folder by its relative path; without `links`, symbolic ones are left out.

    Where a project's root stands for a URI, what is kept here is no part of it. Raises `OSError` for a folder that
    may not be read.
    """
    for parent, folders, names in os.walk(folder, onerror=_unread, followlinks=links):
        folders[:] = [name for name in folders if name != ".sagepipe" and not _leads_up(Path(parent, name))]
        if not links:
            folders[:] = [name for name in folders if not Path(parent, name).is_symlink()]
        for name in names:
            path = Path(parent, name)
            if not _UNFINISHED.fullmatch(name) and (path.is_file() if links else _is_plain(path)):
                yield path.relative_to(folder).as_posix(), path


def _unread(problem: OSError) -> None:
    """A folder that is not there holds nothing; one that may not be read is no empty one."""
    if not isinstance(problem, FileNotFoundError | NotADirectoryError):
        raise problem


def _is_plain(path: Path) -> bool:
    return stat.S_ISREG(path.lstat().st_mode)


def _named(key: str) -> None:
    """API: the names of objects are UTF-8."""
    try:
        key.encode()
    except UnicodeEncodeError:
        raise ValueFault(
            f"the output file {key!r} has a name that is no UTF-8, which no object in S3 can have"
        ) from None


def _leads_up(path: Path) -> bool:
    """Whether a folder is a link to one it lies in."""
    return path.is_symlink() and path.resolve() in path.absolute().parents
