"""How a step ended."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field
from typing import Any

from compiler.text import record

Json = Any
SUCCEEDED, FAILED, STOPPED, NOT_RUN = "Succeeded", "Failed", "Stopped", "NotRun"
COMPLETED_WITH_FAILURES = "CompletedWithFailures"


@record
class Outcome:
    """How a step ended. `properties` are what later steps read. `reused` names the execution a cached result is of."""

    status: str
    properties: Json = None
    reason: str = ""
    reused: str = ""
    metrics: Mapping[str, Json] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    details: Mapping[str, Json] = field(default_factory=dict)


def brief(value: Json) -> str:
    """A measured value as people read it: four digits of a fraction, also of one that is text."""
    text = str(value)
    return f"{float(text):.4g}" if re.fullmatch(r"-?\d+\.\d+(e-?\d+)?", text) else text
