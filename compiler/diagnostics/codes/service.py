"""Faults against the service: its members, limits, enumerations and step types."""

from __future__ import annotations

from compiler.diagnostics.codes.code import Code

SERVICE: dict[str, Code] = {}
