"""What is wrong with a bound program. One concern a file; each a generator; their order is the literal below."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.decode import Document
from compiler.diagnostics import Diagnostic
from compiler.model.program import Program


def check(program: Program, document: Document, allow: frozenset[str]) -> Iterator[Diagnostic]:
    """Every fault of the program; `allow` are codes let pass in this run."""
    yield from ()
