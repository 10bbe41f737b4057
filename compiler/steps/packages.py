"""`register-model`: a version of a model in the registry. API: CreateModelPackage."""

from __future__ import annotations

from compiler.model.kinds import Field, ListOf, MapOf, Record, Reference
from compiler.model.pipeline import Step
from compiler.model.steptype import STEP_EXCEPTIONS, Context, Offer, Offers, Property, Request, StepType
from compiler.model.values import Hole, Literal, MapValue, Value, struct, text
from compiler.steps import parts
from compiler.steps.containers import CONTAINER, CONTAINERS, containers, listed
from compiler.steps.parts import SCALAR, TEXT, fields


def _group(**members: str) -> Field:
    uris = {name: Field(Reference("an S3 URI, or an output of a step"), doc) for name, doc in members.items()}
    return Field(Record(uris), "The URIs of the files.")


METRICS = Record(
    {
        "model_quality": _group(statistics="Measured statistics.", constraints="Constraints."),
        "model_data_quality": _group(statistics="Measured statistics.", constraints="Constraints."),
        "bias": _group(
            report="The bias report.", pre_training_report="Before training.", post_training_report="After training."
        ),
        "explainability": _group(report="The explainability report."),
    }
)
BASELINES = Record(
    {
        "model_quality": _group(statistics="Baseline statistics.", constraints="Baseline constraints."),
        "model_data_quality": _group(statistics="Baseline statistics.", constraints="Baseline constraints."),
        "bias": _group(
            config_file="The bias configuration.",
            pre_training_constraints="Constraints before training.",
            post_training_constraints="Constraints after training.",
        ),
        "explainability": _group(constraints="Baseline constraints.", config_file="The configuration."),
    }
)
BASELINE_OF_CHECK = {
    "data-quality": ("model_data_quality", ("statistics", "constraints")),
    "model-quality": ("model_quality", ("statistics", "constraints")),
    "data-bias": ("bias", ("pre_training_constraints",)),
    "model-bias": ("bias", ("post_training_constraints",)),
    "model-explainability": ("explainability", ("constraints",)),
}


def _pascal(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def sources(given: Value | None, checks: dict[tuple[str, str], Value]) -> Value | None:
    """ModelMetrics or DriftCheckBaselines: groups of files; what `checks` found fills what is not given."""
    if isinstance(given, Hole):
        return given
    own = {
        (group, name): value
        for group, files in (given.pairs() if isinstance(given, MapValue) else ())
        if isinstance(files, MapValue)
        for name, value in files.pairs()
    }
    found = {**checks, **own}
    groups: dict[str, dict[str, Value | None]] = {}
    for (group, name), uri in found.items():
        content = text("application/json", uri.span)
        file = struct(uri.span, {"ContentType": content, "S3Uri": uri})
        groups.setdefault(_pascal(group), {})[_pascal(name)] = file
    if not groups:
        return None
    span = given.span if given is not None else next(iter(found.values())).span
    return struct(span, {group: struct(span, files) for group, files in groups.items()})


def checked(f: MapValue, ctx: Context) -> tuple[dict[tuple[str, str], Value], dict[tuple[str, str], Value]]:
    """What the check steps named in `checks` give: model metrics, and drift baselines."""
    metrics: dict[tuple[str, str], Value] = {}
    baselines: dict[tuple[str, str], Value] = {}
    for item in f.list("checks"):
        if not isinstance(item, Literal):
            continue
        name = item.as_text
        if ctx.type_of(name) not in ("clarify-check", "quality-check", ""):
            hint = "`checks` takes the names of clarify-check and quality-check steps"
            ctx.report("wrong-step-type", f"`{name}` is not a check step", item.span, hint=hint)
            continue
        of = ctx.fields_of(name)
        kind = of.text("check") if of else ""
        if kind not in BASELINE_OF_CHECK:
            continue
        group, files = BASELINE_OF_CHECK[kind]
        for file in files:
            what = "Statistics" if file == "statistics" else "Constraints"
            metric = file.replace("constraints", "report") if group in ("bias", "explainability") else file
            metrics[group, metric] = ctx.offer(name, f"CalculatedBaseline{what}", item.span)
            baselines[group, file] = ctx.offer(name, f"BaselineUsedForDriftCheck{what}", item.span)
    return metrics, baselines


def build_package(f: MapValue, ctx: Context) -> Request:
    span = ctx.span
    served_on = (*f.list("inference_instances"), *f.list("transform_instances"))
    made = containers(f, served_on[0] if served_on else None, ctx)
    metrics, baselines = checked(f, ctx)
    specification = {
        "Containers": listed(made, f),
        "SupportedContentTypes": f.get("content_types"),
        "SupportedResponseMIMETypes": f.get("response_types"),
        "SupportedRealtimeInferenceInstanceTypes": f.get("inference_instances"),
        "SupportedTransformInstanceTypes": f.get("transform_instances"),
    }
    arguments = {
        "ModelPackageGroupName": f.get("package_group"),
        "ModelMetrics": sources(f.get("model_metrics"), metrics),
        "DriftCheckBaselines": sources(f.get("drift_check_baselines"), baselines),
        "InferenceSpecification": struct(span, specification),
        "ModelApprovalStatus": f.get("approval"),
        "ModelPackageDescription": f.get("description"),
        "CustomerMetadataProperties": f.get("metadata"),
        "Domain": f.get("domain"),
        "Task": f.get("task"),
        "SamplePayloadUrl": f.get("sample_payload"),
        "Tags": _tags(f, ctx),
    }
    return Request(struct(span, arguments))


def _tags(f: MapValue, ctx: Context) -> Value | None:
    """Tags of a package without a group: one in a group has the group's, and the API takes none beside them."""
    if "package_group" not in f.members:
        return parts.tags(f, ctx.span)
    if "tags" in ctx.step.written:
        ctx.report(
            "conflicting-keys",
            "`package_group` and `tags` exclude each other",
            f.members["tags"].key_span,
            hint="a package in a group has the tags of the group",
        )
    return None


def package_offers(step: Step) -> Offers:
    names: dict[str, Offer] = {
        "arn": Property("ModelPackageArn"),
        "version": Property("ModelPackageVersion"),
        "approval": Property("ModelApprovalStatus"),
    }
    return Offers(names)


REGISTER_MODEL = StepType(
    name="register-model",
    json_type="RegisterModel",
    doc="Registers a version of a model in the model registry.",
    request="sagemaker:CreateModelPackageInput",
    describe="sagemaker:DescribeModelPackageOutput",
    unnamed=("ModelPackageName",),
    forbidden={
        "CertifyForMarketplace": "pipelines refuse it",
        "Description": "pipelines refuse it; the package's description is `ModelPackageDescription`",
    },
    own_only=("tags",),
    retry=STEP_EXCEPTIONS,
    offers=package_offers,
    build=build_package,
    fields=fields(
        CONTAINER,
        containers=CONTAINERS,
        package_group=Field(TEXT, "The model package group; it is made where it does not exist."),
        approval=Field(TEXT, "PendingManualApproval, Approved or Rejected."),
        content_types=Field(ListOf(TEXT), "MIME types the model takes."),
        response_types=Field(ListOf(TEXT), "MIME types the model answers with."),
        inference_instances=Field(ListOf(TEXT), "Machines the model may be served on."),
        transform_instances=Field(ListOf(TEXT), "Machines the model may be transformed on."),
        model_metrics=Field(METRICS, "Files that tell how good the model is."),
        drift_check_baselines=Field(BASELINES, "Files that monitoring compares with later."),
        checks=Field(
            ListOf(Reference("the name of a check step", bare=True)),
            "Check steps whose results fill `model_metrics` and `drift_check_baselines`.",
        ),
        metadata=Field(MapOf(SCALAR), "The package's own properties."),
        domain=Field(TEXT, "The machine learning domain."),
        task=Field(TEXT, "The machine learning task."),
        sample_payload=Field(TEXT, "An S3 URI of an example request."),
        tags=parts.TAGS,
        retry=parts.RETRY,
    ),
)
