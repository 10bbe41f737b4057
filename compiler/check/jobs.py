"""Rules of single jobs: the document of a Job, a profiler that is off."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from compiler.check.facts import Facts
from compiler.check.pipeline_keys import Named
from compiler.check.scalars import text_faults
from compiler.check.ways import request
from compiler.diagnostics import Diagnostic
from compiler.model.program import BuiltStep
from compiler.model.values import Get, Hole, Join, Literal, Value, walk
from compiler.shapes import shape
from compiler.syntax import Scalar
from compiler.text import Span
from compiler.text.jsonfault import json_fault, parse_json

STAND_IN = "x"
MACHINE = "ProductionVariantInstanceType"
PER_RUN = ("PipelineExecutionId", "PipelineExecutionArn", "StartDateTime", "CurrentDateTime")


def job_documents(facts: Facts) -> Iterator[Diagnostic]:
    """SDK 3.27: the document is JSON text of a map; run-time values stand inside the quotes of its strings."""
    for step in facts.steps.values():
        arguments = request(step, "Job")
        document = arguments.get("JobConfigDocument") if arguments else None
        if isinstance(document, Literal | Join):
            yield from _document(document, step)


def _document(document: Literal | Join, step: BuiltStep) -> Iterator[Diagnostic]:
    parts = _parts(document)
    if parts is None:
        return
    try:
        found: Any = parse_json("".join(text for text, _ in parts))
    except json.JSONDecodeError as error:
        within = isinstance(document, Join)
        hint = "a run-time value stands inside the quotes of a string, and for nothing else" if within else ""
        why, position = json_fault(error)
        message = f"the job's document is no JSON: {why}"
        yield Diagnostic.of("job-document", message, _at(position, parts) or document.span, hint=hint)
        return
    if not isinstance(found, dict):
        yield Diagnostic.of("job-document", "the job's document is no JSON map", document.span)
        return
    output = found.get("OutputDataConfig")
    place = output.get("S3OutputPath") if isinstance(output, dict) else None
    if isinstance(place, str) and not _per_run(document):
        yield Diagnostic.of(
            "job-output",
            f"every execution of `{step.name}` writes to the same place, and their results mix",
            _of(place, document.span),
            hint="put `${{ execution.id }}` into `S3OutputPath`",
        )


def _parts(value: Value) -> list[tuple[str, Span]] | None:
    """The document in pieces, with stand-ins for what is known only when running; None where a part was at fault."""
    match value:
        case Literal():
            return [(value.as_text, value.span)]
        case Join(on, values):
            inner = [_parts(v) for v in values]
            between = [(on, value.span)] if on else []
            return (
                None
                if None in inner
                else [piece for n, part in enumerate(inner) for piece in (*(between if n else ()), *(part or ()))]
            )
        case Hole():
            return None
        case _:
            return [(STAND_IN, value.span)]


def _at(position: int, parts: list[tuple[str, Span]]) -> Span | None:
    """The place in the pipeline of a position in the document; None where it is not seen there."""
    for text, span in parts:
        if position < len(text):
            within = span.text.find(text)
            shown = span.sub(within + position, within + position + 1) if within >= 0 else None
            return shown or (span if text == STAND_IN else None)
        position -= len(text)
    return None


def _of(text: str, span: Span) -> Span:
    """Where the text stands in a span; the span where it is not seen there."""
    within = span.text.find(text)
    return span.sub(within, within + len(text)) if within >= 0 and text else span


def _per_run(document: Value) -> bool:
    return any(isinstance(v, Get) and v.root == "Execution" and v.name in PER_RUN for v in walk(document))


def serving_machines(facts: Facts) -> Iterator[Diagnostic]:
    """API: ProductionVariantInstanceType. A model's machine goes into no request; its image is chosen by it."""
    for step in facts.steps.values():
        node = step.source.node("instance_type") if step.type in ("Model", "RegisterModel") else None
        if isinstance(node, Scalar):
            yield from text_faults(node.text, node.span, shape("sagemaker", MACHINE), Named("`instance_type`"))


def emr_roles(facts: Facts) -> Iterator[Diagnostic]:
    """SDK: a runtime role goes with the id of a cluster, not with one made for the step."""
    for step in facts.steps.values():
        arguments = request(step, "EMR")
        if arguments is not None and "ClusterConfig" in arguments.members:
            role = arguments.members.get("ExecutionRoleArn")
            if role is not None and role.key_span.text == "ExecutionRoleArn":
                message = "`ExecutionRoleArn` goes with the id of a cluster, not with a cluster of its own"
                hint = "its jobs run with `JobFlowRole` of the cluster"
                yield Diagnostic.of("conflicting-keys", message, role.key_span, hint=hint)


def profilers(facts: Facts) -> Iterator[Diagnostic]:
    """CreateTrainingJob refuses a profiler that is off and has other fields."""
    for step in facts.steps.values():
        arguments = request(step, "Training")
        config = arguments.map("ProfilerConfig") if arguments else None
        if config is None or not config.flag("DisableProfiler"):
            continue
        for name, member in config.members.items():
            if name != "DisableProfiler":
                message = f"a profiler that is off has no `{name}`"
                yield Diagnostic.of("profiler-off", message, member.key_span, hint="remove it, or `DisableProfiler`")
                break
