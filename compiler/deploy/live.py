"""What is live, read and nothing else: the pipeline, its schedule, the code in S3."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from compiler.deploy.bundle import Bundle
from compiler.deploy.faults import DENIED, NOT_FOUND, NOWHERE, AwsFault, told, translate
from compiler.deploy.schedule import Unread, read_schedule
from compiler.deploy.session import Session, paged
from compiler.deploy.upload import State, state_of
from compiler.emit.bytes import digest_of
from compiler.text.jsonfault import parse_json

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
        return digest_of(seen)


@dataclass(frozen=True, slots=True)
class Hidden:
    """We may not look: describing the pipeline is denied, as `fault` says."""

    fault: AwsFault


@dataclass(frozen=True, slots=True)
class Sight:
    """All that a plan is made from. `code` is the state of each object to be in S3, by its URI."""

    pipeline: Live | Hidden | None
    schedule: Json | Unread | None
    code: dict[str, State]

    @property
    def live(self) -> Live | None:
        return self.pipeline if isinstance(self.pipeline, Live) else None


def look(session: Session, bundle: Bundle) -> Sight:
    """What is live of a bundle's pipeline. Raises AwsFault, also where the credentials are of another account."""
    refuse_another_account(session, bundle)
    pipeline = read_live(session, bundle.name)
    schedule = read_schedule(session, bundle.name, bundle.schedule is not None)
    return Sight(pipeline, schedule, {u.uri: state_of(session, u) for u in bundle.uploads})


def refuse_another_account(session: Session, bundle: Bundle) -> None:
    """Raise AwsFault where the credentials are of another account than the target. Who is not known is believed."""
    account, arn = session.caller
    if not account or not bundle.account or account == bundle.account:
        return
    target = f"target `{bundle.target}`" if bundle.target else "the pipeline"
    raise AwsFault(
        "aws-account",
        f"{target} is for account {bundle.account}, and these credentials are of account {account}",
        hint=f"take a profile of account {bundle.account} (--profile), or another --target",
        notes=(f"AWS knows you as {arn}", "nothing was uploaded or changed"),
    )


def read_live(session: Session, name: str) -> Live | Hidden | None:
    """The live pipeline; None where there is none; Hidden where the caller may not describe it.

    Absent is ResourceNotFound, or a refusal of the request (the service has answered ValidationException for a missing
    pipeline, too) when an exact-name listing confirms it.
    """
    found = describe(session, name)
    return live_of(session, name, found) if isinstance(found, dict) else found


def describe(session: Session, name: str, **which: Any) -> Json | Hidden | None:
    """DescribePipeline's answer, None where there is no such pipeline, Hidden where it may not be described."""
    from botocore.exceptions import ClientError

    with told("describe the pipeline"):
        try:
            answer: Json = session.sagemaker.describe_pipeline(PipelineName=name, **which)
            return answer
        except ClientError as error:
            fault = translate(error, "describe the pipeline")
    if fault.answer in DENIED:
        return Hidden(fault)
    if fault.answer in NOT_FOUND or (fault.code == "aws-refused" and not _listed(session, name)):
        return None
    raise fault


def must_describe(session: Session, name: str, **which: Any) -> Json:
    """DescribePipeline's answer. Raises AwsFault where there is no such pipeline, or it may not be described."""
    match describe(session, name, **which):
        case None:
            raise AwsFault("aws-not-found", f"there is no pipeline `{name}` in {session.region}", hint=NOWHERE)
        case Hidden(fault):
            raise fault
        case found:
            return found


def pipelines(session: Session, prefix: str) -> Iterator[Json]:
    """One's own pipelines whose names begin so, a page at a time; those that AWS manages are left out."""
    with told("list pipelines"):
        members = session.sagemaker.meta.service_model.operation_model("ListPipelines").input_shape.members
    own = {"ManagedBy": "CUSTOMER"} if "ManagedBy" in members else {}
    asked = {"PipelineNamePrefix": prefix} if prefix else {}
    yield from paged("list pipelines", session.sagemaker.list_pipelines, "PipelineSummaries", **own, **asked)


def _listed(session: Session, name: str) -> bool:
    """Whether ListPipelines knows the exact name; a listing that fails counts as yes, since nothing is confirmed."""
    rows = paged("list pipelines", session.sagemaker.list_pipelines, "PipelineSummaries", PipelineNamePrefix=name)
    try:
        return any(row.get("PipelineName") == name for row in rows)
    except AwsFault:
        return True


def live_of(session: Session, name: str, found: Json) -> Live:
    """DescribePipeline's answer with the tags."""
    limit = found.get("ParallelismConfiguration") or {}
    return Live(
        name=name,
        arn=found["PipelineArn"],
        definition=definition_of(found),
        role=found.get("RoleArn", ""),
        description=found.get("PipelineDescription") or "",
        display_name=found.get("PipelineDisplayName") or "",
        parallelism=limit.get("MaxParallelExecutionSteps"),
        tags=_tags(session, found["PipelineArn"]),
    )


def definition_of(found: Json) -> Json:
    """The definition in an answer; {} where it is no JSON object."""
    try:
        value = parse_json(found.get("PipelineDefinition", ""))
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _tags(session: Session, arn: str) -> dict[str, str] | None:
    """The tags; None where they may not be listed."""
    rows = paged("list the pipeline's tags", session.sagemaker.list_tags, "Tags", ResourceArn=arn)
    try:
        return {row["Key"]: row["Value"] for row in rows}
    except AwsFault as fault:
        if fault.answer in DENIED:
            return None
        raise
