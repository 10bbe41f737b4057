"""The pipeline's schedule in EventBridge Scheduler. API: scheduler GetSchedule, CreateSchedule, UpdateSchedule."""

from __future__ import annotations

from typing import Any

from compiler.deploy.faults import CONFLICT, DENIED, NOT_FOUND, error_code, told
from compiler.deploy.session import Session

Json = dict[str, Any]
DEFAULTS: Json = {"ScheduleExpressionTimezone": "UTC", "State": "ENABLED", "GroupName": "default"}


def read_schedule(session: Session, wanted: Json | None) -> Json | None:
    """The live schedule of that name; None where there is none, where we may not look, or when none is wanted."""
    from botocore.exceptions import ClientError

    if wanted is None:
        return None
    with told("read the schedule"):
        try:
            found: Json = session.scheduler.get_schedule(Name=wanted["Name"])
        except ClientError as error:
            if error_code(error) in (*NOT_FOUND, *DENIED):
                return None
            raise
    return found


def differs(wanted: Json, live: Json | None) -> bool:
    """Whether setting the schedule would change it. What the service adds of its own is no difference."""
    return live is None or not _holds({"ScheduleExpressionTimezone": "UTC", **wanted}, live)


def _holds(wanted: Any, live: Any) -> bool:
    if isinstance(wanted, dict):
        held = live if isinstance(live, dict) else {}
        return all(_holds(value, held.get(key, DEFAULTS.get(key))) for key, value in wanted.items())
    return bool(wanted == live)


def put_schedule(session: Session, wanted: Json, live: Json | None) -> str:
    """Create the schedule, or update it where it is there already; says which. One that was switched off stays so."""
    from botocore.exceptions import ClientError

    with told("set the schedule"):
        if live is None:
            try:
                session.scheduler.create_schedule(**wanted)
                return "created"
            except ClientError as error:
                if error_code(error) not in CONFLICT:
                    raise
        state = {"State": live["State"]} if live and "State" in live else {}
        session.scheduler.update_schedule(**state, **wanted)
        return "updated"


def drop_schedule(session: Session, name: str) -> bool:
    """Delete the schedule of that name; whether there was one."""
    from botocore.exceptions import ClientError

    with told("delete the schedule"):
        try:
            session.scheduler.delete_schedule(Name=name)
        except ClientError as error:
            if error_code(error) not in NOT_FOUND:
                raise
            return False
    return True
