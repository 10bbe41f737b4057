"""The shapes a pipeline definition can touch, cut out of botocore's service models."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from zipfile import ZipFile

from compiler.devtools.patterns import to_python

Shapes = dict[str, dict[str, Any]]  # shape name -> its description, in botocore's words

# The request and the describe shape of every step type, and the three requests of a pipeline itself.
ROOTS: Mapping[str, tuple[str, ...]] = {
    "bedrock": (
        "CreateCustomModelDeploymentRequest", "CreateCustomModelRequest", "CreateModelImportJobRequest",
        "CreateProvisionedModelThroughputRequest", "GetCustomModelDeploymentResponse", "GetCustomModelResponse",
        "GetModelImportJobResponse", "GetProvisionedModelThroughputResponse",
    ),
    "emr": ("AddJobFlowStepsInput", "RunJobFlowInput", "Step", "StepConfig"),
    "emr-serverless": ("CreateApplicationRequest", "GetJobRunResponse", "StartJobRunRequest"),
    "sagemaker": (
        "AddAssociationRequest", "CreateActionRequest", "CreateArtifactRequest", "CreateAutoMLJobRequest",
        "CreateContextRequest", "CreateEndpointConfigInput", "CreateEndpointInput",
        "CreateHyperParameterTuningJobRequest", "CreateInferenceComponentInput", "CreateJobRequest", "CreateModelInput",
        "CreateModelPackageInput", "CreatePipelineRequest", "CreateProcessingJobRequest", "CreateTrainingJobRequest",
        "CreateTransformJobRequest", "DescribeAutoMLJobResponse", "DescribeEndpointConfigOutput",
        "DescribeEndpointOutput", "DescribeHyperParameterTuningJobResponse", "DescribeInferenceComponentOutput",
        "DescribeJobResponse", "DescribeModelOutput", "DescribeModelPackageOutput", "DescribeProcessingJobResponse",
        "DescribeTrainingJobResponse", "DescribeTransformJobResponse",
        "ListTrainingJobsForHyperParameterTuningJobResponse", "StartPipelineExecutionRequest", "UpdatePipelineRequest",
    ),
    "scheduler": ("CreateScheduleInput",),
}  # fmt: skip

# Pipelines spell the members of these services with a capital, their own API does not.
_CAPITALISED = frozenset({"bedrock"})


def load(wheel: ZipFile, service: str) -> Shapes:
    """All shapes of a service: from the newest API version in a botocore wheel."""
    found = re.compile(rf"botocore/data/{service}/[^/]+/service-2\.json(\.gz)?")
    name = max(name for name in wheel.namelist() if found.fullmatch(name))
    data = wheel.read(name)
    shapes: Shapes = json.loads(gzip.decompress(data) if name.endswith(".gz") else data)["shapes"]
    return shapes


def closure(shapes: Shapes, roots: Iterable[str]) -> Shapes:
    """The roots and everything they reach, sorted by name."""
    reached: Shapes = {}
    todo = list(roots)
    while todo:
        name = todo.pop()
        if name not in reached:
            reached[name] = shapes[name]
            todo += targets(shapes[name]).values()
    return dict(sorted(reached.items()))


def targets(shape: Mapping[str, Any]) -> dict[str, str]:
    """The shapes one shape refers to: by member name, or under `member` (lists), `key` and `value` (maps)."""
    members = {name: member["shape"] for name, member in shape.get("members", {}).items()}
    return members | {part: shape[part]["shape"] for part in ("member", "key", "value") if part in shape}


def pruned(service: str, shapes: Shapes) -> Shapes:
    """The facts the compiler checks, without documentation, with the patterns in Python's syntax."""
    return {name: dict(_facts(service, shape)) for name, shape in shapes.items()}


def untranslated(shapes: Shapes) -> list[str]:
    """The names of the shapes whose pattern had to be left out."""
    return [name for name, shape in shapes.items() if "pattern" in shape and to_python(shape["pattern"]) is None]


def spelled(service: str, member: str) -> str:
    """A member's name as a pipeline definition spells it."""
    return member[0].upper() + member[1:] if service in _CAPITALISED else member


def _facts(service: str, shape: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    yield "type", shape["type"]
    yield from ((key, shape[key]) for key in ("enum", "min", "max", "union") if key in shape)
    if shape.get("required"):
        yield "required", [spelled(service, name) for name in shape["required"]]
    if python := to_python(shape.get("pattern", "")):
        yield "pattern", python
    if "members" in shape:
        yield "members", {spelled(service, name): member["shape"] for name, member in shape["members"].items()}
    yield from ((part, shape[part]["shape"]) for part in ("member", "key", "value") if part in shape)
