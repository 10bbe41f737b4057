"""The keys of `pipeline` that people read or that name things: against the API's own shapes."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.check.facts import Facts
from compiler.check.scalars import text_faults
from compiler.diagnostics import Diagnostic
from compiler.model.values import Literal, MapValue, Value
from compiler.shapes import Shape, shape
from compiler.text import record

MOST_TAGS, LONGEST_METADATA, LONGEST_DESCRIPTION, LONGEST_MLFLOW_NAME = 50, 1024, 3072, 256


@record
class Named:
    """A place as messages name it."""

    title: str


def pipeline_keys(facts: Facts) -> Iterator[Diagnostic]:
    """API: CreatePipeline, ExperimentEntityName, MlflowResourceArn; definition format 1 (metadata) and 1.2."""
    settings = facts.program.settings
    request = shape("sagemaker", "CreatePipelineRequest")
    yield from _against(settings.get("display_name"), request.member("PipelineDisplayName"), "`display_name`")
    yield from _bounded(settings.get("description"), LONGEST_DESCRIPTION, "`description`")
    for name, value in _pairs(settings, "metadata"):
        yield from _bounded(value, LONGEST_METADATA, f"the metadata `{name}`")
    for name, value in _pairs(settings, "experiment"):
        yield from _against(value, shape("sagemaker", "ExperimentEntityName"), f"`{name}` of `experiment`")
    for name, value in _pairs(settings, "mlflow"):
        if name == "arn":
            yield from _against(value, shape("sagemaker", "MlFlowResourceArn"), "`arn` of `mlflow`")
        else:
            yield from _bounded(value, LONGEST_MLFLOW_NAME, f"`{name}` of `mlflow`")
    yield from _tags(settings.map("tags"))


def _pairs(settings: MapValue, key: str) -> Iterator[tuple[str, Value]]:
    found = settings.map(key)
    yield from found.pairs() if found else ()


def _against(value: Value | None, slot: Shape | None, title: str) -> Iterator[Diagnostic]:
    if isinstance(value, Literal) and slot is not None and not isinstance(value.value, bool):
        yield from text_faults(value.as_text, value.span, slot, Named(title))


def _bounded(value: Value | None, most: int, title: str) -> Iterator[Diagnostic]:
    if isinstance(value, Literal) and len(value.as_text) > most:
        message = f"{title} takes at most {most} characters, found {len(value.as_text)}"
        yield Diagnostic.of("text-length", message, value.span)


def _tags(tags: MapValue | None) -> Iterator[Diagnostic]:
    if tags is None:
        return
    slot = shape("sagemaker", "Tag")
    if len(tags.members) > MOST_TAGS:
        message = f"a pipeline takes at most {MOST_TAGS} tags, found {len(tags.members)}"
        yield Diagnostic.of("argument-length", message, tags.span)
    for name, member in tags.members.items():
        yield from _against(Literal(name, member.key_span, name), slot.member("Key"), "a tag key")
        yield from _against(member.value, slot.member("Value"), f"the tag `{name}`")
