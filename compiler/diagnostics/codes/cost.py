"""What works but costs: caching, retries, instances, run times."""

from __future__ import annotations

from compiler.diagnostics.codes.code import Code

COST: dict[str, Code] = {
    "months": Code(
        "warning",
        "a duration is in months",
        "In ISO 8601 `P30M` is thirty months; minutes stand behind a `T`: `PT30M`.",
    ),
}
