"""`create-model`: containers around trained model data. API: CreateModel."""

from __future__ import annotations

from compiler.model.kinds import Field
from compiler.model.pipeline import Step
from compiler.model.steptype import STEP_EXCEPTIONS, Context, Offers, Property, Request, StepType
from compiler.model.values import MapValue, struct
from compiler.steps import parts
from compiler.steps.containers import CONTAINER, CONTAINERS, containers, listed
from compiler.steps.parts import TEXT, fields


def build_model(f: MapValue, ctx: Context) -> Request:
    made = containers(f, f.get("instance_type"), ctx)
    primary = made[0] if "containers" not in f.members and made else None
    arguments = {
        "ExecutionRoleArn": parts.role(f, ctx),
        "PrimaryContainer": primary,
        "Containers": None if primary else listed(made, f),
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
