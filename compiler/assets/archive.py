"""A folder as a tar archive that has the same bytes everywhere.

Names are sorted, owners, times and modes the same for all, caches and dotfiles left out; gzip stores without
compressing, since compressors differ between builds. The hash is that of the uncompressed tar.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

ARCHIVE = "sourcedir.tar.gz"
LEFT_OUT = ("__pycache__",)
_GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_BLOCK = 65_535


def members(folder: Path, holds: Callable[[Path], bool] = lambda _: True) -> Iterator[tuple[str, Path]]:
    """The files of a folder by their name in the archive, sorted; caches, `*.pyc`, dotfiles and dotfolders left out.

    Links to folders are followed, where they lead to a real path that `holds`, and not to a folder they stand in; else
    the link itself comes out, for whoever reads it to refuse.
    """
    found: list[tuple[str, Path]] = []
    for parent, folders, files in os.walk(folder, followlinks=True):
        shipped = [f for f in folders if not f.startswith(".") and f not in LEFT_OUT]
        folders[:] = sorted(f for f in shipped if _followed(Path(parent, f), holds))
        names = [name for name in files if not name.startswith(".") and not name.endswith(".pyc")]
        for name in (*names, *(f for f in shipped if f not in folders)):
            path = Path(parent, name)
            found.append((path.relative_to(folder).as_posix(), path))
    yield from sorted(found)


def _followed(path: Path, holds: Callable[[Path], bool]) -> bool:
    if not path.is_symlink():
        return True
    real, here = Path(os.path.realpath(path)), Path(os.path.realpath(path.parent))
    return holds(real) and real != here and real not in here.parents


def tar(files: list[tuple[str, Path]]) -> bytes:
    """The uncompressed archive of `files`."""
    import tarfile  # a document without folders to ship never pays for it

    buffer = BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, path in files:
            content = path.read_bytes()
            info = tarfile.TarInfo(name)
            info.size, info.mode, info.mtime = len(content), 0o644, 0
            archive.addfile(info, BytesIO(content))
    return buffer.getvalue()


def gzip_stored(content: bytes) -> bytes:
    """A gzip file that holds `content` in stored blocks: the same bytes whatever zlib there is (RFC 1951, 1952)."""
    parts = [_GZIP_HEADER]
    starts = range(0, max(len(content), 1), _BLOCK)
    for start in starts:
        block = content[start : start + _BLOCK]
        final = start + _BLOCK >= len(content)
        size = len(block)
        parts += [bytes([final]), size.to_bytes(2, "little"), (size ^ 0xFFFF).to_bytes(2, "little"), block]
    parts += [zlib.crc32(content).to_bytes(4, "little"), (len(content) & 0xFFFFFFFF).to_bytes(4, "little")]
    return b"".join(parts)
