"""The files a verb was given: folders searched, `-` read from standard input."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import click

from compiler.diagnostics import Report
from compiler.syntax.read import decode_source, read_source
from compiler.text import Source

SUFFIXES = (".pipeline.yaml", ".pipeline.yml")
STDIN = "-"


class Input(NamedTuple):
    """One pipeline text. `name` is as the user sees it; `path` is None for standard input; `found`: in a folder."""

    name: str
    path: Path | None
    found: bool = False

    @property
    def stem(self) -> str:
        """The file's name without its suffix: `fraud` of `pipelines/fraud.pipeline.yaml`."""
        file = Path(self.name)
        return next((file.name.removesuffix(s) for s in SUFFIXES if file.name.endswith(s)), file.stem)

    def read(self, report: Report) -> Source | None:
        """The text, or None, reported, where it cannot be had."""
        if self.path is None:
            return decode_source(sys.stdin.buffer.read(), self.name, report)
        return read_source(self.name, report=report)


def inputs(arguments: Sequence[str]) -> list[Input]:
    """Each file once, in the order given; a folder stands for every pipeline file below it, sorted.

    Raises `click.UsageError` for a folder without any. A missing file is told when it is read.
    """
    found: dict[str, Input] = {}
    for argument in arguments:
        for given in _inputs(argument):
            found.setdefault(os.path.normpath(given.name), given)
    return list(found.values())


def _inputs(argument: str) -> Iterator[Input]:
    if argument == STDIN:
        yield Input("<stdin>", None)
    elif Path(argument).is_dir():
        names = sorted(_below(argument))
        if not names:
            raise click.UsageError(f"`{argument}` holds no file named *.pipeline.yaml")
        yield from (Input(name, Path(name), found=True) for name in names)
    else:
        yield Input(argument, Path(argument))


def _below(folder: str) -> Iterator[str]:
    for parent, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(parent, name).as_posix() for name in files if name.endswith(SUFFIXES))
