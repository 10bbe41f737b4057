"""`endpoint-config`, `endpoint` and `inference-component`. API: CreateEndpointConfig, CreateEndpoint,
CreateInferenceComponent; the last two update what exists already."""

from __future__ import annotations

from compiler.model.kinds import Field, ListOf, Number, Record, Reference
from compiler.model.pipeline import Step
from compiler.model.steptype import STEP_EXCEPTIONS, Context, Offers, Property, Request, StepType
from compiler.model.values import Hole, ListValue, MapValue, Value, struct, text
from compiler.steps import parts
from compiler.steps.parts import INTEGER, TEXT, fields

FIRST_VARIANT = "AllTraffic"
MODEL_NAME = Field(Reference("a model's name, or the name of a model step"), "The model: a name or `step:name`.")
SERVERLESS = Record(
    {
        "memory_mb": Field(INTEGER, "Memory of one instance, 1024 to 6144 in steps of 1024.", True),
        "max_concurrency": Field(INTEGER, "The most requests at once.", True),
        "provisioned_concurrency": Field(INTEGER, "Instances kept warm."),
    }
)
VARIANT = Record(
    {
        "name": Field(TEXT, "The variant's name; AllTraffic when there is one variant."),
        "model_name": MODEL_NAME,
        "instance_type": parts.INSTANCE_TYPE,
        "instance_count": Field(INTEGER, "How many machines at first; 1 when left out."),
        "weight": Field(Number(), "The share of the traffic, against the weights of the others."),
        "serverless": Field(SERVERLESS, "Serve without machines of its own, in place of `instance_type`."),
        "raw": parts.RAW,
    }
)


def variant(f: MapValue, several: bool, ctx: Context) -> Value:
    """One production variant; machines unless it is serverless. API: ProductionVariant."""
    if several and "name" not in f.members:
        ctx.report("missing-key", "one of several variants has no `name`", f.span)
    if (serverless := f.get("serverless")) is not None:
        for key in ("instance_type", "instance_count"):
            if key in f.members:
                ctx.report("conflicting-keys", f"`{key}` and `serverless` exclude each other", f.members[key].key_span)
    built = {
        "VariantName": f.get("name") or text(FIRST_VARIANT, f.span),
        "ModelName": f.get("model_name"),
        "InstanceType": None if serverless else f.get("instance_type"),
        "InitialInstanceCount": None if serverless else f.get("instance_count") or parts.integer(1, f.span),
        "InitialVariantWeight": f.get("weight"),
        "ServerlessConfig": _serverless(serverless),
    }
    return ctx.raw(struct(f.span, built), f)


def _serverless(given: Value | None) -> Value | None:
    if not isinstance(given, MapValue):
        return given
    names = {
        "memory_mb": "MemorySizeInMB", "max_concurrency": "MaxConcurrency",
        "provisioned_concurrency": "ProvisionedConcurrency",
    }  # fmt: skip
    return struct(given.span, {api: given.get(key) for key, api in names.items()})


def variants(f: MapValue, ctx: Context) -> Value | None:
    given = f.get("variants")
    if not isinstance(given, ListValue):
        return given
    several = len(given.items) > 1
    built = tuple(variant(v, several, ctx) if isinstance(v, MapValue) else v for v in given.items)
    return ListValue(built, given.span)


def without_models(value: Value | None) -> bool:
    """Whether some variant names no model: then inference components bring theirs, and the endpoint needs a role."""
    items = value.items if isinstance(value, ListValue) else ()
    return any(isinstance(v, MapValue) and "ModelName" not in v.members for v in items)


def build_config(f: MapValue, ctx: Context) -> Request:
    production = variants(f, ctx)
    components = without_models(production)
    place = f if components or "network" in ctx.step.written else MapValue({}, f.span)
    own_role = f.get("role") if "role" in ctx.step.written else None
    arguments = {
        "EndpointConfigName": f.get("name"),
        "ProductionVariants": production,
        "KmsKeyId": f.get("volume_kms_key"),
        "ExecutionRoleArn": parts.role(f, ctx) if components else own_role,
        "VpcConfig": parts.vpc(place),
        "EnableNetworkIsolation": (place.map("network") or MapValue({}, f.span)).get("isolation"),
        "Tags": parts.tags(f, ctx.span),
    }
    return Request(struct(ctx.span, arguments))


def config_offers(step: Step) -> Offers:
    return Offers({"name": Property("EndpointConfigName"), "arn": Property("EndpointConfigArn")})


ENDPOINT_CONFIG = StepType(
    name="endpoint-config",
    json_type="EndpointConfig",
    doc="Makes an endpoint configuration. Its name gets a suffix in every execution: refer to it as `step:name`.",
    request="sagemaker:CreateEndpointConfigInput",
    describe="sagemaker:DescribeEndpointConfigOutput",
    one_of=(
        ("ProductionVariants.InstanceType", "ProductionVariants.ServerlessConfig", "ProductionVariants.InstancePools"),
    ),
    forbidden={
        "DataCaptureConfig": "pipelines refuse data capture; set it on the endpoint outside the pipeline",
        "ExplainerConfig": "pipelines refuse online explanations; set them on the endpoint outside the pipeline",
    },
    cache="admitted",
    retry=STEP_EXCEPTIONS,
    offers=config_offers,
    build=build_config,
    fields=fields(
        {"role": parts.ROLE, "network": parts.NETWORK, "volume_kms_key": parts.VOLUME_KMS_KEY},
        {"tags": parts.TAGS, "cache": parts.CACHE, "retry": parts.RETRY},
        name=Field(TEXT, "The configuration's name; the service appends a suffix of the execution.", True),
        variants=Field(
            ListOf(VARIANT, 1), "The models behind the endpoint, or machines for inference components.", True
        ),
    ),
)


def build_endpoint(f: MapValue, ctx: Context) -> Request:
    arguments = {
        "EndpointName": f.get("name"),
        "EndpointConfigName": f.get("config"),
        "Tags": parts.tags(f, ctx.span),
    }
    return Request(struct(ctx.span, arguments))


def endpoint_offers(step: Step) -> Offers:
    return Offers({"name": Property("EndpointName"), "arn": Property("EndpointArn")})


ENDPOINT = StepType(
    name="endpoint",
    json_type="Endpoint",
    doc="Creates an endpoint, or updates the one of that name.",
    request="sagemaker:CreateEndpointInput",
    describe="sagemaker:DescribeEndpointOutput",
    forbidden={"DeploymentConfig": "pipelines refuse it; blue/green settings belong to UpdateEndpoint"},
    cache="admitted",
    offers=endpoint_offers,
    build=build_endpoint,
    fields=fields(
        {"tags": parts.TAGS, "cache": parts.CACHE},
        name=Field(TEXT, "The endpoint's name.", True),
        config=Field(
            Reference("the name of an endpoint configuration, or that of an endpoint-config step"),
            "The endpoint configuration: a name or `step:name`.",
            True,
        ),
    ),
)
RESOURCES = {
    "cpu_cores": "NumberOfCpuCoresRequired", "accelerators": "NumberOfAcceleratorDevicesRequired",
    "memory_mb": "MinMemoryRequiredInMb", "max_memory_mb": "MaxMemoryRequiredInMb",
}  # fmt: skip


def build_component(f: MapValue, ctx: Context) -> Request:
    span = ctx.span
    required = {api: f.get(key) for key, api in RESOURCES.items()}
    specification = {
        "ModelName": f.get("model_name"),
        "BaseInferenceComponentName": f.get("base_component"),
        "ComputeResourceRequirements": struct(span, required) if any(required.values()) else None,
    }
    arguments = {
        "InferenceComponentName": f.get("name"),
        "EndpointName": f.get("endpoint") or Hole(span),
        "VariantName": f.get("variant") or (None if "base_component" in f.members else text(FIRST_VARIANT, span)),
        "Specification": struct(span, specification),
        "RuntimeConfig": struct(span, {"CopyCount": f.get("copies") or parts.integer(1, span)}),
        "Tags": parts.tags(f, span),
    }
    return Request(struct(span, arguments))


def component_offers(step: Step) -> Offers:
    return Offers({"name": Property("InferenceComponentName"), "arn": Property("InferenceComponentArn")})


INFERENCE_COMPONENT = StepType(
    name="inference-component",
    json_type="InferenceComponent",
    doc="Puts a model on an endpoint whose variants name none, or updates the component of that name.",
    request="sagemaker:CreateInferenceComponentInput",
    describe="sagemaker:DescribeInferenceComponentOutput",
    offers=component_offers,
    build=build_component,
    fields=fields(
        {"tags": parts.TAGS},
        name=Field(TEXT, "The component's name.", True),
        endpoint=Field(
            Reference("an endpoint's name, or the name of an endpoint step"),
            "The endpoint: a name or `step:name`.",
            True,
        ),
        variant=Field(TEXT, "The variant of the endpoint; AllTraffic when left out."),
        model_name=MODEL_NAME,
        base_component=Field(
            Reference("a component's name, or the name of an inference-component step"),
            "The component this one is an adapter of, in place of `model_name` and resources.",
        ),
        cpu_cores=Field(Number(), "CPU cores of each copy; fractions are allowed."),
        accelerators=Field(Number(), "Accelerator devices of each copy."),
        memory_mb=Field(INTEGER, "The least memory of each copy, in MB."),
        max_memory_mb=Field(INTEGER, "The most memory of each copy, in MB."),
        copies=Field(INTEGER, "How many copies to run; 1 when left out."),
    ),
)
