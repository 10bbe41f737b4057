"""Which files a document may name: those of its project, symlinks followed."""

from __future__ import annotations

import os
from pathlib import Path

from compiler.text import record

MARKERS = (".git", "pyproject.toml")


@record
class Project:
    """`root` bounds what may be read; relative paths are read from `base`, the document's folder. Both are real."""

    root: Path
    base: Path

    def locate(self, path: str) -> Path | None:
        """The real path of a file or folder the document names, or None where it lies outside the project."""
        if "\0" in path:
            return None
        real = Path(os.path.realpath(self.base / path))
        return real if self.holds(real) else None

    def holds(self, real: Path) -> bool:
        """Whether a real path lies in the project."""
        return real == self.root or self.root in real.parents

    def shown(self, path: str) -> str:
        """A source's path as outputs name it, wherever the compiler ran: relative to the root, with forward slashes.

        A file outside is named by its own name alone; what is no file (`<stdin>`, `--set x`) stays as it is.
        """
        if path.startswith(("<", "--")):
            return path
        real = Path(os.path.realpath(path))
        return real.relative_to(self.root).as_posix() if self.holds(real) else real.name


def find_root(document: Path | None, given: Path | None = None) -> Project:
    """The project of a document: `given`, else the nearest folder upward with `.git` or `pyproject.toml`, else the
    current folder where the document lies in it, else the document's own folder."""
    here = Path(os.path.realpath(Path.cwd()))
    base = Path(os.path.realpath(document)).parent if document else here
    if given is not None:
        return Project(Path(os.path.realpath(given)), base)
    for folder in (base, *base.parents):
        if any((folder / marker).exists() for marker in MARKERS):
            return Project(folder, base)
    return Project(here if here == base or here in base.parents else base, base)
