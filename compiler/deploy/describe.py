"""What there is to know of a live pipeline."""

from __future__ import annotations

import contextlib
from typing import Any

from compiler.deploy.faults import AwsFault
from compiler.deploy.live import live_of, must_describe
from compiler.deploy.session import Session
from compiler.deploy.versions import versions
from compiler.diff import flatten

Json = dict[str, Any]


def facts(session: Session, name: str) -> Json:
    """The pipeline as plain JSON: settings, and rows of tags, parameters, steps and versions. Raises AwsFault."""
    live = live_of(session, name, must_describe(session, name))
    parameters = live.definition.get("Parameters") or []
    return {
        "name": live.name,
        "arn": live.arn,
        "display_name": live.display_name,
        "description": live.description,
        "role": live.role,
        "parallelism": live.parallelism,
        "tags": [{"tag": key, "value": value} for key, value in (live.tags or {}).items()],
        "parameters": [_parameter(row) for row in parameters],
        "steps": [
            {"step": s.name, "type": s.json.get("Type", ""), "in": s.place} for s in flatten(live.definition).values()
        ],
        "versions": _versions(session, name),
        "definition": live.definition,
    }


def _parameter(row: Json) -> Json:
    return {"parameter": row["Name"], "type": row.get("Type", "String"), "default": row.get("DefaultValue", "(none)")}


def _versions(session: Session, name: str) -> list[Json]:
    """The newest versions first; none where they may not be listed."""
    rows: list[Json] = []
    with contextlib.suppress(AwsFault):
        rows = versions(session, name)
    return [
        {"version": row["PipelineVersionId"], "aliases": ", ".join(row.get("PipelineVersionAliases") or [])}
        for row in rows[:20]
    ]
