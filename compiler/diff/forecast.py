"""What the service's cache would do with each step of a new definition. Source: DG, pipelines-default-keys.

A hit needs the same values in the key attributes as an earlier successful run within the expiry. What can be told from
two definitions: which attributes changed, which values are new in every execution, and what follows from upstream.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter
from typing import Any, Literal, NamedTuple

from compiler.diff.changes import parameters, renamed_in, renames
from compiler.diff.steps import StepAt, flatten, references
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
# The service counts the `CheckJobConfig` of a check, and the SDK's names for it are these members of the request; that
# it counts them by these names is not documented, nor is it of the model.
_CHECK = ("ProcessingResources", "ProcessingOutputConfig", "StoppingCondition", "NetworkConfig", "Tags", "ModelName")
PLACES = (
    "ProcessingOutputConfig", "OutputDataConfig", "TransformOutput", "TrainingJobDefinition.OutputDataConfig",
)  # fmt: skip
DOUBTFUL = {"ClarifyCheck": _CHECK, "QualityCheck": _CHECK}


class Forecast(NamedTuple):
    """What the cache would do with a step, and why; `attribute` is the key attribute that decides, or "".

    `cacheable` says whether the service can reuse steps of that type at all.
    """

    step: str
    verdict: Verdict
    why: str
    attribute: str = ""
    cacheable: bool = True


def forecast(before: dict[str, Json] | None, after: dict[str, Json]) -> tuple[Forecast, ...]:
    """A forecast for each step of `after`, in its order; `before` is the live definition, if any."""
    forecaster = _Forecaster(before or {}, after)
    for name in _upstream_first(forecaster.after):
        forecaster.decide(name)
    return tuple(forecaster.known[name] for name in forecaster.after)


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
    return _admits(step) == "yes"


def _admits(step: StepAt) -> str:
    """Whether the service reuses steps of that type: yes, no, or `admitted`: it takes the key, and says no more."""
    step_type = step_type_of(str(step.json.get("Type", "")))
    return step_type.cache if step_type else "no"


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
        self.without_default = [n for n, value in _defaults(new).items() if value is None]
        one, other = _defaults(old), _defaults(new)
        self.other_defaults = [name for name, value in other.items() if name in one and not same(one[name], value)]
        self.known: dict[str, Forecast] = {}

    def decide(self, name: str) -> None:
        self.known[name] = self._decided(name)

    def _decided(self, name: str) -> Forecast:
        step, old = self.after[name], self.before.get(name)
        kind = step.json.get("Type")
        if _admits(step) == "no":
            return Forecast(name, "will re-run", f"the service reuses no step of type {kind}", cacheable=False)
        if not cache_on(step):
            return Forecast(name, "will re-run", "it has no cache", cacheable=_cacheable(step))
        if not _cacheable(step):
            return Forecast(name, "unknown", f"what a cache does on a step of type {kind} is not documented")
        if old is None:
            return Forecast(name, "will re-run", "it has never run")
        if old.json.get("Type") != kind:
            return Forecast(name, "will re-run", "its type changed")
        if (changed := self._changed(step, old)) is not None:
            return changed
        followed = [f for attribute, path in _references(step) if (f := self._follows(name, attribute, path))]
        followed += self._doubts(step, old)
        if followed:
            return min(followed, key=lambda f: f.verdict != "will re-run")
        if step.branch == "steps":
            return Forecast(name, "unknown", "whether the service reuses steps of a loop is not documented")
        if old.name != name:
            return Forecast(name, "unknown", f"it was `{old.name}` before")
        if not cache_on(old):
            return Forecast(name, "unknown", "its earlier runs had no cache")
        expiry = step.json["CacheConfig"].get("ExpireAfter", "the expiry")
        return Forecast(name, "would hit", f"nothing in its key changed; a successful run within {expiry} is reused")

    def _changed(self, step: StepAt, old: StepAt) -> Forecast | None:
        for attribute in _attributes(step):
            if _differs(old, step, attribute):
                return Forecast(step.name, "will re-run", f"`{attribute}` changed", attribute)
        return None

    def _doubts(self, step: StepAt, old: StepAt) -> Iterator[Forecast]:
        """What may be part of the key and is not the same as before, or is new in every run."""
        for attribute in DOUBTFUL.get(str(step.json.get("Type")), ()):
            if _differs(old, step, attribute):
                yield Forecast(step.name, "unknown", f"`{attribute}` changed, which may be counted", attribute)
            elif attribute != "ProcessingOutputConfig":
                paths = references(_at(step, attribute))
                reads = [f for path in paths if (f := self._follows(step.name, attribute, path))]
                yield from (f._replace(verdict="unknown", why=f"{f.why}, which may be counted") for f in reads)

    def _follows(self, name: str, attribute: str, path: str) -> Forecast | None:
        """What a value read in a key attribute means for the step; None where it may be the same as before."""
        root, _, rest = path.partition(".")
        if path in PER_RUN:
            return Forecast(name, "will re-run", f"`{path}` is new in every execution", attribute)
        if root == "Parameters" and rest in self.other_defaults and rest not in self.without_default:
            return Forecast(name, "will re-run", f"the default of parameter `{rest}` changed", attribute)
        if root == "Parameters" and rest in self.without_default:
            return Forecast(name, "unknown", f"it depends on the value given for parameter `{rest}`", attribute)
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
        moved = old is None or _differs(old, step, attribute)
        return moved or any(self._varies(read) for read in references(_at(step, attribute)))

    def _varies(self, path: str) -> bool:
        root, _, rest = path.partition(".")
        return path in PER_RUN or root == "Steps" or (root == "Parameters" and rest in self.other_defaults)


def _defaults(definition: dict[str, Json]) -> dict[str, Json]:
    return {str(p.get("Name")): p.get("DefaultValue") for p in parameters(definition)}


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


def _differs(old: StepAt, step: StepAt, attribute: str) -> bool:
    return not same(_at(old, attribute), _at(step, attribute), attribute.rpartition(".")[2])


def _references(step: StepAt) -> Iterator[tuple[str, str]]:
    """The `Get` paths in the key attributes of a step."""
    for attribute in _attributes(step):
        for path in references(_at(step, attribute)):
            yield attribute, path


def _place_of(path: str) -> str:
    """The argument that a path gives back as it was written; "" where it gives what the run made."""
    if "ProcessingOutputConfig.Outputs" in path:
        return "ProcessingOutputConfig"
    if path.endswith("AlgorithmSpecification.TrainingImage"):
        return "AlgorithmSpecification"
    return next((a for a in ("OutputDataConfig", "TransformOutput") if f".{a}." in path), "")


def kept_places(before: dict[str, Json], after: dict[str, Json]) -> Iterator[tuple[str, str]]:
    """Cached steps whose output location changed and whose key did not: a hit keeps the old place."""
    old, verdicts = _Forecaster(before, after).before, {f.step: f.verdict for f in forecast(before, after)}
    for name, step in flatten(after).items():
        if name not in old or not cache_on(step) or not _cacheable(step) or verdicts[name] == "will re-run":
            continue
        for attribute in PLACES:
            if _differs(old[name], step, attribute):
                yield name, attribute
