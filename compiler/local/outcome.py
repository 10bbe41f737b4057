"""How a step ended."""

from __future__ import annotations

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
