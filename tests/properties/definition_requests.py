"""Whether the arguments of a definition's steps are requests that botocore would send."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from botocore.model import Shape
from botocore.validate import ParamValidator
from definition_rules import shape, steps_of

Json = Any
REQUESTS = {
    "Processing": ("CreateProcessingJobRequest", {"ProcessingJobName": "j"}),
    "ClarifyCheck": ("CreateProcessingJobRequest", {"ProcessingJobName": "j"}),
    "QualityCheck": ("CreateProcessingJobRequest", {"ProcessingJobName": "j"}),
    "Training": ("CreateTrainingJobRequest", {"TrainingJobName": "j"}),
    "Tuning": ("CreateHyperParameterTuningJobRequest", {"HyperParameterTuningJobName": "j"}),
    "Transform": ("CreateTransformJobRequest", {"TransformJobName": "j"}),
    "Model": ("CreateModelInput", {"ModelName": "m"}),
    "RegisterModel": ("CreateModelPackageInput", {}),
    "AutoML": ("CreateAutoMLJobRequest", {"AutoMLJobName": "j"}),
    "EndpointConfig": ("CreateEndpointConfigInput", {}),
    "Endpoint": ("CreateEndpointInput", {}),
    "InferenceComponent": ("CreateInferenceComponentInput", {}),
    "Job": ("CreateJobRequest", {"JobName": "j"}),
}
BEDROCK = {
    "BedrockModelImport": "CreateModelImportJobRequest",
    "BedrockCustomModel": "CreateCustomModelRequest",
    "BedrockCustomModelDeployment": "CreateCustomModelDeploymentRequest",
    "BedrockProvisionedModelThroughput": "CreateProvisionedModelThroughputRequest",
}


def check_requests(definition: Json) -> None:
    """Assert that botocore would send the arguments of every step, run-time values replaced by some of the type."""
    for step, _ in steps_of(definition["Steps"]):
        for service, name, arguments in _requests(step):
            wanted = shape(service, name)
            report = ParamValidator().validate(filled(arguments, wanted), wanted)
            assert not report.has_errors(), f"{step['Name']}: {report.generate_report()}"
            for fault in beyond(arguments, wanted, step["Type"]):
                raise AssertionError(f"{step['Name']}: {fault}")


def _requests(step: Json) -> Iterator[tuple[str, str, Json]]:
    kind, arguments = step["Type"], step["Arguments"]
    if kind in REQUESTS:
        name, more = REQUESTS[kind]
        yield "sagemaker", name, more | arguments
    elif kind in BEDROCK:
        yield "bedrock", BEDROCK[kind], _lower_keys(arguments)
    elif kind == "EMR":
        yield "emr", "StepConfig", {"Name": "s"} | arguments["StepConfig"]
        if "ClusterConfig" in arguments:
            yield "emr", "RunJobFlowInput", {"Name": "c"} | arguments["ClusterConfig"]
    elif kind == "EMRServerless":
        job = {"clientToken": "t", "applicationId": "a"} | arguments["JobConfig"]
        yield "emr-serverless", "StartJobRunRequest", job
    elif kind == "Lineage":
        for key, name in (("Artifacts", "CreateArtifactRequest"), ("Contexts", "CreateContextRequest")):
            for entity in arguments.get(key, []):
                yield "sagemaker", name, entity


def _lower_keys(value: Json) -> Json:
    match value:
        case {"Get": _} | {"Std:Join": _} | {"Std:JsonGet": _}:
            return value
        case dict():
            return {k[0].lower() + k[1:]: _lower_keys(v) for k, v in value.items()}
        case list():
            return [_lower_keys(v) for v in value]
    return value


def beyond(value: Json, at: Shape, path: str) -> Iterator[str]:
    """What literals break that botocore does not look at: words, patterns, greatest lengths and numbers."""
    facts = at.metadata
    match value:
        case {"Get": _} | {"Std:Join": _} | {"Std:JsonGet": _}:
            return
        case dict() if at.type_name == "structure":
            for key, inner in value.items():
                yield from beyond(inner, at.members[key], f"{path}.{key}")
        case dict() if at.type_name == "map":
            for key, inner in value.items():
                yield from beyond(key, at.key, f"{path}.key")
                yield from beyond(inner, at.value, f"{path}.{key}")
        case list():
            for inner in value:
                yield from beyond(inner, at.member, f"{path}[]")
        case str():
            if facts.get("enum") and value not in facts["enum"]:
                yield f"{path}: {value!r} is none of {facts['enum']}"
            if "pattern" in facts and not _matches(facts["pattern"], value):
                yield f"{path}: {value!r} does not match {facts['pattern']}"
    size = len(value) if isinstance(value, str | list | dict) else value
    if at.type_name != "boolean" and "max" in facts and size > facts["max"]:
        yield f"{path}: {size} is more than {facts['max']}"


def _matches(pattern: str, text: str) -> bool:
    """Whether the service's pattern takes the text; patterns in the spelling of Java are left alone."""
    if text.startswith("s3://") and "s3://" in pattern:
        return True
    try:
        return re.fullmatch(pattern, text, re.ASCII) is not None
    except re.error:
        return True


def _some(at: Shape) -> Json:
    """Some value of a scalar shape."""
    least = at.metadata.get("min", 1)
    match at.type_name:
        case "boolean":
            return True
        case "integer" | "long" | "float" | "double":
            return max(1, least)
        case _:
            return (at.metadata.get("enum") or ["a" * max(1, least)])[0]


def filled(value: Json, at: Shape) -> Json:
    """The value with its run-time parts replaced by values of the type that stands there."""
    match value:
        case {"Get": _} | {"Std:Join": _} | {"Std:JsonGet": _}:
            assert at.type_name not in ("structure", "list", "map"), f"a run-time value stands for {at.name}"
            return _some(at)
        case dict() if at.type_name == "structure":
            return {k: filled(v, at.members[k]) if k in at.members else v for k, v in value.items()}
        case dict() if at.type_name == "map":
            return {k: filled(v, at.value) for k, v in value.items()}
        case list() if at.type_name == "list":
            return [filled(v, at.member) for v in value]
    return value
