"""Deleting a pipeline. API: DeletePipeline."""

from __future__ import annotations

from compiler.deploy.faults import CONFLICT, NOT_FOUND, NOWHERE, AwsFault, told
from compiler.deploy.live import Hidden, describe
from compiler.deploy.session import Session


def look(session: Session, name: str) -> str:
    """The ARN of the pipeline, its name where we may not look. Raises AwsFault where there is none."""
    found = describe(session, name)
    if found is None:
        raise AwsFault("aws-not-found", f"there is no pipeline `{name}` in {session.region}", hint=NOWHERE)
    return name if isinstance(found, Hidden) else str(found["PipelineArn"])


def delete(session: Session, name: str) -> None:
    """Delete the pipeline; one that another run has deleted meanwhile is no fault."""
    try:
        with told("delete the pipeline"):
            session.sagemaker.delete_pipeline(PipelineName=name)
    except AwsFault as fault:
        if fault.answer in NOT_FOUND:
            return
        if fault.answer not in CONFLICT:
            raise
        hint = f"an execution still runs: `sagepipe stop {name}`, wait until it has ended, then delete again"
        raise AwsFault(fault.code, fault.message, hint=hint, answer=fault.answer) from None
