"""The four `bedrock-*` types: imported and custom models, and what serves them.

API: bedrock CreateModelImportJob, CreateCustomModel, CreateCustomModelDeployment, CreateProvisionedModelThroughput. In
a pipeline members begin with a capital, in requests and properties alike.
"""

from __future__ import annotations

from compiler.expr import STRING
from compiler.model.steptype import StepType
from compiler.steps.parts import REQUEST, as_written, fields

FIELDS = fields() | {"raw": REQUEST}

MODEL_IMPORT = StepType(
    name="bedrock-model-import",
    json_type="BedrockModelImport",
    doc="Imports a model from S3 into Amazon Bedrock.",
    request="bedrock:CreateModelImportJobRequest",
    describe="bedrock:GetModelImportJobResponse",
    build=as_written,
    fields=FIELDS,
)

CUSTOM_MODEL = StepType(
    name="bedrock-custom-model",
    json_type="BedrockCustomModel",
    doc="Makes a custom model in Amazon Bedrock from model artifacts.",
    request="bedrock:CreateCustomModelRequest",
    describe="bedrock:GetCustomModelResponse",
    build=as_written,
    fields=FIELDS,
)

CUSTOM_MODEL_DEPLOYMENT = StepType(
    name="bedrock-custom-model-deployment",
    json_type="BedrockCustomModelDeployment",
    doc="Serves a custom model of Amazon Bedrock on demand.",
    request="bedrock:CreateCustomModelDeploymentRequest",
    describe="bedrock:GetCustomModelDeploymentResponse",
    extra_properties={"ModelDeploymentArn": STRING},
    build=as_written,
    fields=FIELDS,
)

PROVISIONED_THROUGHPUT = StepType(
    name="bedrock-provisioned-model-throughput",
    json_type="BedrockProvisionedModelThroughput",
    doc="Buys throughput for a model of Amazon Bedrock.",
    request="bedrock:CreateProvisionedModelThroughputRequest",
    describe="bedrock:GetProvisionedModelThroughputResponse",
    build=as_written,
    fields=FIELDS,
)
