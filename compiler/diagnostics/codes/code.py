"""What a code is."""

from __future__ import annotations

from typing import Literal, NamedTuple

Severity = Literal["error", "warning"]


class Code(NamedTuple):
    """A kind of fault: `summary` in one line, `help` as the paragraph that `sagepipe explain` prints."""

    severity: Severity
    summary: str
    help: str
