"""What `clarify-check` and `quality-check` share: processing jobs that compare data or a model with a baseline.

API: CreateProcessingJob, as the analyzers of Clarify and Model Monitor want it (SDK: ClarifyCheckStep and
QualityCheckStep).
"""

from __future__ import annotations

from compiler.model.kinds import Field, Reference
from compiler.model.steptype import Context, Offers, Property
from compiler.model.values import Hole, ListValue, Literal, MapValue, Value, struct, text
from compiler.steps import parts, processing
from compiler.steps.parts import FLAG, TEXT
from compiler.steps.processing import OUTPUT_ROOT

# Readable names of the properties, and the API's own.
CONSTRAINTS = {
    "constraints": "CalculatedBaselineConstraints",
    "baseline_constraints": "BaselineUsedForDriftCheckConstraints",
}
CACHE_KEY = (
    "AppSpecification",
    "Environment",
    "ProcessingInputs",
    "SkipCheck",
    "RegisterNewBaseline",
    "ModelPackageGroupName",
    "SuppliedBaselineConstraints",
    "SuppliedBaselineStatistics",
)


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
        "ModelName": f.get("model_name") if kind != "data-bias" else None,
    }
    return {k: v for k, v in keys.items() if v is not None}


def only_for(kind: str, wanted: str, keys: tuple[str, ...], f: MapValue, ctx: Context) -> None:
    """Report the keys the step says that mean nothing for this kind of check; defaults may be meant for others."""
    for key in keys:
        if kind and key in ctx.step.written:
            ctx.report(
                "conflicting-keys",
                f"a {kind} check has no `{key}`",
                f.members[key].key_span,
                hint=f"`{key}` belongs to {wanted}",
            )


def offered(names: dict[str, str]) -> Offers:
    """Each property under its readable name and under the API's."""
    spelled = {readable: Property(api) for readable, api in names.items()} | {
        api: Property(api) for api in names.values()
    }
    return Offers(spelled)


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
