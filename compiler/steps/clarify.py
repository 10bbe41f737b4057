"""`clarify-check`: bias of data or of a model, and the explanations of its predictions, against a baseline."""

from __future__ import annotations

from compiler.expr import STRING
from compiler.model.kinds import Anything, Choice, Either, Field, Record, Reference
from compiler.model.pipeline import Step
from compiler.model.steptype import Context, Offers, Request, StepType
from compiler.model.values import MapValue, struct, text
from compiler.steps import checks, parts, processing
from compiler.steps.analysis import CONFIG_FILE, MIME, analysis_config
from compiler.steps.checks import CACHE_KEY, CONSTRAINTS
from compiler.steps.parts import fields
from compiler.steps.processing import INPUT_ROOT, SOURCE

KINDS = ("data-bias", "model-bias", "model-explainability")


def build_clarify(f: MapValue, ctx: Context) -> Request:
    kind = f.text("check")
    if kind == "data-bias":
        checks.only_for(kind, "checks of a model", ("model_name",), f, ctx)
    uri, images = analysis_config(f, ctx)
    config = processing.processing_input("analysis_config", uri, text(f"{INPUT_ROOT}/config", uri.span), uri.span)
    inputs = [config, checks.dataset_input("dataset", f"{INPUT_ROOT}/data", f, ctx)]
    output = checks.result("analysis_result", f, ctx, "Continuous" if images else "EndOfJob")
    members = checks.job(f, ctx, checks.framework_image("clarify", "1.0", f, ctx), inputs, output)
    arguments = {**members, "Environment": parts.environment(f.get("env"))}
    return Request(struct(ctx.span, arguments), checks.check_keys(f, ctx, KINDS))


def clarify_offers(step: Step) -> Offers:
    return checks.offered(CONSTRAINTS)


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
    step_keys=(*checks.SWITCHES, "SuppliedBaselineConstraints", "ModelName"),
    own_only=("image",),
    offers=clarify_offers,
    build=build_clarify,
    fields=fields(
        checks.JOB,
        check=Field(Choice(KINDS), "What to check: data-bias, model-bias or model-explainability.", True),
        dataset=Field(
            Either(
                scalar=SOURCE,
                members=Record(
                    {
                        "from": Field(SOURCE, "Where the data lie: an S3 URI or `step:output`.", True),
                        "format": Field(
                            Choice(tuple(MIME)),
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
            Record({"constraints": Field(checks.BASELINE_FILE, "The constraints to check against.", True)}),
            "A baseline given by hand; it beats that of `package_group`.",
        ),
    ),
)
