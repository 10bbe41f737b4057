"""Versions of a pipeline and their aliases. API: ListPipelineVersions, UpdatePipelineVersion."""

from __future__ import annotations

import time
from typing import Any

from compiler.deploy.faults import CONFLICT, AwsFault, told
from compiler.deploy.session import Session, paged

Json = dict[str, Any]
PAUSES = (0.5, 1.0, 2.0, 4.0)


def versions(session: Session, name: str) -> list[Json]:
    """The versions of a pipeline, newest first, each with PipelineVersionId and maybe PipelineVersionAliases."""
    if not hasattr(session.sagemaker, "list_pipeline_versions"):
        raise _too_old("versions of pipelines")
    listing = session.sagemaker.list_pipeline_versions
    found = paged("list the pipeline's versions", listing, "PipelineVersionSummaries", PipelineName=name)
    return sorted(found, key=lambda row: -_id(row))


def _too_old(what: str) -> AwsFault:
    return AwsFault("aws-refused", f"this boto3 does not know {what}", hint="install a newer boto3")


def set_alias(session: Session, name: str, alias: str, version: int | None = None) -> str:
    """Let `alias` name a version, the newest when None; says what it names. Raises AwsFault.

    An alias must be taken off one version before another may have it, and a call speaks of one version (API:
    UpdatePipelineVersion): for the instant between two calls no version has it, and a start by alias is refused.
    Before a call is repeated whose answer was lost, or that another run was faster with, the versions are looked at.
    """
    for pause in PAUSES:
        try:
            return _set_alias(session, name, alias, version)
        except AwsFault as fault:
            if not fault.transient:
                raise
        time.sleep(pause)
    return _set_alias(session, name, alias, version)


def _set_alias(session: Session, name: str, alias: str, version: int | None) -> str:
    rows = versions(session, name)
    ids = [_id(row) for row in rows]
    if not ids:
        raise AwsFault("aws-not-found", f"pipeline `{name}` has no versions yet")
    wanted = version if version is not None else ids[0]
    if wanted not in ids:
        range_ = f"it has {ids[-1]} to {ids[0]}"
        raise AwsFault("aws-not-found", f"pipeline `{name}` has no version {wanted}", hint=range_)
    holder = _holder(rows, alias)
    if holder is not None and _id(holder) == wanted:
        return f"alias {alias} names version {wanted} already"
    arn, off = rows[0]["PipelineArn"], ""
    try:
        if holder is not None:
            _operate(session, arn, _id(holder), {"Remove": [alias]}, f"take alias {alias} off")
            off = f"alias {alias} was taken off version {_id(holder)}; no version has it now"
        _operate(session, arn, wanted, {"Add": [alias]}, f"set alias {alias}")
    except AwsFault as fault:
        raise _overtaken(session, name, alias, holder) or fault.with_notes(*filter(None, [off])) from None
    return f"alias {alias} names version {wanted}" + (f", before {_id(holder)}" if holder else "")


def _overtaken(session: Session, name: str, alias: str, holder: Json | None) -> AwsFault | None:
    """The conflict, where the alias is with another version than it was: another run has moved it meanwhile."""
    try:
        now = _holder(versions(session, name), alias)
    except AwsFault:
        return None
    if now is None or (holder is not None and _id(now) == _id(holder)):
        return None
    said = f"cannot set alias {alias}: another run is moving it, now to version {_id(now)}"
    return AwsFault("aws-refused", said, hint="run the same command again", answer=CONFLICT[0])


def named_by(session: Session, name: str, alias: str) -> int:
    """The version that an alias names. Raises AwsFault where none has it."""
    rows = versions(session, name)
    holder = _holder(rows, alias)
    if holder is None:
        known = sorted({a for row in rows for a in row.get("PipelineVersionAliases") or []})
        hint = f"aliases of `{name}`: {', '.join(known)}" if known else f"no version of `{name}` has an alias"
        raise AwsFault("aws-not-found", f"no version of `{name}` has the alias `{alias}`", hint=hint)
    return _id(holder)


def before(session: Session, name: str, alias: str) -> int:
    """The version before the one that `alias` names."""
    now = named_by(session, name, alias)
    older = [_id(row) for row in versions(session, name) if _id(row) < now]
    if not older:
        raise AwsFault("aws-not-found", f"alias `{alias}` names version {now} of `{name}`, and there is none before it")
    return max(older)


def _holder(rows: list[Json], alias: str) -> Json | None:
    return next((row for row in rows if alias in (row.get("PipelineVersionAliases") or [])), None)


def _id(row: Json) -> int:
    return int(row["PipelineVersionId"])


def _operate(session: Session, arn: str, version: int, operations: Json, doing: str) -> None:
    members = session.once.meta.service_model.operation_model("UpdatePipelineVersion").input_shape.members
    if "PipelineVersionAliasOperations" not in members:
        raise _too_old("aliases of versions")
    with told(doing):
        session.once.update_pipeline_version(
            PipelineArn=arn, PipelineVersionId=version, PipelineVersionAliasOperations=operations
        )
