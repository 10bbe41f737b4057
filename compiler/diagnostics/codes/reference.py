"""Faults of references between steps, parameters and files."""

from __future__ import annotations

from compiler.diagnostics.codes.code import Code

REFERENCE: dict[str, Code] = {}
