"""Containers of models and model packages: image, model data, environment, serving script. API: ContainerDefinition."""

from __future__ import annotations

from compiler.model.kinds import Field, ListOf, Record, Reference
from compiler.model.steptype import Context
from compiler.model.values import Get, Hole, ListValue, MapValue, Member, Value, struct, text
from compiler.steps import parts
from compiler.steps.parts import CODE, ENV, FRAMEWORK, IMAGE, TEXT

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


def listed(made: list[MapValue], f: MapValue) -> Value:
    """The containers as the request's list; what was at fault stays so."""
    several = f.get("containers")
    return several if isinstance(several, Hole) else ListValue(tuple(made), f.span_of("containers"))
