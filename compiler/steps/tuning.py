"""`tuning`: searches hyperparameters over training jobs. API: CreateHyperParameterTuningJob."""

from __future__ import annotations

from compiler.expr import STRING
from compiler.model.kinds import Choice, Field, Flag, ListOf, MapOf, Record, Reference
from compiler.model.pipeline import Step
from compiler.model.steptype import JOB_EXCEPTIONS, Context, Joined, Offer, Offers, Property, Request, StepType
from compiler.model.values import Hole, ListValue, Literal, MapValue, Member, Value, struct, text
from compiler.steps import parts, training
from compiler.steps.parts import INTEGER, TEXT, fields
from compiler.steps.ranges import RANGE, ranges
from compiler.steps.training import CONTAINERS, TRAINING_FIELDS
from compiler.text import Span, closest

TOP_MODELS = 50
OBJECTIVE = Record(
    {
        "maximize": Field(TEXT, "The metric to make as large as possible."),
        "minimize": Field(TEXT, "The metric to make as small as possible."),
    }
)
WARM_START = Record(
    {
        "type": Field(
            Choice(("identical-data-and-algorithm", "transfer-learning")),
            "What may differ from the earlier jobs.",
            True,
        ),
        "parents": Field(ListOf(TEXT, 1), "The earlier tuning jobs, by name.", True),
    }
)
WARM_STARTS = {
    "identical-data-and-algorithm": "IdenticalDataAndAlgorithm", "transfer-learning": "TransferLearning",
}  # fmt: skip


def offers(step: Step) -> Offers:
    """The best models (read from the step, so that a cache hit names the place of the run it reuses) and job."""
    names: dict[str, Offer] = {f"model-{k + 1}": model(k) for k in range(TOP_MODELS)}
    names["best-model"] = model(0)
    names["best-job"] = Property("BestTrainingJob.TrainingJobName")
    names["image"] = Property("TrainingJobDefinition.AlgorithmSpecification.TrainingImage")
    return Offers(names)


def model(rank: int) -> Joined:
    """The model archive of the job of that rank, counted from 0, best first."""
    return Joined(
        "/",
        (
            Property("TrainingJobDefinition.OutputDataConfig.S3OutputPath", STRING),
            Property(f"TrainingJobSummaries[{rank}].TrainingJobName", STRING),
            "output/model.tar.gz",
        ),
    )


def based(f: MapValue, ctx: Context) -> MapValue:
    """The tuning step's own keys over those of its `base`, and these over defaults. Maps merge, all else replaces."""
    base = f.get("base")
    if base is None:
        return f
    if not isinstance(base, Literal):
        return _unknown_base(f, base.span)
    if ctx.type_of(base.as_text) not in ("training", ""):
        ctx.report(
            "wrong-step-type",
            f"`{base.as_text}` is not a training step",
            base.span,
            hint="`base` takes the name of a training step",
        )
        return _unknown_base(f, base.span)
    inherited = ctx.fields_of(base.as_text)
    if inherited is None:
        return _unknown_base(f, base.span)
    overlaid = _overlaid(inherited, f, ctx.step.written)
    return overlaid if "raw" in inherited.members else _unknown_base(overlaid, base.span)


def _unknown_base(f: MapValue, span: Span) -> MapValue:
    """The fields with a hole for whatever the base must give: what it lacks is told of the base."""
    lacking = ["instance_type"] if "instance_type" not in f.members else []
    lacking += ["image"] if not any(key in f.members for key in CONTAINERS) else []
    return MapValue({**f.members, **{key: Member(Hole(span), span) for key in lacking}}, f.span)


def _overlaid(base: MapValue, f: MapValue, written: frozenset[str]) -> MapValue:
    """`written` keys of `f` over the fields of `base`. A container named by `f` takes the place of the base's."""
    kept = {k: m for k, m in base.members.items() if k in TRAINING_FIELDS or k == "role"}
    if any(key in written for key in CONTAINERS):
        kept = {k: m for k, m in kept.items() if k not in CONTAINERS and not (k == "code" and "algorithm" in written)}
        below = f.members
    else:
        below = {k: m for k, m in f.members.items() if k not in CONTAINERS}
    own = {
        k: Member(merged(kept[k].value, m.value), m.key_span) for k, m in below.items() if k in written and k in kept
    }
    return MapValue({**below, **kept, **own}, f.span)


def merged(base: Value, own: Value) -> Value:
    """Maps merged, entry by entry; anything else is `own`."""
    if not isinstance(base, MapValue) or not isinstance(own, MapValue):
        return own
    members = dict(base.members)
    for key, member in own.members.items():
        below = members.get(key)
        members[key] = Member(merged(below.value, member.value), member.key_span) if below else member
    return MapValue(members, own.span)


def objective(f: MapValue, ctx: Context) -> MapValue | None:
    given = f.map("objective")
    if given is None:
        return None
    both = [key for key in ("maximize", "minimize") if key in given.members]
    if len(both) != 1:
        ctx.report(
            "tuning-objective",
            "the objective wants one of `maximize` and `minimize`",
            given.span,
            hint="give exactly one of them",
        )
        return None
    key = both[0]
    return struct(given.span, {"Type": text(key.capitalize(), given.span), "MetricName": given.get(key)})


def warm_start(f: MapValue) -> Value | None:
    given = f.map("warm_start")
    if given is None:
        return f.get("warm_start")
    parents = tuple(struct(p.span, {"HyperParameterTuningJobName": p}) for p in given.list("parents"))
    kind = text(WARM_STARTS.get(given.text("type"), ""), given.span_of("type"))
    return struct(
        given.span,
        {"ParentHyperParameterTuningJobs": ListValue(parents, given.span), "WarmStartType": kind},
    )


def known_metric(f: MapValue, goal: MapValue | None, ctx: Context) -> None:
    """Where the container's metrics are declared, the objective is one of them."""
    metric, declared = goal.get("MetricName") if goal else None, f.map("metric_definitions")
    if not isinstance(metric, Literal) or declared is None or metric.as_text in declared.members:
        return
    near = closest(metric.as_text, declared.members)
    hint = (
        f"did you mean `{near}`?"
        if near
        else "`metric_definitions` has " + ", ".join(f"`{m}`" for m in declared.members)
    )
    ctx.report("unknown-metric", f"the training jobs report no metric `{metric.as_text}`", metric.span, hint=hint)


def definition(f: MapValue, ranged: tuple[str, ...], ctx: Context) -> MapValue:
    """The one training job that is run with many values. API: HyperParameterTrainingJobDefinition."""
    members = training.job(f, ctx, ranged)
    members["StaticHyperParameters"] = members.pop("HyperParameters")
    members["HyperParameterTuningResourceConfig"] = members.pop("ResourceConfig")
    return struct(ctx.span, members)


def build(f: MapValue, ctx: Context) -> Request:
    """With `raw: {TrainingJobDefinitions: [...]}` several algorithms compete, and each has its own everything."""
    own, f, span = f, based(f, ctx), ctx.span
    several = "TrainingJobDefinitions" in (own.map("raw") or MapValue({}, span)).members
    for key in ("objective", "ranges") if not several else ():
        if key not in own.members:
            ctx.report("missing-key", f"tuning step `{ctx.step.name}` has no `{key}`", span)
    goal = objective(own, ctx)
    known_metric(f, goal, ctx)
    limits = {
        "MaxNumberOfTrainingJobs": f.get("max_jobs") or parts.integer(1, span),
        "MaxParallelTrainingJobs": f.get("max_parallel_jobs") or parts.integer(1, span),
    }
    early = "Auto" if own.flag("early_stopping") else "Off"
    config = {
        "Strategy": f.get("strategy") or text("Bayesian", span),
        "ResourceLimits": struct(span, limits),
        "TrainingJobEarlyStoppingType": text(early, own.span_of("early_stopping")),
        "HyperParameterTuningJobObjective": goal,
        "ParameterRanges": ranges(own, "code" in f.members, ctx),
    }
    declared = own.map("ranges")
    arguments = {
        "HyperParameterTuningJobConfig": struct(span, config),
        "TrainingJobDefinition": None if several else definition(f, tuple(declared.members) if declared else (), ctx),
        "WarmStartConfig": warm_start(own),
        "Tags": parts.tags(own, span),
    }
    return Request(struct(span, arguments))


IMAGES = ("TrainingImage", "AlgorithmName")
DEFINITIONS = ("TrainingJobDefinition", "TrainingJobDefinitions")


def machines(definition: str) -> tuple[tuple[str, ...], ...]:
    """The two members that may hold a definition's machines, and what the newer of them wants inside."""
    config = f"{definition}.HyperParameterTuningResourceConfig"
    return (
        (config, f"{definition}.ResourceConfig"),
        (f"{config}.InstanceType", f"{config}.InstanceConfigs"),
    )


TUNING = StepType(
    name="tuning",
    json_type="Tuning",
    doc="Searches hyperparameters: many training jobs, the best one kept.",
    request="sagemaker:CreateHyperParameterTuningJobRequest",
    describe="sagemaker:DescribeHyperParameterTuningJobResponse",
    unnamed=("HyperParameterTuningJobName",),
    one_of=(
        ("TrainingJobDefinition", "TrainingJobDefinitions"),
        *(alternative for definition in DEFINITIONS for alternative in machines(definition)),
        *(tuple(f"{d}.AlgorithmSpecification.{name}" for name in IMAGES) for d in DEFINITIONS),
    ),
    cache="yes",
    cache_key=(
        "HyperParameterTuningJobConfig",
        "TrainingJobDefinition.AlgorithmSpecification",
        "TrainingJobDefinition.HyperParameterRanges",
        "TrainingJobDefinition.InputDataConfig",
        "TrainingJobDefinition.StaticHyperParameters",
        "TrainingJobDefinition.TuningObjective",
        "TrainingJobDefinitions",
    ),
    retry=JOB_EXCEPTIONS,
    extra_properties={"TrainingJobSummaries": "sagemaker:HyperParameterTrainingJobSummaries"},
    kept={"TrainingJobSummaries": TOP_MODELS},
    offers=offers,
    build=build,
    fields=fields(
        TRAINING_FIELDS,
        parts.JOB,
        base=Field(Reference("the name of a training step", bare=True), "A training step whose fields are taken over."),
        objective=Field(OBJECTIVE, "The metric to make large or small, as the training log names it."),
        ranges=Field(MapOf(RANGE), "The hyperparameters to search, each with its range."),
        strategy=Field(Choice(("Bayesian", "Random", "Hyperband", "Grid")), "How to search; Bayesian when left out."),
        max_jobs=Field(INTEGER, "How many training jobs in all."),
        max_parallel_jobs=Field(INTEGER, "How many at once."),
        early_stopping=Field(Flag(static=True), "Stop jobs that fall behind."),
        warm_start=Field(WARM_START, "Start from what earlier tuning jobs found."),
    ),
)
