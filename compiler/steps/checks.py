"""`clarify-check` and `quality-check`: processing jobs that compare data or a model with a baseline.

API: CreateProcessingJob, as the analyzers of Clarify and Model Monitor want it (SDK: ClarifyCheckStep and
QualityCheckStep).
"""

from __future__ import annotations

from compiler.expr import STRING
from compiler.model.kinds import Anything, Choice, Either, Field, Record, Reference
from compiler.model.pipeline import Step
from compiler.model.steptype import Context, Offers, Property, Request, StepType
from compiler.model.values import Hole, ListValue, Literal, MapValue, Member, Value, struct, text
from compiler.steps import parts, processing
from compiler.steps.analysis import CONFIG_FILE, analysis_config
from compiler.steps.formats import FORMATS, QUALITY_FORMAT, format_text
from compiler.steps.parts import FLAG, SCALAR, TEXT, fields
from compiler.steps.processing import INPUT_ROOT, OUTPUT_ROOT, SOURCE

CLARIFY = ("data-bias", "model-bias", "model-explainability")
QUALITY = ("data-quality", "model-quality")
ATTRIBUTES = (
    "inference_attribute",
    "probability_attribute",
    "ground_truth_attribute",
    "probability_threshold_attribute",
)
SCRIPTS = ("record_preprocessor_script", "post_analytics_processor_script")
PROBLEM_TYPES = ("Regression", "BinaryClassification", "MulticlassClassification")
# Readable names of the properties, and the API's own.
CONSTRAINTS = {
    "constraints": "CalculatedBaselineConstraints",
    "baseline_constraints": "BaselineUsedForDriftCheckConstraints",
}
STATISTICS = {
    "statistics": "CalculatedBaselineStatistics",
    "baseline_statistics": "BaselineUsedForDriftCheckStatistics",
}
CACHE_KEY = (
    "AppSpecification", "Environment", "ProcessingInputs", "SkipCheck", "RegisterNewBaseline", "ModelPackageGroupName",
    "SuppliedBaselineConstraints", "SuppliedBaselineStatistics",
)  # fmt: skip


def source(f: MapValue) -> Value:
    """Where the data set lies."""
    dataset = f.get("dataset")
    if isinstance(dataset, MapValue):
        return dataset.get("from") or Hole(dataset.span)
    return dataset or Hole(f.span)


def dataset_input(name: str, path: str, f: MapValue, ctx: Context) -> Value:
    given = source(f)
    built = processing.processing_input(name, given, text(path, given.span), given.span)
    dataset = f.map("dataset")
    return ctx.raw(built, dataset) if dataset else built


def job(f: MapValue, ctx: Context, image: Value, inputs: list[Value], output: Value) -> dict[str, Value | None]:
    """The request of a check's processing job, without the environment."""
    outputs = {"Outputs": ListValue((output,), output.span), "KmsKeyId": f.get("kms_key")}
    return {
        "ProcessingResources": processing.resources(f, ctx),
        "AppSpecification": struct(ctx.span, {"ImageUri": image}),
        "RoleArn": parts.role(f, ctx),
        "ProcessingInputs": ListValue(tuple(inputs), f.span_of("dataset")),
        "ProcessingOutputConfig": struct(output.span, outputs),
        "NetworkConfig": processing.network(f),
        "StoppingCondition": parts.stopping(f, ctx),
        "Tags": parts.tags(f, ctx.span),
    }


def result(name: str, f: MapValue, ctx: Context, upload: str = "EndOfJob") -> Value:
    """The one output of a check."""
    to = f.get("output") or ctx.place("output", name)
    return processing.processing_output(name, to, text(OUTPUT_ROOT, to.span), to.span, upload)


def framework_image(name: str, version: str, f: MapValue, ctx: Context) -> Value:
    """The analyzer's image in the region, unless the step names one."""
    wanted = {"name": text(name, ctx.span), "version": text(version, ctx.span)}
    return f.get("image") or ctx.image(struct(ctx.span, wanted), "processing", f.get("instance_type"))


def check_keys(f: MapValue, ctx: Context, kinds: tuple[str, ...]) -> dict[str, Value]:
    """The keys beside Arguments; the three switches are always said."""
    baseline = f.map("supplied_baseline") or MapValue({}, ctx.span)
    kind = f.text("check")
    keys = {
        "CheckType": text(kind.upper().replace("-", "_"), f.span_of("check")) if kind in kinds else Hole(f.span),
        "ModelPackageGroupName": f.get("package_group"),
        "SkipCheck": f.get("skip") or Literal(False, ctx.span),
        "FailOnViolation": f.get("fail_on_violation") or Literal(True, ctx.span),
        "RegisterNewBaseline": f.get("register_new_baseline") or Literal(False, ctx.span),
        "SuppliedBaselineStatistics": baseline.get("statistics"),
        "SuppliedBaselineConstraints": baseline.get("constraints"),
        "ModelName": f.get("model_name"),
    }
    return {k: v for k, v in keys.items() if v is not None}


def only_for(kind: str, wanted: str, keys: tuple[str, ...], f: MapValue, ctx: Context) -> None:
    """Report the keys that are there and mean nothing for this kind of check."""
    for key in keys:
        if kind and key in f.members:
            ctx.report(
                "conflicting-keys",
                f"a {kind} check has no `{key}`",
                f.members[key].key_span,
                hint=f"`{key}` belongs to {wanted}",
            )


def build_clarify(f: MapValue, ctx: Context) -> Request:
    kind = f.text("check")
    if kind == "data-bias":
        only_for(kind, "checks of a model", ("model_name",), f, ctx)
    uri, images = analysis_config(f, ctx)
    config = processing.processing_input("analysis_config", uri, text(f"{INPUT_ROOT}/config", uri.span), uri.span)
    inputs = [config, dataset_input("dataset", f"{INPUT_ROOT}/data", f, ctx)]
    output = result("analysis_result", f, ctx, "Continuous" if images else "EndOfJob")
    members = job(f, ctx, framework_image("clarify", "1.0", f, ctx), inputs, output)
    arguments = {**members, "Environment": parts.environment(f.get("env"))}
    return Request(struct(ctx.span, arguments), check_keys(f, ctx, CLARIFY))


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
    inputs = [dataset_input("baseline_dataset_input", folder, f, ctx), *after, *record]
    members = job(f, ctx, framework_image("model-monitor", "", f, ctx), inputs, result("quality_check_output", f, ctx))
    given = f.get("env")
    own = given.members if isinstance(given, MapValue) else {}
    variables = MapValue({**own, **{k: Member(v, v.span) for k, v in environment.items() if k not in own}}, span)
    return Request(struct(span, {**members, "Environment": variables}), check_keys(f, ctx, QUALITY))


def offered(names: dict[str, str]) -> Offers:
    """Each property under its readable name and under the API's."""
    spelled = {readable: Property(api) for readable, api in names.items()} | {
        api: Property(api) for api in names.values()
    }
    return Offers(spelled)


def clarify_offers(step: Step) -> Offers:
    return offered(CONSTRAINTS)


def quality_offers(step: Step) -> Offers:
    return offered(CONSTRAINTS | STATISTICS)


BASELINE_FILE = Reference("an S3 URI, or an output of a step")
JOB: dict[str, Field] = {
    "package_group": Field(TEXT, "The model package group whose latest approved model holds the baseline."),
    "skip": Field(FLAG, "Do not check, only calculate a baseline; false when left out."),
    "fail_on_violation": Field(FLAG, "Fail the step when the check finds violations; true when left out."),
    "register_new_baseline": Field(
        FLAG, "Hand on the new baseline instead of the one checked against; false when left out."
    ),
    "output": Field(TEXT, "Where in S3 the results go; a folder of this execution and step when left out."),
    "image": Field(Reference("an image URI"), "An image of your own in place of the analyzer's."),
    "instance_type": parts.INSTANCE_TYPE,
    "instance_count": parts.INSTANCE_COUNT,
    "volume_gb": parts.VOLUME_GB,
    "volume_kms_key": parts.VOLUME_KMS_KEY,
    "kms_key": parts.KMS_KEY,
    "max_runtime": parts.MAX_RUNTIME,
    "network": parts.NETWORK,
    "env": parts.ENV,
    "role": parts.ROLE,
    "tags": parts.TAGS,
    "cache": parts.CACHE,
}
SWITCHES = ("CheckType", "ModelPackageGroupName", "SkipCheck", "FailOnViolation", "RegisterNewBaseline")

CLARIFY_CHECK = StepType(
    name="clarify-check",
    json_type="ClarifyCheck",
    doc="Checks data or a model for bias, or its explanations, against a baseline.",
    request="sagemaker:CreateProcessingJobRequest",
    unnamed=("ProcessingJobName",),
    one_of=processing.MACHINES,
    cache="yes",
    cache_key=CACHE_KEY,
    extra_properties=dict.fromkeys(CONSTRAINTS.values(), STRING),
    step_keys=(*SWITCHES, "SuppliedBaselineConstraints", "ModelName"),
    own_only=("image",),
    offers=clarify_offers,
    build=build_clarify,
    fields=fields(
        JOB,
        check=Field(Choice(CLARIFY), "What to check: data-bias, model-bias or model-explainability.", True),
        dataset=Field(
            Either(
                scalar=SOURCE,
                members=Record(
                    {
                        "from": Field(SOURCE, "Where the data lie: an S3 URI or `step:output`.", True),
                        "format": Field(
                            Choice(FORMATS),
                            "The data's format; says the configuration's `dataset_type` where it has none.",
                        ),
                        "raw": parts.RAW,
                    }
                ),
            ),
            "The data to analyse: an S3 URI, `step:output`, or a map.",
            True,
        ),
        analysis=Field(
            Either(scalar=parts.STATIC, members=Anything("map")),
            f"The analysis configuration: a map, a JSON file, or the S3 URI of an {CONFIG_FILE}.",
            True,
        ),
        model_name=Field(
            Reference("a model's name, or the name of a model step"), "The model to check: a name or `step:name`."
        ),
        supplied_baseline=Field(
            Record({"constraints": Field(BASELINE_FILE, "The constraints to check against.", True)}),
            "A baseline given by hand; it beats that of `package_group`.",
        ),
    ),
)

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
    step_keys=(*SWITCHES, "SuppliedBaselineStatistics", "SuppliedBaselineConstraints"),
    own_only=("image",),
    offers=quality_offers,
    build=build_quality,
    fields=fields(
        JOB,
        check=Field(Choice(QUALITY), "What to check: data-quality or model-quality.", True),
        dataset=Field(
            Record(
                {
                    "from": Field(SOURCE, "Where the data lie: an S3 URI or `step:output`.", True),
                    "format": Field(
                        QUALITY_FORMAT, "The data's format: a word, or a map as the analyzer takes it.", True
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
                    "statistics": Field(BASELINE_FILE, "The statistics to check against."),
                    "constraints": Field(BASELINE_FILE, "The constraints to check against."),
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
