"""A cache that can never hit, and why. Source: DG, pipelines-default-keys and pipelines-caching."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.check.facts import Facts
from compiler.diagnostics import Diagnostic, Place
from compiler.lower.requests import step_type_of
from compiler.model.program import BuiltStep
from compiler.model.values import Get, Join, JsonGet, Literal, MapValue, Value, walk

PER_RUN = (
    "StartDateTime",
    "CurrentDateTime",
    "PipelineExecutionId",
    "PipelineExecutionArn",
    "TrainingJobName",
    "ProcessingJobName",
)


def caching(facts: Facts) -> Iterator[Diagnostic]:
    """Each cached step whose key holds a value that is new in every run."""
    for step in facts.steps.values():
        if not cached(step):
            continue
        for attribute, value in key_values(step):
            if (why := _new_each_run(value, facts, ())) is not None:
                place = step.keys.get("CacheConfig")
                places = (Place(place.span, "the cache"),) if place else ()
                yield Diagnostic.of(
                    "cache-never-hits",
                    f"the cache of `{step.name}` can never hit: {why}, and `{attribute}` is part of the cache key",
                    value.span,
                    places=places,
                )
                break


def cached(step: BuiltStep) -> bool:
    """Whether the step has a cache that is on."""
    config = step.keys.get("CacheConfig")
    enabled = config.get("Enabled") if isinstance(config, MapValue) else None
    return isinstance(enabled, Literal) and enabled.value is True


def key_values(step: BuiltStep) -> Iterator[tuple[str, Value]]:
    """The run-time values in the attributes of the step's cache key, each with the attribute."""
    step_type = step_type_of(step.type)
    for attribute in step_type.cache_key if step_type else ():
        value: Value | None = step.arguments
        for name in attribute.split("."):
            value = value.get(name) if isinstance(value, MapValue) else None
        for inner in walk(value):
            if isinstance(inner, Get | Join | JsonGet):
                yield attribute, inner


def _new_each_run(value: Value, facts: Facts, path: tuple[str, ...]) -> str | None:
    """Why a value differs in every run, or None where it may be the same."""
    match value:
        case Get(root="Execution", name=name) if name in PER_RUN:
            return f"`{name}` is new in every execution"
        case Get(root="Steps", name=name) if name in facts.steps and name not in path:
            return _step_output(facts.steps[name], value, facts, path)
        case _:
            return None


def _step_output(step: BuiltStep, value: Get, facts: Facts, path: tuple[str, ...]) -> str | None:
    """Why an output of a step differs in every run. A literal location is the same whether or not the step ran."""
    if step.type == "Model" and str(value).endswith(".ModelName"):
        return f"model step `{step.name}` makes a new name in every execution"
    step_type = step_type_of(step.type)
    if step_type is None or step_type.cache != "yes" or not _made(step, value):
        return None
    if not cached(step):
        return f"step `{step.name}` has no cache, so what it gives is new in every execution"
    for _, inner in key_values(step):
        if (why := _new_each_run(inner, facts, (*path, step.name))) is not None:
            return f"step `{step.name}` never hits, since {why}"
    return None


def _made(step: BuiltStep, value: Get) -> bool:
    """Whether each run of the step makes the value anew: job names, model archives, places with the execution."""
    words = [str(s.value) for s in value.path]
    if words[:1] == ["ModelArtifacts"] or words[-1:] == ["TrainingJobName"] or "BestTrainingJob" in words:
        return True
    if words[:2] == ["ProcessingOutputConfig", "Outputs"] and len(words) > 2:
        return _per_run_location(step, words[2])
    return False


def _per_run_location(step: BuiltStep, name: str) -> bool:
    config = step.arguments.map("ProcessingOutputConfig") if isinstance(step.arguments, MapValue) else None
    for number, output in enumerate(config.list("Outputs") if config else ()):
        if isinstance(output, MapValue) and name in (output.text("OutputName"), str(number)):
            return any(isinstance(v, Get) and v.root == "Execution" and v.name in PER_RUN for v in walk(output))
    return False
