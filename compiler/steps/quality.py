"""`quality-check`: the quality of data, or of a model's predictions, against a baseline."""

from __future__ import annotations

import json

from compiler.expr import STRING
from compiler.model.kinds import Anything, Choice, Either, Field, Record
from compiler.model.pipeline import Step
from compiler.model.steptype import Context, Offers, Request, StepType
from compiler.model.values import Hole, Literal, MapValue, Member, Value, struct, text
from compiler.steps import checks, parts, processing
from compiler.steps.analysis import plain
from compiler.steps.checks import CACHE_KEY, CONSTRAINTS, only_for
from compiler.steps.parts import SCALAR, TEXT, fields
from compiler.steps.processing import INPUT_ROOT, OUTPUT_ROOT, SOURCE

KINDS = ("data-quality", "model-quality")
ATTRIBUTES = (
    "inference_attribute",
    "probability_attribute",
    "ground_truth_attribute",
    "probability_threshold_attribute",
)
SCRIPTS = ("record_preprocessor_script", "post_analytics_processor_script")
PROBLEM_TYPES = ("Regression", "BinaryClassification", "MulticlassClassification")
STATISTICS = {
    "statistics": "CalculatedBaselineStatistics",
    "baseline_statistics": "BaselineUsedForDriftCheckStatistics",
}
# What the analyzer of Model Monitor reads from its variable `dataset_format` (SDK: DatasetFormat).
FORMATS = {
    "csv": {"csv": {"header": True, "output_columns_position": "START"}},
    "csv-without-header": {"csv": {"header": False, "output_columns_position": "START"}},
    "json": {"json": {"lines": False}},
    "json-lines": {"json": {"lines": True}},
    "capture": {"sagemakerCaptureJson": {}},
}


def format_text(dataset: MapValue | None, ctx: Context) -> Value:
    """The variable's value: JSON in a string, spaced as the SDK writes it, since it is part of the cache key."""
    given = dataset.get("format") if dataset else None
    match given:
        case Literal() if given.as_text in FORMATS:
            return text(json.dumps(FORMATS[given.as_text]), given.span)
        case MapValue():
            found = plain(given, ctx, "the format of a data set")
            return Hole(given.span) if found is None else text(json.dumps(found), given.span)
        case _:
            return Hole(given.span if given else ctx.span)


def script(name: str, f: MapValue, ctx: Context) -> tuple[list[Value], dict[str, Value]]:
    """The input that delivers a script, and the variable that names it to the analyzer."""
    code = f.get(name)
    if code is None or isinstance(code, Hole):
        return [], {}
    folder = f"{INPUT_ROOT}/{name}_input"
    uri, file = ctx.code_file(code)
    delivered = processing.processing_input(f"{name}_input", uri, text(folder, code.span), code.span)
    return [delivered], {name: text(f"{folder}/{file}", code.span)}


def model_environment(f: MapValue, ctx: Context) -> dict[str, Value]:
    """What a model-quality check tells the analyzer beyond the data set."""
    found: dict[str, Value] = {"analysis_type": text("MODEL_QUALITY", ctx.span)}
    if (problem := f.get("problem_type")) is None:
        ctx.report(
            "missing-key", f"step `{ctx.step.name}` has no `problem_type`, and a model-quality check needs it", ctx.span
        )
    elif isinstance(problem, Literal) and problem.as_text not in PROBLEM_TYPES:
        ctx.report(
            "unknown-value",
            f"`{problem.as_text}` is not a value of `problem_type`",
            problem.span,
            hint="one of " + ", ".join(f"`{p}`" for p in PROBLEM_TYPES),
        )
    given = {"problem_type": problem, **{name: f.get(name) for name in ATTRIBUTES}}
    return found | {k: v for k, v in given.items() if v is not None}


def build_quality(f: MapValue, ctx: Context) -> Request:
    kind, span = f.text("check"), ctx.span
    folder = f"{INPUT_ROOT}/baseline_dataset_input"
    record, record_variable = script(SCRIPTS[0], f, ctx)
    after, after_variable = script(SCRIPTS[1], f, ctx)
    environment: dict[str, Value] = {
        "output_path": text(OUTPUT_ROOT, span),
        "publish_cloudwatch_metrics": text("Disabled", span),
        "dataset_format": format_text(f.map("dataset"), ctx),
        **record_variable,
        **after_variable,
        "dataset_source": text(folder, span),
    }
    if kind == "model-quality":
        only_for(kind, "data-quality checks", SCRIPTS[:1], f, ctx)
        environment |= model_environment(f, ctx)
    else:
        only_for(kind, "model-quality checks", ("problem_type", *ATTRIBUTES), f, ctx)
    inputs = [checks.dataset_input("baseline_dataset_input", folder, f, ctx), *after, *record]
    members = checks.job(
        f,
        ctx,
        checks.framework_image("model-monitor", "", f, ctx),
        inputs,
        checks.result("quality_check_output", f, ctx),
    )
    given = f.get("env")
    own = given.members if isinstance(given, MapValue) else {}
    variables = MapValue({**own, **{k: Member(v, v.span) for k, v in environment.items() if k not in own}}, span)
    return Request(struct(span, {**members, "Environment": variables}), checks.check_keys(f, ctx, KINDS))


def quality_offers(step: Step) -> Offers:
    return checks.offered(CONSTRAINTS | STATISTICS)


QUALITY_CHECK = StepType(
    name="quality-check",
    json_type="QualityCheck",
    doc="Checks the quality of data, or of a model's predictions, against a baseline.",
    request="sagemaker:CreateProcessingJobRequest",
    unnamed=("ProcessingJobName",),
    one_of=processing.MACHINES,
    cache="yes",
    cache_key=CACHE_KEY,
    extra_properties=dict.fromkeys((CONSTRAINTS | STATISTICS).values(), STRING),
    step_keys=(*checks.SWITCHES, "SuppliedBaselineStatistics", "SuppliedBaselineConstraints"),
    own_only=("image",),
    offers=quality_offers,
    build=build_quality,
    fields=fields(
        checks.JOB,
        check=Field(Choice(KINDS), "What to check: data-quality or model-quality.", True),
        dataset=Field(
            Record(
                {
                    "from": Field(SOURCE, "Where the data lie: an S3 URI or `step:output`.", True),
                    "format": Field(
                        Either(scalar=Choice(tuple(FORMATS)), members=Anything("map")),
                        "The data's format: a word, or a map as the analyzer takes it.",
                        True,
                    ),
                    "raw": parts.RAW,
                }
            ),
            "The data to make the baseline of.",
            True,
        ),
        supplied_baseline=Field(
            Record(
                {
                    "statistics": Field(checks.BASELINE_FILE, "The statistics to check against."),
                    "constraints": Field(checks.BASELINE_FILE, "The constraints to check against."),
                }
            ),
            "A baseline given by hand; it beats that of `package_group`.",
        ),
        problem_type=Field(TEXT, "model-quality: Regression, BinaryClassification or MulticlassClassification."),
        inference_attribute=Field(SCALAR, "model-quality: the column or JSON path of the predictions."),
        probability_attribute=Field(SCALAR, "model-quality: the column or JSON path of the probabilities."),
        ground_truth_attribute=Field(SCALAR, "model-quality: the column or JSON path of the true labels."),
        probability_threshold_attribute=Field(
            SCALAR, "model-quality: the threshold from which a probability is a yes."
        ),
        record_preprocessor_script=Field(
            TEXT, "data-quality: a script that changes each record first; a file or an S3 URI."
        ),
        post_analytics_processor_script=Field(TEXT, "A script that runs after the analysis; a file or an S3 URI."),
    ),
)
