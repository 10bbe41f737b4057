"""The pipeline's schedule in EventBridge Scheduler. API: scheduler GetSchedule, CreateSchedule, UpdateSchedule."""

from __future__ import annotations

from typing import Any, NamedTuple

from compiler.deploy.faults import CONFLICT, DENIED, NOT_FOUND, AwsFault, told
from compiler.deploy.session import Session
from compiler.diff.changes import Change, members

Json = dict[str, Any]
DEFAULTS: Json = {"ScheduleExpressionTimezone": "UTC"}


class Unread(NamedTuple):
    """Why the live schedule is not known."""

    why: str


def read_schedule(session: Session, name: str, wanted: bool) -> Json | Unread | None:
    """The live schedule of that name; None where there is none. Raises AwsFault.

    Where none is wanted it is only looked for: no answer at all is no fault then, since many a network that has a way
    to SageMaker has none to EventBridge Scheduler.
    """
    client = session.scheduler if wanted else session.scheduler_glance
    try:
        with told("read the schedule"):
            found: Json = client.get_schedule(Name=name)
            return found
    except AwsFault as fault:
        if fault.answer in NOT_FOUND:
            return None
        if fault.answer in DENIED or (not wanted and fault.code == "aws-network"):
            return Unread(fault.message)
        raise


def starts(schedule: Json | Unread | None, arn: str) -> bool:
    """Whether a schedule is there and starts the pipeline of that ARN; the service writes names small in ARNs."""
    return isinstance(schedule, dict) and str(schedule.get("Target", {}).get("Arn", "")).lower() == arn.lower()


def schedule_changes(wanted: Json, live: Json | Unread | None) -> tuple[Change, ...]:
    """What setting the schedule would change. What the service adds of its own is no difference."""
    name = str(wanted["Name"])
    if not isinstance(live, dict):
        return (Change("added", "schedule", name, after=_said(wanted)),)
    return tuple(members("schedule", name, _shared(live, wanted), {**DEFAULTS, **wanted}))


def schedule_removal(live: Json) -> Change:
    """The removal of a live schedule, as a change."""
    return Change("removed", "schedule", str(live.get("Name", "")), before=_said(live))


def _said(schedule: Json) -> str:
    return f"{schedule.get('ScheduleExpression', '')} in {schedule.get('ScheduleExpressionTimezone', 'UTC')}"


def _shared(live: Json, wanted: Json) -> Json:
    """The part of a live schedule that a wanted one speaks of: the rest is the service's, or an operator's."""
    target, given = live.get("Target", {}), wanted["Target"]
    kept = {key: live[key] for key in {**DEFAULTS, **wanted} if key in live}
    return kept | {"Target": {key: target[key] for key in given if key in target}}


def put_schedule(session: Session, wanted: Json, live: Json | Unread | None) -> str:
    """Create the schedule, or update it where it is there already; says which. One that was switched off stays so."""
    known = live if isinstance(live, dict) else {}
    if not known and _created(session, wanted):
        return "created"
    state = {"State": known["State"]} if "State" in known else {}
    with told("set the schedule"):
        session.scheduler.update_schedule(**state, **wanted)
    return "updated"


def _created(session: Session, wanted: Json) -> bool:
    """Whether the schedule was created; not, where it is there already."""
    try:
        with told("set the schedule"):
            session.scheduler.create_schedule(**wanted)
    except AwsFault as fault:
        if fault.answer not in CONFLICT:
            raise
        return False
    return True


def drop_schedule(session: Session, name: str) -> bool:
    """Delete the schedule of that name; whether there was one."""
    try:
        with told("delete the schedule"):
            session.scheduler.delete_schedule(Name=name)
    except AwsFault as fault:
        if fault.answer not in NOT_FOUND:
            raise
        return False
    return True
