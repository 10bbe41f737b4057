"""The tables in `REFERENCE.md`: what stands between `<!-- generated: NAME -->` and `<!-- end -->` is made here."""

from __future__ import annotations

import re

from compiler.data import data_path
from compiler.devtools.reference_tables import tables
from compiler.devtools.sources import Stamps

_TABLE = re.compile(r"(<!-- generated: (.+?) -->\n).*?(<!-- end -->)", re.DOTALL)


def reference_file(stamps: Stamps) -> bytes:
    """The file's bytes: its prose as it stands, its tables anew. Raises `KeyError` for a table nobody knows."""
    made = tables()
    text = (data_path("schemas").parent / "REFERENCE.md").read_text("utf-8")
    return _TABLE.sub(lambda found: f"{found[1]}\n{made[found[2]]}\n{found[3]}", text).encode()


def named_tables(text: str) -> list[str]:
    """The names of the tables a text has places for, in order."""
    return [found[2] for found in _TABLE.finditer(text)]
