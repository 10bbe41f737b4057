"""Faults of types: what a value is against what its place takes."""

from __future__ import annotations

from compiler.diagnostics.codes.code import Code

TYPES: dict[str, Code] = {}
