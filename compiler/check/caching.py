"""A cache that can never hit, and why. Source: DG, pipelines-default-keys and pipelines-caching."""

from __future__ import annotations

from collections.abc import Iterator
from graphlib import TopologicalSorter
from typing import NamedTuple

from compiler.check.facts import Facts
from compiler.diagnostics import Diagnostic, Place
from compiler.lower.requests import step_type_of
from compiler.model.program import BuiltStep
from compiler.model.values import Get, Literal, MapValue, Value, late, walk

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
    changing = _changing(facts)
    for step in facts.steps.values():
        if step.name not in changing or not cached(step):
            continue
        attribute, value, why = changing[step.name]
        place = step.keys.get("CacheConfig")
        yield Diagnostic.of(
            "cache-never-hits",
            f"the cache of `{step.name}` can never hit: {why}, and `{attribute}` is part of the cache key",
            value.span,
            places=(Place(place.span, "the cache"),) if place else (),
        )


class Changing(NamedTuple):
    """The first attribute of a step's cache key that differs in every run: its value, and why."""

    attribute: str
    value: Value
    why: str


def _changing(facts: Facts) -> dict[str, Changing]:
    """The steps whose cache key is new in every run. A step is looked at after those it reads from."""
    found: dict[str, Changing] = {}
    needs = {name: [edge.needs for edge in edges if edge.needs in facts.steps] for name, edges in facts.needs.items()}
    for name in TopologicalSorter(needs).static_order():
        for attribute, value in key_values(facts.steps[name]):
            if (why := _new_each_run(value, facts, found)) is not None:
                found[name] = Changing(attribute, value, why)
                break
    return found


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
        for inner in late(value):
            yield attribute, inner


def _new_each_run(value: Value, facts: Facts, changing: dict[str, Changing]) -> str | None:
    """Why a value differs in every run, or None where it may be the same."""
    match value:
        case Get(root="Execution", name=name) if name in PER_RUN:
            return f"`{name}` is new in every execution"
        case Get(root="Steps", name=name) if name in facts.steps:
            return _step_output(facts.steps[name], value, changing)
        case _:
            return None


def _step_output(step: BuiltStep, value: Get, changing: dict[str, Changing]) -> str | None:
    """Why an output of a step differs in every run. A literal location is the same whether or not the step ran."""
    if step.type == "Model" and str(value).endswith(".ModelName"):
        return f"model step `{step.name}` makes a new name in every execution"
    step_type = step_type_of(step.type)
    if step_type is None or step_type.cache != "yes" or not _made(step, value):
        return None
    if not cached(step):
        return f"step `{step.name}` has no cache, so what it gives is new in every execution"
    return f"step `{step.name}` never hits, since {changing[step.name].why}" if step.name in changing else None


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
