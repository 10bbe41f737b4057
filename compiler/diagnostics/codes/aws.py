"""Faults found when talking to AWS."""

from __future__ import annotations

from compiler.diagnostics.codes.code import Code

AWS: dict[str, Code] = {}
