"""The upsert call as data: what CreatePipeline and UpdatePipeline are sent. API: CreatePipeline, UpdatePipeline."""

from __future__ import annotations

from typing import Any

from compiler.model.values import Literal, MapValue

Json = dict[str, Any]
INLINE_LIMIT = 1_048_576


def upsert_request(settings: MapValue, definition: str, location: tuple[str, str] | None) -> Json:
    """`{"create": ..., "update": ...}`. A definition at `location` (bucket, key) is named, not sent inline.

    The update clears what the document leaves out: the API keeps members that are absent.
    """
    name, role = settings.text("name"), settings.text("role")
    body: Json = (
        {"PipelineDefinitionS3Location": {"Bucket": location[0], "ObjectKey": location[1]}}
        if location
        else {"PipelineDefinition": definition}
    )
    common: Json = {"PipelineName": name, "PipelineDisplayName": settings.text("display_name") or name, **body}
    description = settings.text("description")
    parallelism = settings.get("parallelism")
    limit = {"MaxParallelExecutionSteps": parallelism.value} if isinstance(parallelism, Literal) else None
    tail: Json = {"RoleArn": role, **({"ParallelismConfiguration": limit} if limit else {})}
    create = {**common, **({"PipelineDescription": description} if description else {}), **tail}
    if tags := settings.map("tags"):
        create["Tags"] = [{"Key": k, "Value": v.as_text} for k, v in tags.pairs() if isinstance(v, Literal)]
    return {"create": create, "update": {**common, "PipelineDescription": description, **tail}}
