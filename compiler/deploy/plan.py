"""What an upsert would change in the live pipeline. Nothing here writes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from compiler.deploy.bundle import Bundle, Upload
from compiler.deploy.live import Hidden, Live, Sight
from compiler.deploy.schedule import Unread, schedule_changes, schedule_removal, starts
from compiler.diff import Change, compare
from compiler.diff.forecast import Forecast, forecast, kept_places
from compiler.emit.bytes import digest_of

Json = dict[str, Any]
VERSION = 1


@dataclass(frozen=True, slots=True)
class Plan:
    """`action`: create, update, none, or unknown (the live pipeline may not be read).

    `bundle` and `live` are digests: what was compared. `kept`: cached steps whose new output place a hit would not use.
    `code` are the URIs that S3 does not hold. `tags_left` are live tags that the file does not have and that stay.
    `schedule` is the request to set it, None where it is as wanted; `scheduled` what that changes, a removal included.
    """

    pipeline: str
    region: str
    target: str
    action: str
    changes: tuple[Change, ...] = ()
    tags_added: dict[str, str] = field(default_factory=dict)
    tags_removed: tuple[str, ...] = ()
    tags_left: tuple[str, ...] = ()
    forecast: tuple[Forecast, ...] = ()
    kept: tuple[tuple[str, str], ...] = ()
    code: tuple[str, ...] = ()
    schedule: Json | None = None
    scheduled: tuple[Change, ...] = ()
    notes: tuple[str, ...] = ()
    bundle: str = ""
    live: str = ""

    @property
    def empty(self) -> bool:
        return self.action == "none"

    @property
    def unscheduled(self) -> bool:
        """Whether a live schedule goes, since the file no longer has it."""
        return any(change.kind == "removed" for change in self.scheduled if not change.path)


def make_plan(bundle: Bundle, sight: Sight, prune_tags: bool = False) -> Plan:
    """The plan for `bundle` over what is live."""
    scheduled = tuple(_scheduled(bundle, sight))
    plan = Plan(
        bundle.name, bundle.region, bundle.target, "unknown",
        code=tuple(upload.uri for upload in bundle.uploads if _lacking(upload, sight)),
        schedule=bundle.schedule if scheduled else None, scheduled=scheduled, notes=tuple(_unread(bundle, sight)),
        bundle=bundle.digest, live=_digest(sight),
    )  # fmt: skip
    match sight.pipeline:
        case Hidden(fault):
            return replace(plan, tags_added=bundle.tags, notes=(fault.message, fault.hint, *plan.notes))
        case None:
            return _creation(plan, bundle)
        case Live() as live:
            return _update(plan, bundle, live, prune_tags)


def _creation(plan: Plan, bundle: Bundle) -> Plan:
    changes = tuple(c for c in compare({}, bundle.definition) if c.path != "Version")
    return replace(
        plan, action="create", changes=changes, tags_added=bundle.tags, forecast=forecast(None, bundle.definition)
    )


def _update(plan: Plan, bundle: Bundle, live: Live, prune_tags: bool) -> Plan:
    changes = (*_settings(bundle, live), *compare(live.definition, bundle.definition))
    known = live.tags
    added = {k: v for k, v in bundle.tags.items() if known is None or known.get(k) != v}
    if known is None and not changes:
        added = {}
    left = tuple(k for k in known or {} if k not in bundle.tags and not k.lower().startswith(("aws:", "sagemaker:")))
    removed = left if prune_tags else ()
    something = changes or added or removed or plan.code or plan.scheduled
    return replace(
        plan,
        action="update" if something else "none",
        changes=changes,
        tags_added=added,
        tags_removed=removed,
        tags_left=() if prune_tags else left,
        forecast=forecast(live.definition, bundle.definition),
        kept=tuple(kept_places(live.definition, bundle.definition)),
        notes=(*_notes(bundle, live), *plan.notes),
    )


def _notes(bundle: Bundle, live: Live) -> Iterator[str]:
    if live.tags is None and bundle.tags:
        yield "the live tags may not be listed: those of the file are set when the pipeline changes"
    if live.parallelism is not None and "ParallelismConfiguration" not in bundle.update:
        yield f"the file names no `parallelism`; the live {live.parallelism} stays, since the service keeps it"


def _scheduled(bundle: Bundle, sight: Sight) -> Iterator[Change]:
    """What an upsert changes of the schedule. One that the file lacks goes when it has our name and starts ours."""
    arn = sight.live.arn if sight.live else bundle.arn
    if bundle.schedule is not None:
        yield from schedule_changes(bundle.schedule, sight.schedule)
    elif isinstance(sight.schedule, dict) and starts(sight.schedule, arn):
        yield schedule_removal(sight.schedule)


def _unread(bundle: Bundle, sight: Sight) -> Iterator[str]:
    if isinstance(sight.schedule, Unread):
        so = "it is set anew" if bundle.schedule else "if one is left from before it goes on"
        yield f"whether a schedule starts the pipeline is not known, {so}: {sight.schedule.why}"


def _lacking(upload: Upload, sight: Sight) -> bool:
    """Whether an object has to be uploaded. Where S3 does not say, what the live definition names is there."""
    match sight.code[upload.uri]:
        case "present":
            return False
        case "unknown" if sight.live is not None:
            return upload.uri not in json.dumps(sight.live.definition) and not _is_definition(upload)
    return True


def _is_definition(upload: Upload) -> bool:
    return "/definitions/" in upload.uri


def _digest(sight: Sight) -> str:
    """What a saved plan depends on; code is not part of it, since it is only ever added."""
    seen = [sight.live.digest if sight.live else type(sight.pipeline).__name__, _schedule_of(sight)]
    return digest_of(seen)


def _schedule_of(sight: Sight) -> Json:
    kept = ("ScheduleExpression", "ScheduleExpressionTimezone", "State", "Target", "FlexibleTimeWindow")
    live = sight.schedule if isinstance(sight.schedule, dict) else {}
    return {key: live.get(key) for key in kept}


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


def as_json(plan: Plan) -> Json:
    """The plan as plain JSON, for `plan.json`."""
    return {
        "version": VERSION,
        "pipeline": plan.pipeline,
        "region": plan.region,
        "target": plan.target,
        "action": plan.action,
        "changes": [_change(c) for c in plan.changes],
        "tags": {"added": plan.tags_added, "removed": list(plan.tags_removed), "left": list(plan.tags_left)},
        "cache": [f._asdict() for f in plan.forecast],
        "kept_places": [{"step": step, "attribute": attribute} for step, attribute in plan.kept],
        "code": list(plan.code),
        "schedule": plan.schedule,
        "schedule_changes": [_change(c) for c in plan.scheduled],
        "notes": list(plan.notes),
        "bundle": plan.bundle,
        "live": plan.live,
    }


def _change(c: Change) -> Json:
    return {
        "kind": c.kind, "subject": c.subject, "name": c.name, "path": c.path, "before": c.before, "after": c.after
    }  # fmt: skip
