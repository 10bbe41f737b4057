"""`schemas/codes.json`: every code of diagnostics, with the example that the tests have of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from compiler.data import data_path
from compiler.devtools.sources import Stamps, one_item_a_line
from compiler.diagnostics import CODES

EXAMPLE = {"faulty": "example.pipeline.yaml", "told": "example.txt", "mended": "example.mended.pipeline.yaml"}


def codes_file(stamps: Stamps) -> bytes:
    """The file's bytes. A code whose example is not written yet has none."""
    folder = data_path("schemas").parent / "tests" / "cases" / "reject"
    document: dict[str, Any] = {
        "generated": "by `python -m compiler.devtools refresh`; do not edit",
        "codes": {name: {**code._asdict(), **dict(_example(folder / name))} for name, code in CODES.items()},
    }
    return one_item_a_line(document, ("codes",))


def _example(case: Path) -> Iterator[tuple[str, dict[str, str]]]:
    files = {what: case / name for what, name in EXAMPLE.items()}
    if all(file.is_file() for file in files.values()):
        yield "example", {what: file.read_text("utf-8") for what, file in files.items()}
