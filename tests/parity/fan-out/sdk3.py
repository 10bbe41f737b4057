"""The fan-out pipeline as one writes it with the SageMaker SDK 3.x; SDK 2.x has none of it."""

import json

from sagemaker.core.lambda_helper import Lambda
from sagemaker.core.shapes import OutputDataConfig, StoppingCondition
from sagemaker.core.training.configs import Compute, InputData
from sagemaker.core.workflow.execution_variables import ExecutionVariables
from sagemaker.core.workflow.functions import Join
from sagemaker.core.workflow.parameters import ParameterString
from sagemaker.core.workflow.pipeline_context import PipelineSession
from sagemaker.mlops.workflow.callback_step import CallbackOutput, CallbackOutputTypeEnum, CallbackStep
from sagemaker.mlops.workflow.emr_serverless_step import EMRServerlessJobConfig, EMRServerlessStep
from sagemaker.mlops.workflow.for_each_step import CurrentItem, ForEachSelector, ForEachStep, IterationOutput
from sagemaker.mlops.workflow.lambda_step import LambdaOutput, LambdaOutputTypeEnum, LambdaStep
from sagemaker.mlops.workflow.pipeline import Pipeline
from sagemaker.mlops.workflow.retry import StepExceptionTypeEnum, StepRetryPolicy
from sagemaker.mlops.workflow.step_dependency import StepDependency, TriggerCondition
from sagemaker.mlops.workflow.steps import CacheConfig, TrainingStep
from sagemaker.train import ModelTrainer

NAME = "fan-out"
ROLE = "arn:aws:iam::111122223333:role/sm-pipeline"
BUCKET = "ml-dev-111122223333"

session = PipelineSession(default_bucket=BUCKET)
segments = ParameterString("Segments", default_value='["retail", "corporate"]')
day = ParameterString("Day", default_value="2024-05-01")


def function(name: str) -> Lambda:
    return Lambda(function_arn=f"arn:aws:lambda:us-east-1:111122223333:function:sagemaker-{name}", session=session)


prepare = EMRServerlessStep(
    name="prepare",
    display_name="Prepare",
    description="Spark without a cluster",
    application_id="00fabcdef0",
    job_config=EMRServerlessJobConfig(
        execution_role_arn="arn:aws:iam::111122223333:role/emr-job",
        job_driver={
            "sparkSubmit": {
                "entryPoint": f"s3://{BUCKET}/spark/prepare.py",
                "entryPointArguments": ["--day", day],
            }
        },
        execution_timeout_minutes=90,
    ),
    cache_config=CacheConfig(enable_caching=True, expire_after="P7D"),
    retry_policies=[StepRetryPolicy(exception_types=[StepExceptionTypeEnum.THROTTLING], max_attempts=2)],
)

score = LambdaStep(
    name="score",
    lambda_func=function("score"),
    inputs={"segment": CurrentItem(), "day": day},
    outputs=[
        LambdaOutput(output_name="auc", output_type=LambdaOutputTypeEnum.Float),
        LambdaOutput(output_name="report", output_type=LambdaOutputTypeEnum.String),
    ],
)
each_segment = ForEachStep(
    name="each-segment",
    iterable_items=segments,
    max_concurrency=4,
    for_each_body=[score],
    selector=ForEachSelector(pick="MaxBy", field=IterationOutput(score).OutputParameters["auc"]),
    depends_on=[prepare],
)

item = CurrentItem()
fit = TrainingStep(
    name="fit",
    step_args=ModelTrainer(
        training_image="111122223333.dkr.ecr.us-east-1.amazonaws.com/churn:1.4",
        role=ROLE,
        compute=Compute(instance_type="ml.m5.xlarge", instance_count=1),
        hyperparameters={"region": item.name, "age": item.weights.age},
        output_data_config=OutputDataConfig(s3_output_path=f"s3://{BUCKET}/fan-out/models"),
        stopping_condition=StoppingCondition(max_runtime_in_seconds=86400),
        sagemaker_session=session,
    ).train(
        [InputData(channel_name="train", data_source=Join(on="/", values=[f"s3://{BUCKET}/train", item.name, ""]))]
    ),
)
publish = LambdaStep(
    name="publish",
    lambda_func=function("publish"),
    inputs={"model": fit.properties.ModelArtifacts.S3ModelArtifacts},
)
regions = [{"name": "north", "weights": {"age": 2}}, {"name": "south", "weights": {"age": 3}}]
each_region = ForEachStep(
    name="each-region",
    iterable_items=[json.dumps(region, separators=(",", ":")) for region in regions],
    max_concurrency=2,
    for_each_body=[fit, publish],
)

summary = LambdaStep(
    name="summary",
    lambda_func=function("summary"),
    inputs={
        "best": each_segment.properties.Selected.OutputParameters["report"],
        "succeeded": each_segment.properties.SucceededStepCount,
    },
)
on_failure = LambdaStep(
    name="on-failure",
    lambda_func=function("notify"),
    inputs={"what": "prepare failed"},
    depends_on=[StepDependency(prepare, TriggerCondition.FAILED)],
)
on_stop = LambdaStep(
    name="on-stop",
    lambda_func=function("notify"),
    inputs={"what": "regions stopped"},
    depends_on=[StepDependency(each_region, TriggerCondition.STOPPED)],
)
always = CallbackStep(
    name="always",
    sqs_queue_url="https://sqs.us-east-1.amazonaws.com/111122223333/sagemaker-audit",
    inputs={"execution": ExecutionVariables.PIPELINE_EXECUTION_ID},
    outputs=[CallbackOutput(output_name="ack", output_type=CallbackOutputTypeEnum.String)],
    depends_on=[summary, StepDependency(each_region, TriggerCondition.ANY)],
)

pipeline = Pipeline(
    name=NAME,
    parameters=[segments, day],
    steps=[prepare, each_segment, each_region, summary, on_failure, on_stop, always],
    pipeline_experiment_config=None,
    sagemaker_session=session,
)
