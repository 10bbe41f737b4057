"""The batch-scoring pipeline as one writes it with the SageMaker SDK 2.x."""

from sagemaker.lambda_helper import Lambda
from sagemaker.model import Model
from sagemaker.network import NetworkConfig
from sagemaker.processing import ProcessingInput, ProcessingOutput, Processor
from sagemaker.transformer import Transformer
from sagemaker.workflow.callback_step import CallbackOutput, CallbackOutputTypeEnum, CallbackStep
from sagemaker.workflow.execution_variables import ExecutionVariables
from sagemaker.workflow.fail_step import FailStep
from sagemaker.workflow.functions import Join
from sagemaker.workflow.lambda_step import LambdaOutput, LambdaOutputTypeEnum, LambdaStep
from sagemaker.workflow.model_step import ModelStep
from sagemaker.workflow.parameters import ParameterInteger, ParameterString
from sagemaker.workflow.pipeline import Pipeline
from sagemaker.workflow.pipeline_context import PipelineSession
from sagemaker.workflow.retry import (
    SageMakerJobExceptionTypeEnum,
    SageMakerJobStepRetryPolicy,
    StepExceptionTypeEnum,
    StepRetryPolicy,
)
from sagemaker.workflow.steps import CacheConfig, ProcessingStep, TransformStep

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
            ProcessingInput(input_name="requests", source=input_data, destination="/opt/ml/processing/input/requests"),
            ProcessingInput(
                input_name="lookup", source=f"s3://{BUCKET}/lookup/", destination="/opt/ml/processing/lookup"
            ),
        ],
        outputs=[
            ProcessingOutput(
                output_name="rows", source="/opt/ml/processing/output/rows", destination=f"s3://{BUCKET}/rows"
            ),
            ProcessingOutput(output_name="rejected", source="/opt/ml/processing/output/rejected"),
        ],
    ),
    cache_config=cache,
    retry_policies=[step_retry, job_retry],
)

model = ModelStep(
    name="model",
    step_args=Model(
        image_uri=f"{REGISTRY}/serve:3",
        model_data=model_data,
        role=ROLE,
        env={"THRESHOLD": "0.5"},
        vpc_config={"Subnets": ["subnet-0aa1"], "SecurityGroupIds": ["sg-0bb2"]},
        enable_network_isolation=True,
        sagemaker_session=session,
    ).create(),
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
