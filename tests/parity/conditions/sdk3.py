"""The conditions pipeline as one writes it with the SageMaker SDK 3.x."""

from sagemaker.core.lambda_helper import Lambda
from sagemaker.core.processing import ScriptProcessor
from sagemaker.core.shapes import (
    MetricDefinition,
    OutputDataConfig,
    ProcessingOutput,
    ProcessingS3Output,
    StoppingCondition,
)
from sagemaker.core.training.configs import Compute, InputData
from sagemaker.core.workflow.conditions import (
    ConditionEquals,
    ConditionGreaterThan,
    ConditionGreaterThanOrEqualTo,
    ConditionIn,
    ConditionLessThan,
    ConditionLessThanOrEqualTo,
    ConditionNot,
    ConditionOr,
)
from sagemaker.core.workflow.execution_variables import ExecutionVariables
from sagemaker.core.workflow.functions import Join, JsonGet
from sagemaker.core.workflow.parameters import ParameterBoolean, ParameterFloat, ParameterInteger, ParameterString
from sagemaker.core.workflow.pipeline_context import PipelineSession
from sagemaker.core.workflow.properties import PropertyFile
from sagemaker.mlops.workflow.condition_step import ConditionStep
from sagemaker.mlops.workflow.fail_step import FailStep
from sagemaker.mlops.workflow.lambda_step import LambdaOutput, LambdaOutputTypeEnum, LambdaStep
from sagemaker.mlops.workflow.pipeline import Pipeline
from sagemaker.mlops.workflow.steps import ProcessingStep, TrainingStep
from sagemaker.train import ModelTrainer

NAME = "conditions"
ROLE = "arn:aws:iam::111122223333:role/sm-pipeline"
BUCKET = "ml-dev-111122223333"
IMAGE = "111122223333.dkr.ecr.us-east-1.amazonaws.com"

session = PipelineSession(default_bucket=BUCKET)
threshold = ParameterFloat("Threshold", default_value=0.85)
min_rows = ParameterInteger("MinRows", default_value=1000)
mode = ParameterString("Mode", default_value="full", enum_values=["full", "fast", "dry"])
force = ParameterBoolean("Force", default_value=False)


def location(*parts: str) -> Join:
    return Join(on="/", values=["s3:/", BUCKET, NAME, ExecutionVariables.PIPELINE_EXECUTION_ID, *parts])


report_file = PropertyFile(name="Report", output_name="report", path="report.json")
report = ProcessingStep(
    name="report",
    step_args=ScriptProcessor(
        image_uri=f"{IMAGE}/report:2",
        command=["python3", "-u"],
        role=ROLE,
        instance_type="ml.m5.large",
        instance_count=1,
        sagemaker_session=session,
    ).run(
        code="tests/parity/code/prepare.py",
        outputs=[
            ProcessingOutput(
                output_name="report",
                s3_output=ProcessingS3Output(
                    s3_uri=location("report", "output", "report"),
                    local_path="/opt/ml/processing/output/report",
                    s3_upload_mode="EndOfJob",
                ),
            )
        ],
    ),
    property_files=[report_file],
)
train = TrainingStep(
    name="train",
    step_args=ModelTrainer(
        training_image=f"{IMAGE}/churn:1.4",
        role=ROLE,
        compute=Compute(instance_type="ml.m5.xlarge", instance_count=1),
        output_data_config=OutputDataConfig(s3_output_path=location("train")),
        stopping_condition=StoppingCondition(max_runtime_in_seconds=86400),
        sagemaker_session=session,
    )
    .with_metric_definitions([MetricDefinition(name="validation:auc", regex="auc=([0-9.]+)")])
    .train([InputData(channel_name="train", data_source=f"s3://{BUCKET}/train/")]),
)
inspect = LambdaStep(
    name="inspect",
    lambda_func=Lambda(
        function_arn="arn:aws:lambda:us-east-1:111122223333:function:sagemaker-inspect", session=session
    ),
    inputs={"mode": mode},
    outputs=[
        LambdaOutput(output_name="score", output_type=LambdaOutputTypeEnum.Float),
        LambdaOutput(output_name="verdict", output_type=LambdaOutputTypeEnum.String),
    ],
)


def metric(path: str) -> JsonGet:
    return JsonGet(step_name="report", property_file=report_file, json_path=path)


def fail(name: str, message: object) -> FailStep:
    return FailStep(name=name, error_message=message)


final_auc = train.properties.FinalMetricDataList["validation:auc"].Value

ordering = ConditionStep(
    name="ordering",
    conditions=[
        ConditionGreaterThan(left=metric("auc"), right=0.5),
        ConditionGreaterThanOrEqualTo(left=metric("auc"), right=threshold),
        ConditionLessThan(left=final_auc, right=1.0),
        ConditionLessThanOrEqualTo(left=final_auc, right=metric("auc")),
    ],
    if_steps=[fail("ordered", "ordered")],
)
equality = ConditionStep(
    name="equality",
    conditions=[
        ConditionEquals(left=mode, right="full"),
        ConditionNot(ConditionEquals(left=ExecutionVariables.PIPELINE_NAME, right="sandbox")),
        ConditionEquals(left=force, right=False),
    ],
    if_steps=[fail("equal", Join(on="", values=["mode is ", mode]))],
    else_steps=[fail("unequal", "neither")],
)
membership = ConditionStep(
    name="membership",
    conditions=[
        ConditionIn(value=metric("segment"), in_values=["retail", "corporate"]),
        ConditionNot(
            ConditionIn(value=inspect.properties.Outputs["verdict"], in_values=["bad", "unknown"]),
        ),
    ],
    if_steps=[fail("member", "member")],
)
between = ConditionStep(
    name="range",
    conditions=[
        ConditionGreaterThanOrEqualTo(left=metric("rows"), right=min_rows),
        ConditionLessThanOrEqualTo(left=metric("rows"), right=1000000),
    ],
    if_steps=[fail("inside", "inside")],
)
either = ConditionStep(
    name="either",
    conditions=[
        ConditionOr(
            [
                ConditionGreaterThanOrEqualTo(left=metric("auc"), right=0.9),
                ConditionGreaterThan(left=inspect.properties.Outputs["score"], right=0.95),
                ConditionEquals(left=force, right=True),
            ]
        )
    ],
    if_steps=[fail("one", "one of them")],
)
neither = ConditionStep(
    name="neither",
    conditions=[
        ConditionNot(ConditionLessThan(left=metric("auc"), right=0.5)),
        ConditionNot(ConditionIn(value=mode, in_values=["dry"])),
    ],
    if_steps=[fail("none", "none of them")],
)
# The service has no "and" inside an "or": the alternatives are multiplied out by hand.
nested = ConditionStep(
    name="nested",
    conditions=[
        ConditionOr(
            [
                ConditionGreaterThanOrEqualTo(left=metric("auc"), right=0.9),
                ConditionGreaterThanOrEqualTo(left=metric("rows"), right=min_rows),
            ]
        ),
        ConditionOr(
            [
                ConditionGreaterThanOrEqualTo(left=metric("auc"), right=0.9),
                ConditionGreaterThanOrEqualTo(left=metric("auc"), right=0.8),
            ]
        ),
        ConditionNot(ConditionEquals(left=mode, right="dry")),
    ],
    if_steps=[fail("deep", "nested")],
)
after_ordering = ConditionStep(
    name="after-ordering",
    conditions=[ConditionEquals(left=ordering.properties.Outcome, right=True)],
    if_steps=[fail("followed", "the first condition held")],
)

pipeline = Pipeline(
    name=NAME,
    parameters=[threshold, min_rows, mode, force],
    steps=[
        report,
        train,
        inspect,
        ordering,
        equality,
        membership,
        between,
        either,
        neither,
        nested,
        after_ordering,
    ],
    pipeline_experiment_config=None,
    sagemaker_session=session,
)
