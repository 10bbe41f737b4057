"""References in a notation that is not ours, and the ones that were probably meant."""

from __future__ import annotations

import re

from compiler.resolve.names import Table

_DOTTED = re.compile(r"(?:\$\{\{\s*)?(?:steps\.)?([\w-]+)\.(?:(?:outputs|metrics)\.)?([\w:-]+)(?:\s*\}\})?")


def reference_meant(word: str, table: Table) -> str:
    """`prepare:train` for `prepare.train`, `steps.prepare.outputs.train` and the like; "" where no step has that."""
    match = _DOTTED.fullmatch(word)
    known = table.offers(match[1]).names if match and match[1] in table.steps else ()
    return f"{match[1]}:{match[2]}" if match and match[2] in known else ""


def metric_meant(word: str, table: Table) -> str:
    """The same for a metric, which may be named alone where one step has it."""
    if meant := reference_meant(word, table):
        return meant
    having = [step for step in table.steps if word in table.offers(step).groups.get("metrics", {})]
    return f"{having[0]}:{word}" if len(having) == 1 else ""
