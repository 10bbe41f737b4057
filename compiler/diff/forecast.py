"""What the service's cache would do with each step of a new definition. Source: DG, pipelines-default-keys.

A hit needs the same values in the key attributes as an earlier successful run within the expiry. What can be told from
two definitions: which attributes changed, which values are new in every execution, and what follows from upstream.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter
from typing import Any, Literal, NamedTuple

from compiler.diff.changes import renamed_in, renames
from compiler.diff.steps import StepAt, flatten
from compiler.diff.values import same
from compiler.lower.requests import step_type_of

Json = Any
Verdict = Literal["will re-run", "would hit", "unknown"]
PER_RUN = (
    "Execution.StartDateTime",
    "Execution.CurrentDateTime",
    "Execution.PipelineExecutionId",
    "Execution.PipelineExecutionArn",
    "Execution.TrainingJobName",
    "Execution.ProcessingJobName",
)


class Forecast(NamedTuple):
    """What the cache would do with a step, and why; `attribute` is the key attribute that decides, or ""."""

    step: str
    verdict: Verdict
    why: str
    attribute: str = ""


def forecast(before: dict[str, Json] | None, after: dict[str, Json]) -> tuple[Forecast, ...]:
    """A forecast for each step of `after` that a cache could concern; `before` is the live definition, if any."""
    forecaster = _Forecaster(before or {}, after)
    for name in _upstream_first(forecaster.after):
        forecaster.decide(name)
    return tuple(forecaster.known[name] for name, step in forecaster.after.items() if _cacheable(step))


def _upstream_first(steps: dict[str, StepAt]) -> list[str]:
    """The names of all steps, each after those its key attributes read; as written where they form a circle."""
    reads = {
        name: [p.split(".")[1] for _, p in _references(step) if p.startswith("Steps.")] for name, step in steps.items()
    }
    sorter = TopologicalSorter({name: [r for r in found if r in steps and r != name] for name, found in reads.items()})
    try:
        return list(sorter.static_order())
    except CycleError:
        return list(steps)


def _cacheable(step: StepAt) -> bool:
    step_type = step_type_of(str(step.json.get("Type", "")))
    return step_type is not None and step_type.cache == "yes"


def cache_on(step: StepAt) -> bool:
    """Whether the step has a cache that is on."""
    config = step.json.get("CacheConfig")
    return isinstance(config, dict) and config.get("Enabled") is True


class _Forecaster:
    """`known` holds what was decided so far; a step is decided after those it reads from."""

    def __init__(self, old: dict[str, Json], new: dict[str, Json]) -> None:
        self.before, self.after = flatten(old), flatten(new)
        self.renamed = renames(self.before, self.after)
        self.before = {
            self.renamed.get(name, name): replace(step, json=renamed_in(step.json, self.renamed))
            for name, step in self.before.items()
        }
        one, other = _defaults(old), _defaults(new)
        self.other_defaults = [name for name, value in other.items() if name in one and not same(one[name], value)]
        self.known: dict[str, Forecast] = {}

    def decide(self, name: str) -> None:
        self.known[name] = self._decided(name)

    def _decided(self, name: str) -> Forecast:
        step, old = self.after[name], self.before.get(name)
        if not cache_on(step):
            return Forecast(name, "will re-run", "it has no cache")
        if old is None:
            return Forecast(name, "will re-run", "it has never run")
        if old.json.get("Type") != step.json.get("Type"):
            return Forecast(name, "will re-run", "its type changed")
        if (changed := self._changed(step, old)) is not None:
            return changed
        followed = [f for attribute, path in _references(step) if (f := self._follows(name, attribute, path))]
        if followed:
            return min(followed, key=lambda f: f.verdict != "will re-run")
        if old.name != name:
            return Forecast(name, "unknown", f"it was `{old.name}` before")
        if not cache_on(old):
            return Forecast(name, "unknown", "its earlier runs had no cache")
        expiry = step.json["CacheConfig"].get("ExpireAfter", "the expiry")
        return Forecast(name, "would hit", f"nothing in its key changed; a successful run within {expiry} is reused")

    def _changed(self, step: StepAt, old: StepAt) -> Forecast | None:
        for attribute in _attributes(step):
            if not same(_at(old, attribute), _at(step, attribute)):
                return Forecast(step.name, "will re-run", f"`{attribute}` changed", attribute)
        return None

    def _follows(self, name: str, attribute: str, path: str) -> Forecast | None:
        """What a value read in a key attribute means for the step; None where it may be the same as before."""
        root, _, rest = path.partition(".")
        if path in PER_RUN:
            return Forecast(name, "will re-run", f"`{path}` is new in every execution", attribute)
        if root == "Parameters" and rest in self.other_defaults:
            return Forecast(name, "will re-run", f"the default of parameter `{rest}` changed", attribute)
        upstream = rest.partition(".")[0]
        if root != "Steps" or upstream not in self.after:
            return None
        return self._upstream(name, attribute, self.after[upstream], path)

    def _upstream(self, name: str, attribute: str, upstream: StepAt, path: str) -> Forecast | None:
        if upstream.json.get("Type") == "Model" and path.endswith(".ModelName"):
            return Forecast(name, "will re-run", f"model step `{upstream.name}` makes a new name each time", attribute)
        if not _cacheable(upstream):
            return Forecast(name, "unknown", f"it reads what `{upstream.name}` gives", attribute)
        found = self.known.get(upstream.name)
        if found is None or found.verdict == "would hit" or not self._made_anew(upstream, path):
            return None
        word = "re-runs" if found.verdict == "will re-run" else "may re-run"
        return Forecast(name, found.verdict, f"`{upstream.name}` {word}", attribute)

    def _made_anew(self, step: StepAt, path: str) -> bool:
        """Whether a new run of the step gives another value there: a place that is written down stays the same."""
        attribute = _place_of(path)
        if not attribute:
            return True
        if attribute not in step.json.get("Arguments", {}):
            return False
        old = self.before.get(step.name)
        moved = old is None or not same(_at(old, attribute), _at(step, attribute))
        return moved or any(self._varies(read) for read in _gets(_at(step, attribute)))

    def _varies(self, path: str) -> bool:
        root, _, rest = path.partition(".")
        return path in PER_RUN or root == "Steps" or (root == "Parameters" and rest in self.other_defaults)


def _defaults(definition: dict[str, Json]) -> dict[str, Json]:
    parameters = definition.get("Parameters") or []
    return {str(p.get("Name")): p.get("DefaultValue") for p in parameters if isinstance(p, dict)}


def _attributes(step: StepAt) -> tuple[str, ...]:
    step_type = step_type_of(str(step.json.get("Type", "")))
    return step_type.cache_key if step_type else ()


def _at(step: StepAt, attribute: str) -> Json:
    value: Json = step.json.get("Arguments")
    for name in attribute.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    if value is None and "." not in attribute:
        value = step.json.get(attribute)
    return value


def _references(step: StepAt) -> Iterator[tuple[str, str]]:
    """The `Get` paths in the key attributes of a step."""
    for attribute in _attributes(step):
        for path in _gets(_at(step, attribute)):
            yield attribute, path


def _gets(value: Json) -> Iterator[str]:
    match value:
        case {"Get": str(path), **rest} if not rest:
            yield path
        case dict():
            for inner in value.values():
                yield from _gets(inner)
        case list():
            for inner in value:
                yield from _gets(inner)


def _place_of(path: str) -> str:
    """The argument that a path gives back as it was written; "" where it gives what the run made."""
    if "ProcessingOutputConfig.Outputs" in path:
        return "ProcessingOutputConfig"
    if path.endswith("AlgorithmSpecification.TrainingImage"):
        return "AlgorithmSpecification"
    return next((a for a in ("OutputDataConfig", "TransformOutput") if f".{a}." in path), "")


def kept_places(before: dict[str, Json], after: dict[str, Json]) -> Iterator[tuple[str, str]]:
    """Cached steps whose output location changed and whose key did not: a hit keeps the old place."""
    old = flatten(before)
    for name, step in flatten(after).items():
        if name not in old or not cache_on(step) or not _cacheable(step):
            continue
        if any(not same(_at(old[name], a), _at(step, a)) for a in _attributes(step)):
            continue
        for attribute in ("ProcessingOutputConfig", "OutputDataConfig", "TransformOutput"):
            if not same(_at(old[name], attribute), _at(step, attribute)):
                yield name, attribute
