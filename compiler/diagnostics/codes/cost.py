"""What works but costs: caching, retries, instances, run times."""

from __future__ import annotations

from compiler.diagnostics.codes.code import Code

COST: dict[str, Code] = {}
