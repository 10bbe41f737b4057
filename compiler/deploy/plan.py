"""What an upsert would change in the live pipeline. Nothing here writes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from compiler.deploy.bundle import Bundle
from compiler.deploy.live import Hidden, Live
from compiler.diff import Change, compare
from compiler.diff.forecast import Forecast, forecast, kept_places

Json = dict[str, Any]
VERSION = 1


@dataclass(frozen=True, slots=True)
class Plan:
    """`action`: create, update, none, or unknown (the live pipeline may not be read).

    `bundle` and `live` are digests: what was compared. `kept`: cached steps whose new output place a hit would not use.
    """

    pipeline: str
    region: str
    target: str
    action: str
    changes: tuple[Change, ...] = ()
    tags_added: dict[str, str] = field(default_factory=dict)
    tags_left: tuple[str, ...] = ()
    forecast: tuple[Forecast, ...] = ()
    kept: tuple[tuple[str, str], ...] = ()
    code: tuple[str, ...] = ()
    schedule: Json | None = None
    bundle: str = ""
    live: str = ""

    @property
    def empty(self) -> bool:
        return self.action == "none"


def make_plan(bundle: Bundle, live: Live | Hidden | None, schedule: Json | None) -> Plan:
    """The plan for `bundle` over `live`; `schedule` is the live schedule, if any."""
    changed_schedule = bundle.schedule if _schedule_changed(bundle.schedule, schedule) else None
    base = Plan(bundle.name, bundle.region, bundle.target, "unknown", schedule=changed_schedule, bundle=bundle.digest)
    if isinstance(live, Hidden):
        return base
    if live is None:
        steps = compare({}, bundle.definition)
        return replace(
            base,
            action="create",
            changes=steps,
            tags_added=bundle.tags,
            forecast=forecast(None, bundle.definition),
            code=_uris(bundle),
        )
    changes = (*_settings(bundle, live), *compare(live.definition, bundle.definition))
    live_tags = live.tags or {}
    added = {k: v for k, v in bundle.tags.items() if live_tags.get(k) != v}
    action = "update" if changes or added or changed_schedule is not None else "none"
    return replace(
        base,
        action=action,
        changes=changes,
        tags_added=added,
        tags_left=tuple(
            k for k in live_tags if k not in bundle.tags and not k.lower().startswith(("aws:", "sagemaker:"))
        ),
        forecast=forecast(live.definition, bundle.definition),
        kept=tuple(kept_places(live.definition, bundle.definition)),
        code=tuple(uri for uri in _uris(bundle) if uri not in str(live.definition)),
        live=live.digest,
    )


def _uris(bundle: Bundle) -> tuple[str, ...]:
    return tuple(upload.uri for upload in bundle.uploads)


def _settings(bundle: Bundle, live: Live) -> list[Change]:
    """Changes of the pipeline's own members. A member the API keeps when it is left out counts when it is given."""
    wanted = bundle.update
    limit = wanted.get("ParallelismConfiguration", {}).get("MaxParallelExecutionSteps")
    rows: list[tuple[str, Any, Any]] = [
        ("role", live.role, wanted.get("RoleArn", "")),
        ("description", live.description, wanted.get("PipelineDescription", "")),
        ("display_name", live.display_name or live.name, wanted.get("PipelineDisplayName", "") or live.name),
    ]
    if limit is not None:
        rows.append(("parallelism", live.parallelism, limit))
    return [Change("changed", "pipeline", bundle.name, path, old, new) for path, old, new in rows if old != new]


def _schedule_changed(wanted: Json | None, live: Json | None) -> bool:
    if wanted is None:
        return False
    if live is None:
        return True
    return any(live.get(key) != value for key, value in wanted.items())


def as_json(plan: Plan) -> Json:
    """The plan as plain JSON, for `plan.json`."""
    return {
        "version": VERSION,
        "pipeline": plan.pipeline,
        "region": plan.region,
        "target": plan.target,
        "action": plan.action,
        "changes": [
            {"kind": c.kind, "subject": c.subject, "name": c.name, "path": c.path, "before": c.before, "after": c.after}
            for c in plan.changes
        ],
        "tags": {"added": plan.tags_added, "left": list(plan.tags_left)},
        "cache": [f._asdict() for f in plan.forecast],
        "kept_places": [{"step": step, "attribute": attribute} for step, attribute in plan.kept],
        "code": list(plan.code),
        "schedule": plan.schedule,
        "bundle": plan.bundle,
        "live": plan.live,
    }
