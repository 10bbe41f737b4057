"""The least-privilege policies a pipeline needs, from its definition. Source: DG, build-and-manage-access."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from compiler.deploy.bundle import Bundle
from compiler.diff.steps import StepAt, flatten

Json = Any
S3_URI = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(/[^\s\"]*)?")
JOB = ["CreateProcessingJob", "DescribeProcessingJob", "StopProcessingJob"]
ACTIONS: dict[str, list[str]] = {
    "Processing": JOB,
    "ClarifyCheck": [*JOB, "ListModelPackages", "DescribeModelPackage"],
    "QualityCheck": [*JOB, "ListModelPackages", "DescribeModelPackage"],
    "Training": ["CreateTrainingJob", "DescribeTrainingJob", "StopTrainingJob"],
    "Tuning": [
        "CreateHyperParameterTuningJob",
        "DescribeHyperParameterTuningJob",
        "StopHyperParameterTuningJob",
        "ListTrainingJobsForHyperParameterTuningJob",
        "CreateTrainingJob",
        "DescribeTrainingJob",
    ],
    "Transform": ["CreateTransformJob", "DescribeTransformJob", "StopTransformJob", "DescribeModel"],
    "AutoML": ["CreateAutoMLJob", "DescribeAutoMLJob", "StopAutoMLJob"],
    "Model": ["CreateModel", "DescribeModel"],
    "RegisterModel": [
        "CreateModelPackage",
        "DescribeModelPackage",
        "CreateModelPackageGroup",
        "DescribeModelPackageGroup",
    ],
    "EndpointConfig": ["CreateEndpointConfig", "DescribeEndpointConfig"],
    "Endpoint": ["CreateEndpoint", "UpdateEndpoint", "DescribeEndpoint"],
    "InferenceComponent": ["CreateInferenceComponent", "UpdateInferenceComponent", "DescribeInferenceComponent"],
    "Lineage": ["CreateAction", "CreateArtifact", "CreateContext", "AddAssociation"],
    "Job": ["CreateJob", "DescribeJob", "StopJob"],
}
RESOURCES: dict[str, tuple[str, ...]] = {
    "Processing": ("processing-job",),
    "ClarifyCheck": ("processing-job", "model-package", "model-package-group"),
    "QualityCheck": ("processing-job", "model-package", "model-package-group"),
    "Training": ("training-job",),
    "Tuning": ("hyper-parameter-tuning-job", "training-job"),
    "Transform": ("transform-job", "model"),
    "AutoML": ("automl-job",),
    "Model": ("model",),
    "RegisterModel": ("model-package", "model-package-group"),
    "EndpointConfig": ("endpoint-config",),
    "Endpoint": ("endpoint", "endpoint-config"),
    "InferenceComponent": ("endpoint", "inference-component"),
    "Lineage": ("action", "artifact", "context"),
    "Job": ("job",),
}
OTHER: dict[str, list[str]] = {
    "EMR": [
        "elasticmapreduce:AddJobFlowSteps",
        "elasticmapreduce:CancelSteps",
        "elasticmapreduce:DescribeCluster",
        "elasticmapreduce:DescribeStep",
        "elasticmapreduce:ListSteps",
        "elasticmapreduce:RunJobFlow",
        "elasticmapreduce:TerminateJobFlows",
    ],
    "EMRServerless": [
        "emr-serverless:CancelJobRun",
        "emr-serverless:CreateApplication",
        "emr-serverless:DeleteApplication",
        "emr-serverless:GetJobRun",
        "emr-serverless:StartApplication",
        "emr-serverless:StartJobRun",
    ],
    "BedrockCustomModel": ["bedrock:CreateCustomModel", "bedrock:GetCustomModel"],
    "BedrockCustomModelDeployment": ["bedrock:CreateCustomModelDeployment", "bedrock:GetCustomModelDeployment"],
    "BedrockModelImport": ["bedrock:CreateModelImportJob", "bedrock:GetModelImportJob"],
    "BedrockProvisionedModelThroughput": [
        "bedrock:CreateProvisionedModelThroughput",
        "bedrock:GetProvisionedModelThroughput",
    ],
}
EMR_RULES = ("SageMakerPipelineExecutionEMRStepStatusUpdateRule", "SageMakerPipelineExecutionEMRClusterStatusRule")
UPSERT = ["AddTags", "CreatePipeline", "DeleteTags", "DescribePipeline", "ListTags", "UpdatePipeline"]
VERSIONS = ["ListPipelineVersions", "UpdatePipelineVersion"]
START = ["ListPipelineExecutions", "StartPipelineExecution"]
EXECUTIONS = [
    "DescribePipelineExecution",
    "ListPipelineExecutionSteps",
    "RetryPipelineExecution",
    "StopPipelineExecution",
]
SCHEDULE = ["scheduler:CreateSchedule", "scheduler:GetSchedule", "scheduler:UpdateSchedule"]
NETWORK = [
    "ec2:CreateNetworkInterface", "ec2:CreateNetworkInterfacePermission", "ec2:DeleteNetworkInterface",
    "ec2:DeleteNetworkInterfacePermission", "ec2:DescribeDhcpOptions", "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs",
]  # fmt: skip
EXPERIMENTS = [
    "AssociateTrialComponent", "CreateExperiment", "CreateTrial", "CreateTrialComponent", "DescribeExperiment",
    "DescribeTrial", "DescribeTrialComponent", "UpdateTrialComponent",
]  # fmt: skip


class Place(NamedTuple):
    """Where the pipeline lives: the ARN partition, the region and the account."""

    partition: str
    region: str
    account: str

    def sagemaker(self, resource: str) -> str:
        return f"arn:{self.partition}:sagemaker:{self.region}:{self.account}:{resource}"


def policies(bundle: Bundle, place: Place) -> dict[str, Json]:
    """`execution_role`: the policy of the role the pipeline runs with; `caller`: that of whoever upserts and starts it.

    With a schedule there is `schedule_role`, the role that EventBridge Scheduler starts the pipeline with, too.
    """
    steps = list(flatten(bundle.definition).values())
    role = str(bundle.create.get("RoleArn", ""))
    found: dict[str, Json] = {
        "execution_role": {
            "role": role,
            "trust_policy": _trust("sagemaker.amazonaws.com"),
            "policy": _document(_execution(bundle.definition, steps, role, place)),
        },
        "caller": {"policy": _document(_caller(bundle, role, place))},
    }
    if bundle.schedule is not None:
        target = bundle.schedule["Target"]
        start = _allow("Start", ["sagemaker:StartPipelineExecution"], [_pipeline(bundle, place)])
        trust = _trust("scheduler.amazonaws.com")
        found["schedule_role"] = {"role": target["RoleArn"], "trust_policy": trust, "policy": _document([start])}
    return found


def _document(statements: Iterable[Json]) -> Json:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _trust(service: str) -> Json:
    return _document([{"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}])


def _allow(sid: str, actions: Iterable[str], resources: Iterable[str], **more: Json) -> Json:
    return {"Sid": sid, "Effect": "Allow", "Action": sorted(set(actions)), "Resource": sorted(set(resources)), **more}


def _execution(definition: Json, steps: list[StepAt], role: str, place: Place) -> Iterator[Json]:
    kinds = sorted({str(s.json.get("Type")) for s in steps})
    for kind in kinds:
        if kind in ACTIONS:
            actions = [f"sagemaker:{action}" for action in (*ACTIONS[kind], "AddTags")]
            yield _allow(kind, actions, [place.sagemaker(f"{resource}/*") for resource in RESOURCES[kind]])
        if kind in OTHER:
            yield _allow(kind, OTHER[kind], ["*"])
    if "EMR" in kinds:
        rules = [f"arn:{place.partition}:events:{place.region}:{place.account}:rule/{rule}" for rule in EMR_RULES]
        yield _allow("EmrEvents", ["events:DescribeRule", "events:PutRule", "events:PutTargets"], rules)
    functions = [v for s in steps if isinstance(v := s.json.get("FunctionArn"), str)]
    if functions:
        yield _allow("Functions", ["lambda:InvokeFunction"], functions)
    queues = [_queue_arn(v, place) for s in steps if isinstance(v := s.json.get("SqsQueueUrl"), str)]
    if queues:
        yield _allow("Queues", ["sqs:SendMessage"], queues)
    yield from _data(definition, kinds, place)
    if passed := sorted({role, *_roles(definition)} - {""}):
        yield _pass_role("PassRole", passed, ["sagemaker.amazonaws.com"])
    yield from _keys(definition, place)
    if any("Subnets" in inner for inner in _maps(definition)):
        yield _allow("Network", NETWORK, ["*"])
    if definition.get("PipelineExperimentConfig"):
        entities = ("experiment", "experiment-trial", "experiment-trial-component")
        places = [place.sagemaker(f"{entity}/*") for entity in entities]
        yield _allow("Experiments", [f"sagemaker:{action}" for action in EXPERIMENTS], places)


def _data(definition: Json, kinds: list[str], place: Place) -> Iterator[Json]:
    """The buckets and images the jobs read and write. Places that are only known when running are not among them."""
    buckets = sorted({match[1] for text in _texts(definition) for match in S3_URI.finditer(text)} | _joined(definition))
    arns = [f"arn:{place.partition}:s3:::{bucket}" for bucket in buckets]
    if arns:
        objects = ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"]
        objects += ["s3:DeleteObject"] if "Cleanup" in kinds else []
        yield _allow("Data", objects, [f"{arn}/*" for arn in arns])
        yield _allow("Buckets", ["s3:GetBucketLocation", "s3:ListBucket"], arns)
    if images := sorted({arn for text in _texts(definition) if (arn := _repository(text, place))}):
        pull = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
        yield _allow("Images", pull, images)
        yield _allow("ImageLogin", ["ecr:GetAuthorizationToken"], ["*"])
    logs = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
    yield _allow(
        "Logs", logs, [f"arn:{place.partition}:logs:{place.region}:{place.account}:log-group:/aws/sagemaker/*"]
    )
    namespaces = {"StringLike": {"cloudwatch:namespace": "/aws/sagemaker/*"}}
    yield _allow("Metrics", ["cloudwatch:PutMetricData"], ["*"], Condition=namespaces)


def _joined(definition: Json) -> set[str]:
    """Buckets that stand in a Join on "/": `s3:/`, bucket, path."""
    found: set[str] = set()
    for value in _maps(definition):
        values = value.get("Std:Join", {}).get("Values", []) if isinstance(value.get("Std:Join"), dict) else []
        if len(values) > 1 and values[0] == "s3:/" and isinstance(values[1], str):
            found.add(values[1])
    return found


def _keys(definition: Json, place: Place) -> Iterator[Json]:
    keys = {v for m in _maps(definition) for k in ("KmsKeyId", "VolumeKmsKeyId") if isinstance(v := m.get(k), str)}
    arns = sorted(key for key in keys if key.startswith("arn:"))
    aliases = sorted(key for key in keys if key.startswith("alias/"))
    actions = ["kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*"]
    if arns:
        yield _allow("Keys", actions, arns)
    if aliases:
        condition = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": aliases}}
        everywhere = f"arn:{place.partition}:kms:{place.region}:{place.account}:key/*"
        yield _allow("KeyAliases", actions, [everywhere], Condition=condition)


def _caller(bundle: Bundle, role: str, place: Place) -> Iterator[Json]:
    pipeline = _pipeline(bundle, place)
    yield _allow("Pipeline", [f"sagemaker:{action}" for action in (*UPSERT, *VERSIONS, *START)], [pipeline])
    yield _allow("Executions", [f"sagemaker:{action}" for action in EXECUTIONS], [f"{pipeline}/execution/*"])
    yield _allow("Pipelines", ["sagemaker:ListPipelines"], ["*"])
    if role:
        yield _pass_role("PassRole", [role], ["sagemaker.amazonaws.com"])
    places = sorted({"/".join(upload.uri.removeprefix("s3://").split("/")[:-2]) for upload in bundle.uploads})
    if places:
        arns = [f"arn:{place.partition}:s3:::{where}/*" for where in places]
        yield _allow("Code", ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"], arns)
    if bundle.schedule is not None:
        arn = (
            f"arn:{place.partition}:scheduler:{place.region}:{place.account}:schedule/default/{bundle.schedule['Name']}"
        )
        yield _allow("Schedule", SCHEDULE, [arn])
        yield _pass_role("PassScheduleRole", [bundle.schedule["Target"]["RoleArn"]], ["scheduler.amazonaws.com"])


def _pipeline(bundle: Bundle, place: Place) -> str:
    return place.sagemaker(f"pipeline/{bundle.name.lower()}")


def _pass_role(sid: str, roles: list[str], services: list[str]) -> Json:
    return _allow(sid, ["iam:PassRole"], roles, Condition={"StringEquals": {"iam:PassedToService": services}})


def _queue_arn(url: str, place: Place) -> str:
    words = url.removeprefix("https://").split("/")
    region = words[0].split(".")[1] if words[0].count(".") > 1 else place.region
    return f"arn:{place.partition}:sqs:{region}:{words[1]}:{words[2]}" if len(words) > 2 else url


def _repository(text: str, place: Place) -> str:
    """The ARN of the repository an image URI names, or ""."""
    match = re.fullmatch(r"(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/([^:@]+)(?:[:@].*)?", text)
    return f"arn:{place.partition}:ecr:{match[2]}:{match[1]}:repository/{match[3]}" if match else ""


def _roles(definition: Json) -> set[str]:
    names = ("RoleArn", "ExecutionRoleArn", "executionRoleArn")
    return {v for m in _maps(definition) for k in names if isinstance(v := m.get(k), str)}


def _maps(value: Json) -> Iterator[dict[str, Json]]:
    match value:
        case dict():
            yield value
            for inner in value.values():
                yield from _maps(inner)
        case list():
            for inner in value:
                yield from _maps(inner)


def _texts(value: Json) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for inner in value.values():
                yield from _texts(inner)
        case list():
            for inner in value:
                yield from _texts(inner)
