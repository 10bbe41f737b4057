"""Faults of the document's shape: keys, values, names."""

from __future__ import annotations

from compiler.diagnostics.codes.code import Code

STRUCTURE: dict[str, Code] = {}
