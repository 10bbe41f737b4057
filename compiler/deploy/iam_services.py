"""What steps ask of services other than SageMaker: Lambda, SQS, EMR, EMR Serverless, Bedrock."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.deploy.iam_statements import Json, Place, allow, pass_role
from compiler.diff.steps import StepAt

EMR = ("AddJobFlowSteps", "CancelSteps", "DescribeCluster", "DescribeStep", "ListSteps")
EMR_CLUSTER = ("AddTags", "RunJobFlow", "TerminateJobFlows")
EMR_RULES = "rule/SageMakerPipelineExecutionEMR*"  # the rules by which the service hears of steps and clusters
EMR_ROLES = {
    "ServiceRole": "elasticmapreduce.amazonaws.com",
    "AutoScalingRole": "application-autoscaling.amazonaws.com",
    "JobFlowRole": "ec2.amazonaws.com",
}
SERVERLESS = ("StartJobRun", "GetJobRun", "CancelJobRun", "GetApplication")
SERVERLESS_APPLICATION = (
    "CreateApplication", "DeleteApplication", "StartApplication", "StopApplication", "TagResource"
)  # fmt: skip
BEDROCK: dict[str, tuple[str, ...]] = {
    "BedrockCustomModel": ("CreateCustomModel", "GetCustomModel"),
    "BedrockCustomModelDeployment": ("CreateCustomModelDeployment", "GetCustomModelDeployment"),
    "BedrockModelImport": ("CreateModelImportJob", "GetModelImportJob"),
    "BedrockProvisionedModelThroughput": ("CreateProvisionedModelThroughput", "GetProvisionedModelThroughput"),
}


def other_services(steps: list[StepAt], place: Place) -> Iterator[Json]:
    """The statements for all steps that call another service."""
    if functions := [v for s in steps if isinstance(v := s.json.get("FunctionArn"), str)]:
        yield allow("Functions", ["lambda:InvokeFunction"], functions)
    if queues := [_queue_arn(v, place) for s in steps if isinstance(v := s.json.get("SqsQueueUrl"), str)]:
        yield allow("Queues", ["sqs:SendMessage"], queues)
    yield from _emr([_arguments(s) for s in steps if s.json.get("Type") == "EMR"], place)
    yield from _serverless([_arguments(s) for s in steps if s.json.get("Type") == "EMRServerless"], place)
    if any(s.json.get("Type") in ("EMR", "EMRServerless") for s in steps):
        rules = [place.arn("events", EMR_RULES)]
        yield allow("EmrEvents", ["events:DescribeRule", "events:PutRule", "events:PutTargets"], rules)
    yield from _bedrock([s for s in steps if s.json.get("Type") in BEDROCK])


def _arguments(step: StepAt) -> dict[str, Json]:
    found = step.json.get("Arguments")
    return found if isinstance(found, dict) else {}


def _queue_arn(url: str, place: Place) -> str:
    words = url.removeprefix("https://").split("/")
    region = words[0].split(".")[1] if words[0].count(".") > 1 else place.region
    return f"arn:{place.partition}:sqs:{region}:{words[1]}:{words[2]}" if len(words) > 2 else place.arn("sqs", "*")


def _emr(found: list[dict[str, Json]], place: Place) -> Iterator[Json]:
    """Steps on a cluster that is named, and on one that the pipeline makes and ends: only then may it make one."""
    if not found:
        return
    makes = [a["ClusterConfig"] for a in found if isinstance(a.get("ClusterConfig"), dict)]
    ids = [a.get("ClusterId") for a in found if "ClusterConfig" not in a]
    named = ["*"] if makes else [i if isinstance(i, str) else "*" for i in ids]
    clusters = [place.arn("elasticmapreduce", f"cluster/{cluster}") for cluster in named]
    actions = (*EMR, *EMR_CLUSTER) if makes else EMR
    yield allow("EMR", [f"elasticmapreduce:{action}" for action in actions], clusters)
    for member, service in EMR_ROLES.items():
        if roles := [place.role(v) for config in makes if isinstance(v := config.get(member), str)]:
            yield pass_role(f"Pass{member}", roles, service)


def _serverless(found: list[dict[str, Json]], place: Place) -> Iterator[Json]:
    if not found:
        return
    makes = any("ApplicationConfig" in a for a in found)
    ids = ["*" if not isinstance(i := a.get("ApplicationId"), str) else i for a in found]
    scopes = [f"/applications/{i}{tail}" for i in ids for tail in ("", "/jobruns/*")] + (["/*"] if makes else [])
    actions = (*SERVERLESS, *SERVERLESS_APPLICATION) if makes else SERVERLESS
    yield allow(
        "EMRServerless", [f"emr-serverless:{a}" for a in actions], [place.arn("emr-serverless", s) for s in scopes]
    )
    if roles := [place.role(v) for a in found if isinstance(v := a.get("ExecutionRoleArn"), str)]:
        yield pass_role("PassJobRole", roles, "emr-serverless.amazonaws.com")


def _bedrock(steps: list[StepAt]) -> Iterator[Json]:
    """Bedrock knows most of these actions only on all resources, since the names are made with them."""
    for kind in sorted({str(s.json["Type"]) for s in steps}):
        yield allow(kind, [f"bedrock:{action}" for action in (*BEDROCK[kind], "TagResource")], ["*"])
    if roles := [v for s in steps if isinstance(v := _arguments(s).get("RoleArn"), str)]:
        yield pass_role("PassModelRole", roles, "bedrock.amazonaws.com")
