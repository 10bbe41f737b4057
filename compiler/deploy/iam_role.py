"""The policy of the role that a pipeline runs with, read from its definition, step by step.

What only running tells is not in it: a value given at start, or one that a step makes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from compiler.deploy.iam_services import other_services
from compiler.deploy.iam_statements import Json, Place, allow, pass_role, spelt
from compiler.diff.steps import StepAt

S3_URI = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?=/|$)")
IMAGE = re.compile(r"(\d{12})\.dkr\.ecr(?:-fips)?\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/([^:@\s]+)(?:[:@].*)?")
JOB = ("CreateProcessingJob", "DescribeProcessingJob", "StopProcessingJob")
ACTIONS: dict[str, tuple[str, ...]] = {
    "Processing": JOB,
    "ClarifyCheck": JOB,
    "QualityCheck": JOB,
    "Training": ("CreateTrainingJob", "DescribeTrainingJob", "StopTrainingJob"),
    "Tuning": (
        "CreateHyperParameterTuningJob", "DescribeHyperParameterTuningJob", "StopHyperParameterTuningJob",
        "ListTrainingJobsForHyperParameterTuningJob", "CreateTrainingJob", "DescribeTrainingJob",
    ),
    "Transform": ("CreateTransformJob", "DescribeTransformJob", "StopTransformJob", "DescribeModel"),
    "AutoML": ("CreateAutoMLJob", "DescribeAutoMLJob", "StopAutoMLJob"),
    "Model": ("CreateModel", "DescribeModel"),
    "RegisterModel": (
        "CreateModelPackage", "DescribeModelPackage", "CreateModelPackageGroup", "DescribeModelPackageGroup",
    ),
    "EndpointConfig": ("CreateEndpointConfig", "DescribeEndpointConfig"),
    "Endpoint": ("CreateEndpoint", "UpdateEndpoint", "DescribeEndpoint", "DescribeEndpointConfig"),
    "InferenceComponent": ("CreateInferenceComponent", "UpdateInferenceComponent", "DescribeInferenceComponent"),
    "Lineage": (
        "AddAssociation", "CreateAction", "CreateArtifact", "CreateContext", "DescribeAction", "DescribeArtifact",
        "DescribeContext",
    ),
    "Job": ("CreateJob", "DescribeJob", "StopJob"),
}  # fmt: skip
# The resources of these actions; behind the colon the member that names it, where the author does and not the service.
RESOURCES: dict[str, tuple[str, ...]] = {
    "Processing": ("processing-job",),
    "ClarifyCheck": ("processing-job",),
    "QualityCheck": ("processing-job",),
    "Training": ("training-job",),
    "Tuning": ("hyper-parameter-tuning-job", "training-job"),
    "Transform": ("transform-job", "model"),
    "AutoML": ("automl-job",),
    "Model": ("model",),
    "RegisterModel": ("model-package-group:ModelPackageGroupName", "model-package:ModelPackageGroupName"),
    "EndpointConfig": ("endpoint-config:EndpointConfigName",),
    "Endpoint": ("endpoint:EndpointName", "endpoint-config:EndpointConfigName"),
    "InferenceComponent": ("inference-component:InferenceComponentName", "endpoint:EndpointName"),
    "Lineage": ("action", "artifact", "context"),
    "Job": ("job",),
}
TAILS = {"model-package-group": "", "model-package": "/*"}  # of what else the service may lengthen the name
CHECKS = ("ClarifyCheck", "QualityCheck")
NETWORK = (
    "CreateNetworkInterface", "CreateNetworkInterfacePermission", "DeleteNetworkInterface",
    "DeleteNetworkInterfacePermission", "DescribeDhcpOptions", "DescribeNetworkInterfaces", "DescribeSecurityGroups",
    "DescribeSubnets", "DescribeVpcs",
)  # fmt: skip
EXPERIMENTS = (
    "AssociateTrialComponent", "CreateExperiment", "CreateTrial", "CreateTrialComponent", "DescribeExperiment",
    "DescribeTrial", "DescribeTrialComponent", "UpdateTrialComponent",
)  # fmt: skip
KEYS = ("KmsKeyId", "VolumeKmsKeyId", "OutputKmsKeyId", "customModelKmsKeyId", "CustomModelKmsKeyId")
KEY_ACTIONS = ("kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*")


def execution_role(definition: Json, steps: list[StepAt], role: str, place: Place) -> Iterator[Json]:
    """The statements of the role; `definition` and `steps` with what is known of parameters put in."""
    kinds = sorted({str(s.json.get("Type")) for s in steps})
    for kind in kinds:
        if kind in ACTIONS:
            named = list(_resources([s for s in steps if s.json.get("Type") == kind], kind, place))
            yield allow(kind, [f"sagemaker:{action}" for action in (*ACTIONS[kind], "AddTags")], named)
    yield from _registry(steps, place)
    yield from other_services(steps, place)
    yield from _data(definition, kinds, place)
    yield from _images(definition, place)
    yield from _passed(steps, role)
    yield from _keys(definition, place)
    if any("Subnets" in inner for inner in maps(definition)):
        yield allow("Network", [f"ec2:{action}" for action in NETWORK], ["*"])
    yield from _records(definition, place)


def _resources(steps: list[StepAt], kind: str, place: Place) -> Iterator[str]:
    for resource in RESOURCES[kind]:
        what, _, member = resource.partition(":")
        names = [(s.json.get("Arguments") or {}).get(member) for s in steps] if member else [None]
        for name in names:
            if not isinstance(name, str):
                yield place.sagemaker(f"{what}/*")
                continue
            tail = TAILS.get(what, "*")
            yield from (place.sagemaker(f"{what}/{spelling}{tail}") for spelling in spelt(name))


def _registry(steps: list[StepAt], place: Place) -> Iterator[Json]:
    """What checks with a package group read: the baselines of its approved model."""
    groups = [s.json.get("ModelPackageGroupName") for s in steps if s.json.get("Type") in CHECKS]
    names = [name for g in groups if g for name in (spelt(g) if isinstance(g, str) else ["*"])]
    arns = [place.sagemaker(arn) for n in names for arn in (f"model-package-group/{n}", f"model-package/{n}/*")]
    if arns:
        yield allow("Baselines", ["sagemaker:DescribeModelPackage", "sagemaker:ListModelPackages"], arns)


def _data(definition: Json, kinds: list[str], place: Place) -> Iterator[Json]:
    """The buckets the jobs read and write, and what every job writes: logs and metrics."""
    buckets = sorted({match[1] for text in texts(definition) for match in S3_URI.finditer(text)})
    if buckets:
        objects = ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"]
        objects += ["s3:DeleteObject"] if "Cleanup" in kinds else []
        yield allow("Data", objects, [place.bucket(f"{bucket}/*") for bucket in buckets])
        yield allow("Buckets", ["s3:GetBucketLocation", "s3:ListBucket"], map(place.bucket, buckets))
    logs = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
    yield allow("Logs", logs, [place.arn("logs", "log-group:/aws/sagemaker/*")])
    namespaces = {"StringLike": {"cloudwatch:namespace": "/aws/sagemaker/*"}}
    yield allow("Metrics", ["cloudwatch:PutMetricData"], ["*"], Condition=namespaces)


def _images(definition: Json, place: Place) -> Iterator[Json]:
    found = [match for text in texts(definition) if (match := IMAGE.fullmatch(text))]
    if found:
        pull = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
        yield allow("Images", pull, [f"arn:{place.partition}:ecr:{m[2]}:{m[1]}:repository/{m[3]}" for m in found])
        yield allow("ImageLogin", ["ecr:GetAuthorizationToken"], ["*"])


def _passed(steps: list[StepAt], role: str) -> Iterator[Json]:
    """The roles that jobs, models and endpoints of SageMaker take; those of other services are in theirs."""
    own = [s for s in steps if s.json.get("Type") in ACTIONS]
    found = {
        v for s in own for m in maps(s.own) for k in ("RoleArn", "ExecutionRoleArn") if isinstance(v := m.get(k), str)
    }
    if passed := {role, *found} - {""}:
        yield pass_role("PassRole", passed, "sagemaker.amazonaws.com")


def _keys(definition: Json, place: Place) -> Iterator[Json]:
    keys = {v for m in maps(definition) for k in KEYS if isinstance(v := m.get(k), str) and v}
    aliases = sorted(key for key in keys if key.startswith("alias/"))
    arns = [k if k.startswith("arn:") else place.arn("kms", f"key/{k}") for k in keys if k not in aliases]
    named = sorted({*aliases, *(arn.rpartition(":")[2] for arn in arns if ":alias/" in arn)})
    if plain := [arn for arn in arns if ":alias/" not in arn]:
        yield allow("Keys", KEY_ACTIONS, plain)
    if named:
        condition = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": named}}
        yield allow("KeyAliases", KEY_ACTIONS, [place.arn("kms", "key/*")], Condition=condition)


def _records(definition: Json, place: Place) -> Iterator[Json]:
    """Where runs are recorded: experiments, MLflow."""
    if definition.get("PipelineExperimentConfig"):
        entities = ("experiment", "experiment-trial", "experiment-trial-component")
        places = [place.sagemaker(f"{entity}/*") for entity in entities]
        yield allow("Experiments", [f"sagemaker:{action}" for action in EXPERIMENTS], places)
    arn = (definition.get("MlflowConfig") or {}).get("MlflowResourceArn")
    if arn:
        yield allow("Mlflow", ["sagemaker-mlflow:*"], [arn if isinstance(arn, str) else "*"])


def maps(value: Json) -> Iterator[dict[str, Json]]:
    """Every map in a JSON value."""
    match value:
        case dict():
            yield value
            for inner in value.values():
                yield from maps(inner)
        case list():
            for inner in value:
                yield from maps(inner)


def texts(value: Json) -> Iterator[str]:
    """Every text in a JSON value."""
    match value:
        case str():
            yield value
        case dict():
            for inner in value.values():
                yield from texts(inner)
        case list():
            for inner in value:
                yield from texts(inner)
