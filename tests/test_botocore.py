"""The requests in our definitions before botocore's own validator, as boto3 has it before it sends anything.

References are replaced by placeholders of their own type, read from botocore's shapes and the definition alone; so a
number that goes into a text unwrapped is found. What Pipelines names itself is filled in.
"""

import functools
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel, Shape
from botocore.validate import ParamValidator

from compiler import compile_file
from compiler.steps import STEP_TYPES

JSON = Any
TESTS = Path(__file__).parent
CASES = sorted((TESTS / "cases" / "compile").glob("*/*/definition.json"))
PIPELINES = sorted((TESTS.parent / "pipelines").glob("*.pipeline.yaml"))
TOKEN = re.compile(r"\.?([A-Za-z0-9_-]+)|\[(\d+)\]|\['([^']*)'\]")
SCALARS = {"String": "text", "Integer": 1, "Float": 0.5, "Boolean": True}
FREE = {"Condition", "Fail", "Lambda", "Callback", "ForEach", "Cleanup"}  # no API behind their arguments

# API type: the service, the request, what the service fills in itself, the response that references read.
APIS: dict[str, tuple[str, str, str, str]] = {
    "Processing": ("sagemaker", "CreateProcessingJobRequest", "ProcessingJobName", "DescribeProcessingJobResponse"),
    "ClarifyCheck": ("sagemaker", "CreateProcessingJobRequest", "ProcessingJobName", ""),
    "QualityCheck": ("sagemaker", "CreateProcessingJobRequest", "ProcessingJobName", ""),
    "Training": ("sagemaker", "CreateTrainingJobRequest", "TrainingJobName", "DescribeTrainingJobResponse"),
    "Tuning": (
        "sagemaker",
        "CreateHyperParameterTuningJobRequest",
        "HyperParameterTuningJobName",
        "DescribeHyperParameterTuningJobResponse",
    ),
    "Transform": ("sagemaker", "CreateTransformJobRequest", "TransformJobName", "DescribeTransformJobResponse"),
    "Model": ("sagemaker", "CreateModelInput", "ModelName", "DescribeModelOutput"),
    "RegisterModel": ("sagemaker", "CreateModelPackageInput", "ModelPackageName", "DescribeModelPackageOutput"),
    "AutoML": ("sagemaker", "CreateAutoMLJobRequest", "AutoMLJobName", "DescribeAutoMLJobResponse"),
    "EndpointConfig": ("sagemaker", "CreateEndpointConfigInput", "", "DescribeEndpointConfigOutput"),
    "Endpoint": ("sagemaker", "CreateEndpointInput", "", "DescribeEndpointOutput"),
    "InferenceComponent": ("sagemaker", "CreateInferenceComponentInput", "", "DescribeInferenceComponentOutput"),
    "Job": ("sagemaker", "CreateJobRequest", "JobName", "DescribeJobResponse"),
    "Lineage": ("sagemaker", "", "", ""),
    "EMR": ("emr", "", "", "Step"),
    "EMRServerless": ("emr-serverless", "", "", "GetJobRunResponse"),
    "BedrockModelImport": ("bedrock", "CreateModelImportJobRequest", "", "GetModelImportJobResponse"),
    "BedrockCustomModel": ("bedrock", "CreateCustomModelRequest", "", "GetCustomModelResponse"),
    "BedrockCustomModelDeployment": (
        "bedrock",
        "CreateCustomModelDeploymentRequest",
        "",
        "GetCustomModelDeploymentResponse",
    ),
    "BedrockProvisionedModelThroughput": (
        "bedrock",
        "CreateProvisionedModelThroughputRequest",
        "",
        "GetProvisionedModelThroughputResponse",
    ),
}
# Arguments that are several requests: the member, its shape, and what the service fills in.
PARTS = {
    "EMR": [("StepConfig", "StepConfig", "Name"), ("ClusterConfig", "RunJobFlowInput", "Name")],
    "EMRServerless": [("JobConfig", "StartJobRunRequest", "clientToken applicationId"),
                      ("ApplicationConfig", "CreateApplicationRequest", "clientToken")],
    "Lineage": [("Actions", "CreateActionRequest", ""), ("Artifacts", "CreateArtifactRequest", ""),
                ("Contexts", "CreateContextRequest", ""), ("Associations", "AddAssociationRequest", "")],
}  # fmt: skip
# Properties that no response has: Pipelines makes them. All are text, but for those within a document, which is late.
OWN_PROPERTIES = re.compile(
    r"(BestCandidateProperties|CalculatedBaseline|BaselineUsedFor|ActionArns|ArtifactArns|ContextArns|ClusterId|"
    r"ModelDeploymentArn|Associations).*"
)


@functools.cache
def service(name: str) -> ServiceModel:
    return ServiceModel(Loader().load_service_model(name, "service-2"), name)


def shape(name: str, of: str) -> Shape:
    return service(name).shape_for(of)


def steps_of(steps: list[JSON]) -> Iterator[JSON]:
    """All steps, those in branches and bodies included."""
    for step in steps:
        yield step
        for branch in ("IfSteps", "ElseSteps", "ForEachBody"):
            yield from steps_of(step["Arguments"].get(branch, []))


class Placeholders:
    """Replaces the references of one definition."""

    def __init__(self, definition: JSON) -> None:
        self.parameters = {p["Name"]: SCALARS[p["Type"]] for p in definition["Parameters"]}
        self.steps = {step["Name"]: step for step in steps_of(definition["Steps"])}

    def filled(self, value: JSON, at: Shape | None) -> JSON:
        """The value that stands at a shape, its references replaced."""
        match value:
            case {"Get": str(path)}:
                return self.sized(self.typed(path), at)
            case {"Std:Join": _}:
                return self.sized("text", at)
            case {"Std:JsonGet": _}:
                return self.sized(None, at)
            case dict():
                return {k: self.filled(v, below(at, k)) for k, v in value.items()}
            case list():
                return [self.filled(v, below(at, 0)) for v in value]
            case _:
                return value

    def sized(self, value: JSON, at: Shape | None) -> JSON:
        """A placeholder as long or large as the shape wants; None, whose type is known late, is of the shape's type."""
        least = at.metadata.get("min", 1) if at is not None else 1
        if value is None:
            by_type = {"integer": 1, "long": 1, "float": 0.5, "double": 0.5, "boolean": True}
            value = by_type.get(at.type_name, "text") if at is not None else "text"
        if isinstance(value, str):
            return value.ljust(least, "x")
        return max(value, least) if not isinstance(value, bool) else value

    def typed(self, path: str) -> JSON:
        """A value of the type that the reference has; None where that is known late."""
        root, _, rest = path.partition(".")
        if root == "Parameters":
            return self.parameters[rest]
        if root != "Steps":
            return "text" if root == "Execution" else None
        name, _, rest = rest.partition(".")
        return self.property(self.steps[name], rest)

    def property(self, step: JSON, path: str) -> JSON:
        if step["Type"] == "ForEach":
            return self.of_loop(step, path)
        if step["Type"] in ("Lambda", "Callback"):
            declared = {f"OutputParameters['{o['OutputName']}']": o["OutputType"] for o in step["OutputParameters"]}
            return SCALARS[declared[path]]
        if step["Type"] == "Condition" or path.startswith("JobConfigDocument."):
            return None
        api, _, _, response = APIS[step["Type"]]
        if OWN_PROPERTIES.fullmatch(path):
            return "text"
        if path.startswith("TrainingJobSummaries"):
            response = "ListTrainingJobsForHyperParameterTuningJobResponse"
        at: Shape | None = shape(api, response)
        for member, index, key in TOKEN.findall(path):
            at = below(at, member or (int(index) if index else key))
        assert at is not None, f"{step['Name']}: botocore knows no {path}"
        return {"integer": 1, "long": 1, "float": 0.5, "double": 0.5, "boolean": True}.get(at.type_name, "text")

    def of_loop(self, loop: JSON, path: str) -> JSON:
        if (inner := re.fullmatch(r"IterationOutputs\[\d+\]\.([\w-]+)\.(.+)", path)) is not None:
            return self.property(self.steps[inner[1]], inner[2])
        if path.startswith("Selected."):
            body = loop["Arguments"]["Selector"]["Field"]["Get"].split(".")[1]
            return self.property(self.steps[body], path.removeprefix("Selected."))
        return 1 if path.endswith("Count") else "text"


def below(at: Shape | None, key: str | int) -> Shape | None:
    """The shape of a member (bedrock's own begin with a small letter), of an entry, of an item."""
    match at.type_name if at is not None else "":
        case "structure":
            members = at.members
            return members.get(key) or members.get(small(str(key)))
        case "map":
            return at.value
        case "list":
            return at.member
        case _:
            return None


def small(word: str) -> str:
    return word[:1].lower() + word[1:]


def spelled(value: JSON, at: Shape | None) -> JSON:
    """A request of bedrock as its API spells it."""
    match value:
        case dict():
            rename: Callable[[str], str] = small if at is not None and at.type_name == "structure" else str
            return {rename(k): spelled(v, below(at, k)) for k, v in value.items()}
        case list():
            return [spelled(v, below(at, 0)) for v in value]
        case _:
            return value


def requests(step: JSON, placeholders: Placeholders) -> Iterator[tuple[Shape, JSON]]:
    """The requests that the service makes of a step, each with its shape."""
    api, request, given, _ = APIS[step["Type"]]
    if request:
        at = shape(api, request)
        named = {given: "name"} if given else {}
        filled = placeholders.filled(named | step["Arguments"], at)
        yield at, spelled(filled, at) if api == "bedrock" else filled
    for member, name, own in PARTS.get(step["Type"], []):
        found = step["Arguments"].get(member, [])
        for part in found if isinstance(found, list) else [found]:
            at = shape(api, name)
            yield at, dict.fromkeys(own.split(), "name") | placeholders.filled(associated(part, member), at)


def associated(part: JSON, member: str) -> JSON:
    """An association with the ARNs that its ends stand for."""
    if member != "Associations":
        return part
    ends = {f"{end}Arn": part[end].get("Arn", "arn:of-a-sibling") for end in ("Source", "Destination")}
    return ends | {k: v for k, v in part.items() if k not in ("Source", "Destination")}


def faults(definition: JSON) -> list[str]:
    """What botocore says of the requests of a definition."""
    placeholders = Placeholders(definition)
    told = []
    for step in placeholders.steps.values():
        if step["Type"] not in FREE:
            for at, request in requests(step, placeholders):
                report = ParamValidator().validate(request, at)
                told += [f"{step['Name']}: {report.generate_report()}"] if report.has_errors() else []
    return told


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parts[-3]}/{path.parts[-2]}")
def test_botocore_takes_what_a_case_compiles_to(path: Path) -> None:
    assert faults(json.loads(path.read_text("utf-8"))) == []


@pytest.mark.parametrize("path", PIPELINES, ids=lambda path: path.name.partition(".")[0])
def test_botocore_takes_what_a_pipeline_compiles_to(path: Path) -> None:
    assert faults(compile_file(path).definition) == []


def test_every_step_type_is_looked_at() -> None:
    assert {t.json_type for t in STEP_TYPES.values()} - {""} == FREE | set(APIS)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"RoleArn": None}, 'Missing required parameter in input: "RoleArn"'),
        ({"Colour": "red"}, 'Unknown parameter in input: "Colour"'),
        ({"Environment": {"N": {"Get": "Parameters.N"}}}, "Invalid type for parameter Environment.N, value: 1"),
        ({"ResourceConfig": {"InstanceCount": {"Get": "Execution.PipelineName"}}}, "ResourceConfig.InstanceCount"),
        ({"EnableNetworkIsolation": {"Get": "Steps.fit.BillableTimeInSeconds"}}, "EnableNetworkIsolation, value: 1"),
        (
            {"StoppingCondition": {"MaxRuntimeInSeconds": {"Std:Join": {"On": "", "Values": [1]}}}},
            "MaxRuntimeInSeconds",
        ),
        ({"InputDataConfig": []}, "valid min length: 1"),
    ],
)
def test_botocore_refuses_what_is_wrong(change: JSON, told: str) -> None:
    arguments = {
        "RoleArn": "arn:aws:iam::111122223333:role/R",
        "OutputDataConfig": {"S3OutputPath": "s3://b/m"},
    } | change
    given = {k: v for k, v in arguments.items() if v is not None}
    step = {"Name": "fit", "Type": "Training", "Arguments": given}
    found = faults({"Parameters": [{"Name": "N", "Type": "Integer"}], "Steps": [step]})
    assert len(found) == 1
    assert told in found[0]
