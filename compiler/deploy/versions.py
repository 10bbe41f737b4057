"""Versions of a pipeline and their aliases. API: ListPipelineVersions, UpdatePipelineVersion (botocore 1.44)."""

from __future__ import annotations

from typing import Any

from compiler.deploy.faults import AwsFault, told
from compiler.deploy.session import Session, paged

Json = dict[str, Any]


def versions(session: Session, name: str) -> list[Json]:
    """The versions of a pipeline, newest first, each with PipelineVersionId and PipelineVersionAliases."""
    with told("list the pipeline's versions"):
        arn = session.sagemaker.describe_pipeline(PipelineName=name)["PipelineArn"]
        found = paged(
            session.sagemaker.list_pipeline_versions, "PipelineVersionSummaries", PipelineName=arn.split("/")[-1]
        )
    return sorted(found, key=lambda v: -int(v["PipelineVersionId"]))


def set_alias(session: Session, name: str, alias: str, version: int | None = None) -> str:
    """Let `alias` name a version, the newest when None. A move is two calls: off the old version, onto the new one."""
    rows = versions(session, name)
    if not rows:
        raise AwsFault("aws-not-found", f"pipeline `{name}` has no versions yet")
    ids = [int(row["PipelineVersionId"]) for row in rows]
    wanted = version if version is not None else ids[0]
    if wanted not in ids:
        raise AwsFault(
            "aws-not-found", f"pipeline `{name}` has no version {wanted}", hint=f"it has {ids[-1]} to {ids[0]}"
        )
    holder = next((row for row in rows if alias in (row.get("PipelineVersionAliases") or [])), None)
    if holder is not None and int(holder["PipelineVersionId"]) == wanted:
        return f"alias {alias} already names version {wanted}"
    arn = rows[0]["PipelineArn"]
    with told(f"move alias {alias}"):
        if holder is not None:
            _operate(session, arn, int(holder["PipelineVersionId"]), {"Remove": [alias]})
        _operate(session, arn, wanted, {"Add": [alias]})
    return f"alias {alias} names version {wanted}"


def previous(session: Session, name: str, alias: str) -> int:
    """The version before the one that `alias` names."""
    rows = versions(session, name)
    ids = [int(row["PipelineVersionId"]) for row in rows]
    at = next((i for i, row in enumerate(rows) if alias in (row.get("PipelineVersionAliases") or [])), None)
    if at is None:
        raise AwsFault("aws-not-found", f"no version of `{name}` has the alias `{alias}`")
    if at + 1 >= len(ids):
        raise AwsFault(
            "aws-not-found", f"alias `{alias}` names the oldest version of `{name}`; there is none before it"
        )
    return ids[at + 1]


def _operate(session: Session, arn: str, version: int, operations: Json) -> None:
    session.sagemaker.update_pipeline_version(
        PipelineArn=arn, PipelineVersionId=version, PipelineVersionAliasOperations=operations
    )
