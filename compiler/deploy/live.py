"""The live pipeline, read and nothing else."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from compiler.deploy.faults import DENIED, NOT_FOUND, error_code, told, translate
from compiler.deploy.session import Session, paged

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Live:
    """A pipeline as it stands. `definition` is {} where the service gave no JSON (one of S3 that is not readable)."""

    name: str
    arn: str
    definition: Json = field(repr=False)
    role: str = ""
    description: str = ""
    display_name: str = ""
    parallelism: int | None = None
    tags: dict[str, str] | None = None

    @property
    def digest(self) -> str:
        """SHA-256 of everything an upsert would compare; a saved plan is stale when it changed."""
        seen = [self.definition, self.role, self.description, self.display_name, self.parallelism, self.tags]
        return hashlib.sha256(json.dumps(seen, sort_keys=True).encode()).hexdigest()


class Hidden:
    """We may not look: describing the pipeline is denied."""


def read_live(session: Session, name: str) -> Live | Hidden | None:
    """The live pipeline; None where there is none; Hidden where the caller may not describe it.

    Absent is ResourceNotFound, or any other client error when an exact-name listing confirms it: the service has
    answered ValidationException for a missing pipeline, too.
    """
    from botocore.exceptions import ClientError

    with told("describe the pipeline"):
        try:
            found = session.sagemaker.describe_pipeline(PipelineName=name)
        except ClientError as error:
            code = error_code(error)
            if code in NOT_FOUND:
                return None
            if code in DENIED:
                return Hidden()
            if not _listed(session, name):
                return None
            raise translate(error, "describe the pipeline") from None
    return _live(session, name, found)


def _listed(session: Session, name: str) -> bool:
    """Whether ListPipelines knows the exact name; a listing that fails counts as yes, since nothing is confirmed."""
    from botocore.exceptions import ClientError

    try:
        rows = paged(session.sagemaker.list_pipelines, "PipelineSummaries", PipelineNamePrefix=name)
    except ClientError:
        return True
    return any(row.get("PipelineName") == name for row in rows)


def _live(session: Session, name: str, found: Json) -> Live:
    limit = found.get("ParallelismConfiguration") or {}
    return Live(
        name=name,
        arn=found["PipelineArn"],
        definition=_definition(found.get("PipelineDefinition", "")),
        role=found.get("RoleArn", ""),
        description=found.get("PipelineDescription") or "",
        display_name=found.get("PipelineDisplayName") or "",
        parallelism=limit.get("MaxParallelExecutionSteps"),
        tags=_tags(session, found["PipelineArn"]),
    )


def _definition(text: str) -> Json:
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _tags(session: Session, arn: str) -> dict[str, str] | None:
    """The tags; None where they may not be listed."""
    from botocore.exceptions import ClientError

    try:
        rows = paged(session.sagemaker.list_tags, "Tags", ResourceArn=arn)
    except ClientError as error:
        if error_code(error) in DENIED:
            return None
        raise
    return {row["Key"]: row["Value"] for row in rows}
