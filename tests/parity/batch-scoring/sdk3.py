"""The batch-scoring pipeline as one writes it with the SageMaker SDK 3.x."""

from sagemaker.core.lambda_helper import Lambda
from sagemaker.core.network import NetworkConfig
from sagemaker.core.processing import Processor
from sagemaker.core.shapes import ProcessingInput, ProcessingOutput, ProcessingS3Input, ProcessingS3Output
from sagemaker.core.training.configs import Networking
from sagemaker.core.transformer import Transformer
from sagemaker.core.workflow.execution_variables import ExecutionVariables
from sagemaker.core.workflow.functions import Join
from sagemaker.core.workflow.parameters import ParameterInteger, ParameterString
from sagemaker.core.workflow.pipeline_context import PipelineSession
from sagemaker.mlops.workflow.callback_step import CallbackOutput, CallbackOutputTypeEnum, CallbackStep
from sagemaker.mlops.workflow.fail_step import FailStep
from sagemaker.mlops.workflow.lambda_step import LambdaOutput, LambdaOutputTypeEnum, LambdaStep
from sagemaker.mlops.workflow.model_step import ModelStep
from sagemaker.mlops.workflow.pipeline import Pipeline
from sagemaker.mlops.workflow.retry import (
    SageMakerJobExceptionTypeEnum,
    SageMakerJobStepRetryPolicy,
    StepExceptionTypeEnum,
    StepRetryPolicy,
)
from sagemaker.mlops.workflow.steps import CacheConfig, ProcessingStep, TransformStep
from sagemaker.serve.model_builder import ModelBuilder

NAME = "batch-scoring"
ROLE = "arn:aws:iam::111122223333:role/sm-pipeline"
BUCKET = "ml-dev-111122223333"
REGISTRY = "111122223333.dkr.ecr.us-east-1.amazonaws.com"

session = PipelineSession(default_bucket=BUCKET)
input_data = ParameterString("InputData", default_value=f"s3://{BUCKET}/requests/")
model_data = ParameterString("ModelData")
window = ParameterInteger("Window", default_value=7)
instance_count = ParameterInteger("InstanceCount", default_value=2)

cache = CacheConfig(enable_caching=True, expire_after="PT12H")
step_retry = StepRetryPolicy(
    exception_types=[StepExceptionTypeEnum.THROTTLING, StepExceptionTypeEnum.SERVICE_FAULT],
    max_attempts=5,
    interval_seconds=60,
    backoff_rate=1.5,
)
job_retry = SageMakerJobStepRetryPolicy(
    exception_types=[
        SageMakerJobExceptionTypeEnum.INTERNAL_ERROR,
        SageMakerJobExceptionTypeEnum.CAPACITY_ERROR,
        SageMakerJobExceptionTypeEnum.RESOURCE_LIMIT,
    ],
    expire_after_mins=120,
)


def read(name: str, s3_uri: object, local_path: str) -> ProcessingInput:
    return ProcessingInput(
        input_name=name,
        s3_input=ProcessingS3Input(
            s3_uri=s3_uri,
            local_path=local_path,
            s3_data_type="S3Prefix",
            s3_input_mode="File",
            s3_data_distribution_type="FullyReplicated",
            s3_compression_type="None",
        ),
    )


def write(name: str, s3_uri: object) -> ProcessingOutput:
    local_path = f"/opt/ml/processing/output/{name}"
    return ProcessingOutput(
        output_name=name,
        s3_output=ProcessingS3Output(s3_uri=s3_uri, local_path=local_path, s3_upload_mode="EndOfJob"),
    )


rejected = Join(
    on="/",
    values=["s3:/", BUCKET, NAME, ExecutionVariables.PIPELINE_EXECUTION_ID, "clean", "output", "rejected"],
)
cleaner = Processor(
    image_uri=f"{REGISTRY}/clean:3",
    entrypoint=["python3", "/opt/clean/clean.py"],
    role=ROLE,
    instance_type="ml.m5.4xlarge",
    instance_count=instance_count,
    volume_size_in_gb=100,
    volume_kms_key="arn:aws:kms:us-east-1:111122223333:key/volume",
    output_kms_key="arn:aws:kms:us-east-1:111122223333:key/output",
    max_runtime_in_seconds=3600,
    env={"LOG_LEVEL": "info", "RUN": ExecutionVariables.PIPELINE_EXECUTION_ID},
    network_config=NetworkConfig(
        subnets=["subnet-0aa1"],
        security_group_ids=["sg-0bb2"],
        enable_network_isolation=False,
        encrypt_inter_container_traffic=True,
    ),
    tags=[{"Key": "team", "Value": "scoring"}],
    sagemaker_session=session,
)
clean = ProcessingStep(
    name="clean",
    display_name="Clean the requests",
    description="Drops what cannot be scored.",
    step_args=cleaner.run(
        arguments=["--window", window.to_string(), "--label", "churn"],
        inputs=[
            read("requests", input_data, "/opt/ml/processing/input/requests"),
            read("lookup", f"s3://{BUCKET}/lookup/", "/opt/ml/processing/lookup"),
        ],
        outputs=[write("rows", f"s3://{BUCKET}/rows"), write("rejected", rejected)],
    ),
    cache_config=cache,
    retry_policies=[step_retry, job_retry],
)

model = ModelStep(
    name="model",
    step_args=ModelBuilder(
        image_uri=f"{REGISTRY}/serve:3",
        s3_model_data_url=model_data,
        role_arn=ROLE,
        env_vars={"THRESHOLD": "0.5"},
        network=Networking(subnets=["subnet-0aa1"], security_group_ids=["sg-0bb2"], enable_network_isolation=True),
        sagemaker_session=session,
    ).build(),
    retry_policies=[step_retry],
)

score = TransformStep(
    name="score",
    step_args=Transformer(
        model_name=model.properties.ModelName,
        instance_type="ml.c5.xlarge",
        instance_count=2,
        strategy="MultiRecord",
        max_payload=6,
        env={"WORKERS": "4"},
        accept="text/csv",
        assemble_with="Line",
        output_path=f"s3://{BUCKET}/scores",
        sagemaker_session=session,
    ).transform(
        data=clean.properties.ProcessingOutputConfig.Outputs["rows"].S3Output.S3Uri,
        content_type="text/csv",
        split_type="Line",
        compression_type="Gzip",
        input_filter="$[1:]",
        output_filter="$[0,-1]",
        join_source="Input",
    ),
    cache_config=cache,
    retry_policies=[step_retry, job_retry],
)

notify = LambdaStep(
    name="notify",
    lambda_func=Lambda(function_arn="arn:aws:lambda:us-east-1:111122223333:function:sagemaker-notify", session=session),
    inputs={"scores": score.properties.TransformOutput.S3OutputPath, "window": window, "dry": False},
    outputs=[
        LambdaOutput(output_name="message", output_type=LambdaOutputTypeEnum.String),
        LambdaOutput(output_name="count", output_type=LambdaOutputTypeEnum.Integer),
    ],
)
approve = CallbackStep(
    name="approve",
    sqs_queue_url="https://sqs.us-east-1.amazonaws.com/111122223333/sagemaker-approvals",
    inputs={"message": notify.properties.Outputs["message"], "kind": "scores"},
    outputs=[CallbackOutput(output_name="approved", output_type=CallbackOutputTypeEnum.Boolean)],
    depends_on=[score],
)
stop = FailStep(
    name="stop",
    error_message=Join(
        on="",
        values=[
            "approved: ",
            approve.properties.Outputs["approved"],
            ", rows: ",
            notify.properties.Outputs["count"],
        ],
    ),
)

pipeline = Pipeline(
    name=NAME,
    parameters=[input_data, model_data, window, instance_count],
    steps=[clean, model, score, notify, approve, stop],
    pipeline_experiment_config=None,
    sagemaker_session=session,
)
