"""Rules the service model does not carry. Sources: the API's own text, definition format 2."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.check.facts import Facts
from compiler.decode.structure import has_gap
from compiler.diagnostics import Diagnostic, Place
from compiler.model.values import Literal, MapValue, Value
from compiler.resolve.names import NAME
from compiler.syntax import Mapping, Node, Scalar, Sequence, Template
from compiler.text import closest

CONTAINER_ROOT = "/opt/ml/processing"


def local_paths(facts: Facts) -> Iterator[Diagnostic]:
    """API: LocalPath is an absolute path that begins with /opt/ml/processing/."""
    for step in facts.steps.values():
        if step.type not in ("Processing", "ClarifyCheck", "QualityCheck") or not isinstance(step.arguments, MapValue):
            continue
        config = step.arguments.map("ProcessingOutputConfig") or MapValue({}, step.span)
        places: dict[str, Literal] = {}
        for item in (*step.arguments.list("ProcessingInputs"), *config.list("Outputs")):
            s3 = (item.map("S3Input") or item.map("S3Output")) if isinstance(item, MapValue) else None
            path = s3.get("LocalPath") if s3 else None
            if not isinstance(path, Literal):
                continue
            if not path.as_text.startswith(f"{CONTAINER_ROOT}/"):
                yield Diagnostic.of(
                    "local-path",
                    f"`{path.as_text}` does not lie under `{CONTAINER_ROOT}/`",
                    path.span,
                    hint=f"such as `{CONTAINER_ROOT}/{path.as_text.rstrip('/').rpartition('/')[2]}`",
                )
            elif path.as_text.rstrip("/") in places:
                first = places[path.as_text.rstrip("/")]
                yield Diagnostic.of(
                    "local-path",
                    f"two inputs or outputs share `{path.as_text}`",
                    path.span,
                    places=(Place(first.span, "here, too"),),
                )
            places.setdefault(path.as_text.rstrip("/"), path)


def resource_tags(facts: Facts) -> Iterator[Diagnostic]:
    """API: a tag key does not begin with aws:, and stands once."""
    for step in facts.steps.values():
        tags = step.arguments.list("Tags") if isinstance(step.arguments, MapValue) else ()
        seen: set[str] = set()
        for tag in tags:
            key = tag.get("Key") if isinstance(tag, MapValue) else None
            if isinstance(key, Literal):
                yield from _tag(key, seen)
    pipeline = facts.program.settings.map("tags")
    for name, member in pipeline.members.items() if pipeline else ():
        yield from _tag(Literal(name, member.key_span, name), set())


def _tag(key: Literal, seen: set[str]) -> Iterator[Diagnostic]:
    word = key.as_text
    if word.lower().startswith("aws:"):
        yield Diagnostic.of("tag-key", f"the tag key `{word}` begins with `aws:`, which is AWS's own", key.span)
    if word in seen:
        yield Diagnostic.of("tag-key", f"the tag key `{word}` stands twice", key.span)
    seen.add(word)


def tuning_jobs(facts: Facts) -> Iterator[Diagnostic]:
    """API: MaxParallelTrainingJobs does not exceed MaxNumberOfTrainingJobs."""
    for step in facts.steps.values():
        config = step.arguments.map("HyperParameterTuningJobConfig") if isinstance(step.arguments, MapValue) else None
        limits = config.map("ResourceLimits") if config else None
        if limits is None:
            continue
        most, parallel = limits.get("MaxNumberOfTrainingJobs"), limits.get("MaxParallelTrainingJobs")
        numbers = [v.value if isinstance(v, Literal) and isinstance(v.value, int) else None for v in (most, parallel)]
        if numbers[0] is not None and numbers[1] is not None and parallel is not None and numbers[1] > numbers[0] > 0:
            places = (Place(most.span, "jobs in all"),) if most else ()
            message = f"{numbers[1]} jobs at once are more than the {numbers[0]} in all"
            yield Diagnostic.of("tuning-jobs", message, parallel.span, places=places)
        yield from _ranges(config)


def _ranges(config: MapValue | None) -> Iterator[Diagnostic]:
    ranges = config.map("ParameterRanges") if config else None
    for kind, wants in (("ContinuousParameterRanges", "a number"), ("IntegerParameterRanges", "a whole number")):
        for item in ranges.list(kind) if ranges else ():
            if isinstance(item, MapValue):
                yield from _bounds(item, wants)


def _bounds(item: MapValue, wants: str) -> Iterator[Diagnostic]:
    """What cannot bound a range: text, a fraction where whole numbers are searched, the greater before the less."""
    low, high = (_number(item.get(key)) for key in ("MinValue", "MaxValue"))
    for key, number in (("MinValue", low), ("MaxValue", high)):
        value = item.get(key)
        fits = number is not None and (wants == "a number" or number.is_integer())
        if isinstance(value, Literal) and not fits:
            message = f"a bound of `{item.text('Name')}` is {wants}, found `{value.as_text}`"
            yield Diagnostic.of("tuning-range", message, value.span)
            return
    if low is not None and high is not None and low > high:
        message = f"the range of `{item.text('Name')}` goes from {low:g} down to {high:g}"
        yield Diagnostic.of("tuning-range", message, item.span, hint="write `[lowest, highest]`")


def _number(value: Value | None) -> float | None:
    try:
        return float(value.as_text) if isinstance(value, Literal) else None
    except ValueError:
        return None


def automl_mode(facts: Facts) -> Iterator[Diagnostic]:
    """DG: an AutoML step runs in ensembling mode only."""
    for step in facts.steps.values():
        config = (
            step.arguments.map("AutoMLJobConfig")
            if step.type == "AutoML" and isinstance(step.arguments, MapValue)
            else None
        )
        mode = config.get("Mode") if config else None
        if config is not None and (not isinstance(mode, Literal) or mode.as_text != "ENSEMBLING"):
            found = f"`Mode` is `{mode.as_text}`" if isinstance(mode, Literal) else "the mode is not set"
            message = f"{found}, and pipelines run AutoML with `ENSEMBLING` only"
            hint = "write `Mode: ENSEMBLING`"
            yield Diagnostic.of("automl-mode", message, (mode or config).span, hint=hint)


def cleanups(facts: Facts) -> Iterator[Diagnostic]:
    """SDK 3.27 cleanup_step: each source is waited for, and of a type whose outputs the service finds."""
    for step in facts.steps.values():
        if step.type != "Cleanup" or has_gap(step.source.fields):
            continue
        resources = step.arguments.map("Resources") if isinstance(step.arguments, MapValue) else None
        if resources is None or not resources.list("S3"):
            yield Diagnostic.of(
                "cleanup-source",
                f"`{step.name}` has nothing to clean up",
                step.span,
                hint="give `Resources: {S3: [{StepName: ...}]}`",
            )
            continue
        after = step.source.node("after")
        waited = None if _bad_names(after, facts) else [d.step for d in step.depends]
        for source in resources.list("S3"):
            name = source.get("StepName") if isinstance(source, MapValue) else None
            if isinstance(source, MapValue) and isinstance(name, Literal):
                yield from _source(name, source, waited, facts)


def _bad_names(after: Node | None, facts: Facts) -> bool:
    """Whether `after` names a step that is not there: which one it was meant to be cannot be told."""
    items = after.items if isinstance(after, Sequence) else ()
    names = [item.get("step") if isinstance(item, Mapping) else item for item in items]
    late = any(isinstance(item, Mapping) and isinstance(item.get("trigger"), Template) for item in items)
    return late or any(isinstance(name, Scalar) and name.text not in facts.steps for name in names)


def _source(name: Literal, source: MapValue, waited: list[str] | None, facts: Facts) -> Iterator[Diagnostic]:
    target = facts.steps.get(name.as_text)
    if target is None:
        near = closest(name.as_text, facts.steps)
        if name.as_text not in facts.program.pipeline.poisoned and (near is None or NAME.fullmatch(near)):
            hint = f"did you mean `{near}`?" if near else ""
            yield Diagnostic.of("unknown-step", f"no step is named `{name.as_text}`", name.span, hint=hint)
        return
    if waited is not None and name.as_text not in waited:
        yield Diagnostic.of(
            "cleanup-source",
            f"the step does not wait for `{name.as_text}`, which it cleans up",
            name.span,
            hint=f"add `{name.as_text}` to `after`",
        )
    if target.type not in ("Training", "Processing", "Transform"):
        message = f"the outputs of a {target.type} step cannot be cleaned up"
        hint = "sources are training, processing and transform steps"
        yield Diagnostic.of("cleanup-source", message, name.span, hint=hint)
    elif target.type != "Training" and not source.list("S3Uris"):
        message = f"`{name.as_text}` is a {target.type} step, and what to delete of it is not said"
        hint = "give `S3Uris`, a list of places such as the outputs of the step"
        yield Diagnostic.of("cleanup-source", message, source.span, hint=hint)
    elif target.type == "Training" and source.get("S3Uris") is not None:
        yield Diagnostic.of("cleanup-source", "a Training step takes no `S3Uris`; its outputs are found", source.span)
