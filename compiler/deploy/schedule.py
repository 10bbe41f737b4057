"""The pipeline's schedule in EventBridge Scheduler."""

from __future__ import annotations

from typing import Any

from compiler.deploy.faults import DENIED, NOT_FOUND, error_code, told
from compiler.deploy.session import Session

Json = dict[str, Any]


def read_schedule(session: Session, wanted: Json | None) -> Json | None:
    """The live schedule of that name, without what the service adds; None where there is none or none is wanted."""
    from botocore.exceptions import ClientError

    if wanted is None:
        return None
    with told("read the schedule"):
        try:
            found = session.scheduler.get_schedule(Name=wanted["Name"])
        except ClientError as error:
            if error_code(error) in (*NOT_FOUND, *DENIED):
                return None
            raise
    return {key: found[key] for key in wanted if key in found}


def put_schedule(session: Session, wanted: Json) -> str:
    """Create the schedule, or update it where it is there already; says which."""
    from botocore.exceptions import ClientError

    with told("set the schedule"):
        try:
            session.scheduler.create_schedule(**wanted)
            return "created"
        except ClientError as error:
            if error_code(error) != "ConflictException":
                raise
        session.scheduler.update_schedule(**wanted)
        return "updated"
