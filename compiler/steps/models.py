"""`create-model` and `register-model`: containers around trained model data. API: CreateModel, CreateModelPackage."""

from __future__ import annotations

from compiler.model.kinds import Field, ListOf, MapOf, Record, Reference
from compiler.model.pipeline import Step
from compiler.model.steptype import STEP_EXCEPTIONS, Context, Offer, Offers, Property, Request, StepType
from compiler.model.values import Get, Hole, ListValue, Literal, MapValue, Member, Value, struct, text
from compiler.steps import parts
from compiler.steps.parts import CODE, ENV, FRAMEWORK, IMAGE, SCALAR, TEXT, fields

MODEL_DATA = Field(Reference("an S3 URI, or the model of a step"), "The model archive: an S3 URI or `step:model`.")
CONTAINER: dict[str, Field] = {
    "framework": FRAMEWORK,
    "image": IMAGE,
    "model_data": MODEL_DATA,
    "code": CODE,
    "env": ENV,
}
CONTAINERS = Field(
    ListOf(Record({**CONTAINER, "hostname": Field(TEXT, "The container's DNS name."), "raw": parts.RAW}), 1),
    "Several containers, each with the fields of a single one.",
)
SERVES_FROM_S3 = ("sklearn", "xgboost")


def container(f: MapValue, machine: Value | None, ctx: Context) -> MapValue:
    """One container: image, model data, environment, and the inference script where the image takes it from S3.

    `machine`, as far as it is known, chooses between a framework's images.
    """
    span = f.span
    f = parts.chosen(f, ("framework", "image"), ctx)
    image = f.get("image") or ctx.image(f.get("framework"), "inference", machine)
    if isinstance(image, Get) and image.root == "Steps":
        _same_image(image, ctx)
    built = {
        "Image": image,
        "ModelDataUrl": f.get("model_data"),
        "Environment": parts.environment(f.get("env"), _script(f, ctx)),
        "ContainerHostname": f.get("hostname"),
    }
    return struct(span, built)


def _same_image(image: Get, ctx: Context) -> None:
    """Report a training image used for serving where AWS has another for that (xgboost has one for both)."""
    step = ctx.fields_of(image.name)
    if step is not None and "base" in step.members:
        step = ctx.fields_of(step.text("base"))
    framework = step.map("framework") if step else None
    if step is not None and framework is not None and not ctx.serves(framework, step.get("instance_type")):
        ctx.report(
            "training-image-serves",
            f"`{image.name}` trains in an image that does not serve",
            image.span,
            hint="give `framework` here: a model's framework is its inference image",
        )


def _script(f: MapValue, ctx: Context) -> dict[str, Value]:
    code = f.get("code")
    if code is None or isinstance(code, Hole):
        return {}
    framework = f.map("framework")
    if framework is not None and isinstance(framework.get("name"), Hole):
        return {}
    if framework is None or framework.text("name") not in SERVES_FROM_S3:
        ctx.report(
            "model-code",
            "this container does not fetch its script from S3",
            code.span,
            hint="write the script into the model archive when training (under `code/`), and leave `code` out",
        )
        return {}
    uri, entry = ctx.code_archive(code)
    return {
        "SAGEMAKER_PROGRAM": text(entry, code.span),
        "SAGEMAKER_SUBMIT_DIRECTORY": uri,
        "SAGEMAKER_CONTAINER_LOG_LEVEL": text("20", code.span),
        "SAGEMAKER_REGION": text(ctx.text_setting("region"), code.span),
    }


def containers(f: MapValue, machine: Value | None, ctx: Context) -> list[MapValue]:
    """The containers of a model; a single one is given by the step's own fields. Of defaults, `env` reaches several."""
    several = f.get("containers")
    if several is None:
        return [container(f, machine, ctx)]
    if not isinstance(several, ListValue):
        return []
    if (own := next((key for key in CONTAINER if key in ctx.step.written), None)) is not None:
        ctx.report("conflicting-keys", f"`{own}` and `containers` exclude each other", f.members[own].key_span)
    merged = (_one_of_several(item, f.get("env"), machine, ctx) for item in several.items if isinstance(item, MapValue))
    return [item for item in merged if isinstance(item, MapValue)]


def _one_of_several(item: MapValue, env: Value | None, machine: Value | None, ctx: Context) -> Value:
    own = item.get("env")
    if isinstance(env, MapValue) and not isinstance(own, Hole):
        both = MapValue({**env.members, **(own.members if isinstance(own, MapValue) else {})}, (own or env).span)
        item = MapValue({**item.members, "env": Member(both, both.span)}, item.span)
    return ctx.raw(container(item, machine, ctx), item)


def _list(made: list[MapValue], f: MapValue) -> Value:
    several = f.get("containers")
    return several if isinstance(several, Hole) else ListValue(tuple(made), f.span_of("containers"))


def build_model(f: MapValue, ctx: Context) -> Request:
    made = containers(f, f.get("instance_type"), ctx)
    primary = made[0] if "containers" not in f.members and made else None
    arguments = {
        "ExecutionRoleArn": parts.role(f, ctx),
        "PrimaryContainer": primary,
        "Containers": None if primary else _list(made, f),
        "VpcConfig": parts.vpc(f),
        "EnableNetworkIsolation": (f.map("network") or f).get("isolation"),
        "Tags": parts.tags(f, ctx.span),
    }
    return Request(struct(ctx.span, arguments))


def model_offers(step: Step) -> Offers:
    return Offers({"name": Property("ModelName"), "arn": Property("ModelArn")})


CREATE_MODEL = StepType(
    name="create-model",
    json_type="Model",
    doc="Creates a model from an image and model data, for transform jobs and endpoints.",
    request="sagemaker:CreateModelInput",
    describe="sagemaker:DescribeModelOutput",
    unnamed=("ModelName",),
    one_of=(("PrimaryContainer", "Containers"),),
    retry=STEP_EXCEPTIONS,
    offers=model_offers,
    build=build_model,
    fields=fields(
        CONTAINER,
        containers=CONTAINERS,
        instance_type=Field(TEXT, "The machine it is to run on, such as ml.g5.xlarge: it chooses a framework's image."),
        network=parts.NETWORK,
        role=parts.ROLE,
        tags=parts.TAGS,
        retry=parts.RETRY,
    ),
)


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
            ctx.report("wrong-step-type", f"`{name}` is not a check step", item.span)
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
        "Containers": _list(made, f),
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
