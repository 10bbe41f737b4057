"""Rules of single jobs: the document of a Job, a profiler that is off."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from compiler.check.facts import Facts
from compiler.check.ways import request
from compiler.diagnostics import Diagnostic
from compiler.model.program import BuiltStep
from compiler.model.values import Get, Hole, Join, JsonGet, Literal, Value, walk

STAND_IN = "x"
PER_RUN = ("PipelineExecutionId", "PipelineExecutionArn", "StartDateTime", "CurrentDateTime")


def job_documents(facts: Facts) -> Iterator[Diagnostic]:
    """SDK 3.27: the document is JSON text of a map; run-time values stand inside the quotes of its strings."""
    for step in facts.steps.values():
        arguments = request(step, "Job")
        document = arguments.get("JobConfigDocument") if arguments else None
        if isinstance(document, Literal | Join):
            yield from _document(document, step)


def _document(document: Literal | Join, step: BuiltStep) -> Iterator[Diagnostic]:
    text = _as_text(document)
    if text is None:
        return
    try:
        found: Any = json.loads(text)
    except ValueError as error:
        within = isinstance(document, Join)
        hint = "a run-time value stands inside the quotes of a string, and for nothing else" if within else ""
        message = f"the job's document is no JSON: {str(error).rpartition(':')[0].lower() or 'it cannot be read'}"
        yield Diagnostic.of("job-document", message, document.span, hint=hint)
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
            document.span,
            hint="put `${{ execution.id }}` into `S3OutputPath`",
        )


def _as_text(value: Value) -> str | None:
    """The document with stand-ins for what is known only when running; None where a part was at fault."""
    match value:
        case Literal():
            return value.as_text
        case Get() | JsonGet():
            return STAND_IN
        case Join(on, values):
            parts = [_as_text(v) for v in values]
            return None if None in parts else on.join(p for p in parts if p is not None)
        case Hole():
            return None
        case _:
            return STAND_IN


def _per_run(document: Value) -> bool:
    return any(isinstance(v, Get) and v.root == "Execution" and v.name in PER_RUN for v in walk(document))


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
