"""Where an argument stands: its path in the request, and how to speak of it."""

from __future__ import annotations

from functools import cache

from compiler.lower.requests import Slot, request_slot, step_type_of
from compiler.model.program import BuiltStep
from compiler.model.steptype import StepType
from compiler.text import Span, record

# The concise field that fills a member, where they are not alike; the last members of a dotted path decide.
FIELDS = {
    "InstanceType": "instance_type", "InstanceCount": "instance_count", "VolumeSizeInGB": "volume_gb",
    "RoleArn": "role", "ExecutionRoleArn": "role", "ImageUri": "image", "TrainingImage": "image", "Image": "image",
    "ModelName": "model_name", "ModelPackageGroupName": "package_group", "S3OutputPath": "output",
    "TransformInput": "input", "TransformOutput": "output", "ProductionVariants": "variants",
    "SupportedContentTypes": "content_types", "SupportedResponseMIMETypes": "response_types",
    "HyperParameterTuningJobObjective": "objective", "ParameterRanges": "ranges", "EndpointName": "name",
    "EndpointConfigName": "config", "InferenceComponentName": "name", "InputDataConfig": "inputs",
    "AutoMLJobObjective": "objective", "ProblemType": "problem_type", "KmsKeyId": "kms_key",
    "VolumeKmsKeyId": "volume_kms_key", "MaxRuntimeInSeconds": "max_runtime", "ContainerArguments": "arguments",
    "ContainerEntrypoint": "entrypoint", "MaxNumberOfTrainingJobs": "max_jobs", "Environment": "env", "Tags": "tags",
    "MaxParallelTrainingJobs": "max_parallel_jobs", "ModelApprovalStatus": "approval", "Strategy": "strategy",
    "MaxPayloadInMB": "max_payload_mb", "BatchStrategy": "strategy", "HyperParameters": "hyperparameters",
    "StaticHyperParameters": "hyperparameters", "ModelPackageDescription": "description", "Domain": "domain",
    "CustomerMetadataProperties": "metadata", "Task": "task", "TargetAttributeName": "target_column",
    "SupportedRealtimeInferenceInstanceTypes": "inference_instances", "Containers": "containers",
    "SupportedTransformInstanceTypes": "transform_instances", "MetricDefinitions": "metric_definitions",
    "InitialInstanceCount": "instance_count", "ModelDataUrl": "model_data", "ProcessingInputs": "inputs",
    "Outputs": "outputs", "SamplePayloadUrl": "sample_payload",
}  # fmt: skip
# Fields of parts of a step.
PARTS = {
    "Subnets": "subnets", "SecurityGroupIds": "security_groups", "LocalPath": "path", "ContentType": "content_type",
    "MemorySizeInMB": "memory_mb", "MaxConcurrency": "max_concurrency", "InitialVariantWeight": "weight",
    "ProvisionedConcurrency": "provisioned_concurrency", "MaxWaitTimeInSeconds": "max_wait", "SplitType": "split_type",
    "Accept": "accept", "AssembleWith": "assemble_with", "Regex": "metric_definitions", "VariantName": "name",
}  # fmt: skip


@record
class Where:
    """A place in a step's request. `path` holds member names and indexes, `dotted` the names alone, as in
    `ProcessingInputs.S3Input`; `key`: it is the key of a map itself."""

    step: BuiltStep
    type: StepType
    path: tuple[str | int, ...]
    span: Span
    dotted: str = ""
    key: bool = False

    def below(self, name: str | int, span: Span) -> Where:
        dotted = self.dotted
        if isinstance(name, str):
            dotted = f"{dotted}.{name}" if dotted else name
        return Where(self.step, self.type, (*self.path, name), span, dotted)

    def as_key(self) -> Where:
        return Where(self.step, self.type, self.path, self.span, self.dotted, True)

    @property
    def title(self) -> str:
        """The place as messages name it."""
        if self.key:
            return f"the key `{self.path[-1]}`"
        if not self.path:
            return f"the request of {self.step.type}"
        if isinstance(self.path[-1], str):
            return f"`{self.word}`"
        return f"an item of `{self._spoken(next(p for p in reversed(self.path) if isinstance(p, str)))}`"

    @property
    def word(self) -> str:
        """The last member as the author spelled it: the concise field, where the API's own name was not written."""
        name = str(self.path[-1])
        return name if self.span.text.strip("'\"") == name else self._spoken(name)

    def _spoken(self, name: str) -> str:
        if not self.step.source.type.json_type:
            return name
        field = FIELDS.get(name, "")
        if name == "S3Uri":
            return "from" if "Input" in self.dotted else "to"
        return field if field in self.type.fields else PARTS.get(name, name)

    @property
    def refused(self) -> str | None:
        """Why pipelines refuse the member, or None where they take it."""
        return self.type.forbidden.get(self.dotted)

    @property
    def unnamed(self) -> bool:
        """Whether the service gives the member itself."""
        return self.dotted in self.type.unnamed

    @property
    def also_required(self) -> tuple[str, ...]:
        """Members of this place that pipelines want though the API does not."""
        return required_below(self.type.required, self.dotted)

    @property
    def field(self) -> str:
        """The concise field that fills the member, or "" for a raw step and where there is none."""
        name = FIELDS.get(str(self.path[-1]), "")
        return name if name in self.type.fields and self.step.source.type.json_type else ""


@cache
def required_below(required: tuple[str, ...], dotted: str) -> tuple[str, ...]:
    """The members that pipelines want at a place, of the dotted ones a step type names."""
    prefix = f"{dotted}." if dotted else ""
    below = [r.removeprefix(prefix) for r in required if r.startswith(prefix)]
    return tuple(name for name in below if "." not in name)


def slot_of(step: BuiltStep) -> tuple[Slot, StepType | None]:
    """The shape of a step's arguments, by its API type; None where they are free."""
    return request_slot(step.type), step_type_of(step.type)
