"""The fraud-detection pipeline as one writes it with the SageMaker SDK 3.x."""

from sagemaker.core.image_uris import retrieve
from sagemaker.core.model_metrics import MetricsSource, ModelMetrics
from sagemaker.core.parameter import ContinuousParameter, IntegerParameter
from sagemaker.core.processing import ScriptProcessor
from sagemaker.core.shapes import (
    OutputDataConfig,
    ProcessingInput,
    ProcessingOutput,
    ProcessingS3Input,
    ProcessingS3Output,
    StoppingCondition,
    Tag,
)
from sagemaker.core.training.configs import Compute, InputData, SourceCode
from sagemaker.core.workflow.conditions import ConditionLessThanOrEqualTo
from sagemaker.core.workflow.execution_variables import ExecutionVariables
from sagemaker.core.workflow.functions import Join, JsonGet
from sagemaker.core.workflow.parameters import ParameterFloat, ParameterInteger, ParameterString
from sagemaker.core.workflow.pipeline_context import PipelineSession
from sagemaker.core.workflow.properties import PropertyFile
from sagemaker.mlops.workflow.condition_step import ConditionStep
from sagemaker.mlops.workflow.model_step import ModelStep
from sagemaker.mlops.workflow.pipeline import Pipeline
from sagemaker.mlops.workflow.retry import StepExceptionTypeEnum, StepRetryPolicy
from sagemaker.mlops.workflow.steps import CacheConfig, ProcessingStep, TrainingStep, TuningStep
from sagemaker.serve.model_builder import ModelBuilder
from sagemaker.train import ModelTrainer
from sagemaker.train.tuner import HyperparameterTuner

NAME = "fraud-detection"
REGION = "us-east-1"
ROLE = "arn:aws:iam::111122223333:role/sm-pipeline"
BUCKET = "ml-dev-111122223333"

session = PipelineSession(default_bucket=BUCKET)
cache = CacheConfig(enable_caching=True, expire_after="P7D")
retry = [
    StepRetryPolicy(
        exception_types=[StepExceptionTypeEnum.THROTTLING, StepExceptionTypeEnum.SERVICE_FAULT], max_attempts=3
    )
]
tags = [{"Key": "project", "Value": "fraud"}]
xgboost_image = retrieve("xgboost", region=REGION, version="1.7-1")

input_data = ParameterString("InputData", default_value=f"s3://{BUCKET}/claims/")
processing_instance_type = ParameterString("ProcessingInstanceType", default_value="ml.m5.xlarge")
processing_instance_count = ParameterInteger("ProcessingInstanceCount", default_value=1)
training_instance_type = ParameterString("TrainingInstanceType", default_value="ml.m5.xlarge")
training_instance_count = ParameterInteger("TrainingInstanceCount", default_value=1)
auc_threshold = ParameterFloat("AucThreshold", default_value=0.85)
approval_status = ParameterString(
    "ModelApprovalStatus",
    default_value="PendingManualApproval",
    enum_values=["PendingManualApproval", "Approved", "Rejected"],
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


def write(step_name: str, name: str, local_path: str) -> ProcessingOutput:
    s3_uri = Join(
        on="/",
        values=["s3:/", BUCKET, NAME, ExecutionVariables.PIPELINE_EXECUTION_ID, step_name, "output", name],
    )
    return ProcessingOutput(
        output_name=name,
        s3_output=ProcessingS3Output(s3_uri=s3_uri, local_path=local_path, s3_upload_mode="EndOfJob"),
    )


# process
sklearn_processor = ScriptProcessor(
    image_uri=retrieve("sklearn", region=REGION, version="1.2-1"),
    command=["python3"],
    role=ROLE,
    instance_type=processing_instance_type,
    instance_count=processing_instance_count,
    tags=tags,
    sagemaker_session=session,
)
process = ProcessingStep(
    name="process",
    step_args=sklearn_processor.run(
        code="step_code/preprocess.py",
        arguments=["--split-rate", "0.2"],
        inputs=[read("claims", input_data, "/opt/ml/processing/input/claims")],
        outputs=[
            write("process", "train", "/opt/ml/processing/output/train"),
            write("process", "test", "/opt/ml/processing/output/test"),
        ],
    ),
    cache_config=cache,
    retry_policies=retry,
)


# train
def xgboost(step_name: str) -> ModelTrainer:
    return ModelTrainer(
        training_image=xgboost_image,
        source_code=SourceCode(source_dir="step_code", entry_script="train.py"),
        role=ROLE,
        compute=Compute(instance_type=training_instance_type, instance_count=training_instance_count),
        hyperparameters={
            "objective": "binary:logistic",
            "num_round": 100,
            "max_depth": 6,
            "eta": 0.3,
            "scale_pos_weight": 29,
        },
        output_data_config=OutputDataConfig(
            s3_output_path=Join(
                on="/", values=["s3:/", BUCKET, NAME, ExecutionVariables.PIPELINE_EXECUTION_ID, step_name]
            )
        ),
        stopping_condition=StoppingCondition(max_runtime_in_seconds=86400),
        tags=[Tag(key="project", value="fraud")],
        sagemaker_session=session,
    )


train_channel = InputData(
    channel_name="train",
    data_source=process.properties.ProcessingOutputConfig.Outputs["train"].S3Output.S3Uri,
    content_type="text/csv",
)
train = TrainingStep(
    name="train",
    step_args=xgboost("train").train(input_data_config=[train_channel]),
    cache_config=cache,
    retry_policies=retry,
)

# evaluation
evaluation_report = PropertyFile(name="report-evaluation", output_name="report", path="evaluation.json")
xgboost_processor = ScriptProcessor(
    image_uri=xgboost_image,
    command=["python3"],
    role=ROLE,
    instance_type=processing_instance_type,
    instance_count=1,
    tags=tags,
    sagemaker_session=session,
)
evaluation = ProcessingStep(
    name="evaluation",
    step_args=xgboost_processor.run(
        code="step_code/evaluate.py",
        inputs=[
            read("model", train.properties.ModelArtifacts.S3ModelArtifacts, "/opt/ml/processing/model"),
            read(
                "test",
                process.properties.ProcessingOutputConfig.Outputs["test"].S3Output.S3Uri,
                "/opt/ml/processing/test",
            ),
        ],
        outputs=[write("evaluation", "report", "/opt/ml/processing/evaluation")],
    ),
    property_files=[evaluation_report],
    cache_config=cache,
    retry_policies=retry,
)

# tune, when the model is not good enough
tuner = HyperparameterTuner(
    model_trainer=xgboost("tune"),
    objective_metric_name="validation:auc",
    objective_type="Maximize",
    hyperparameter_ranges={
        "eta": ContinuousParameter(0, 1),
        "min_child_weight": ContinuousParameter(1, 10),
        "alpha": ContinuousParameter(0, 2),
        "max_depth": IntegerParameter(1, 10),
    },
    max_jobs=5,
    max_parallel_jobs=5,
)
tune = TuningStep(
    name="tune",
    step_args=tuner.tune(inputs=[train_channel]),
    cache_config=cache,
    retry_policies=retry,
)

# register and create, when it is
model_builder = ModelBuilder(
    image_uri=train.properties.AlgorithmSpecification.TrainingImage,
    s3_model_data_url=train.properties.ModelArtifacts.S3ModelArtifacts,
    role_arn=ROLE,
    sagemaker_session=session,
)
register = ModelStep(
    name="register",
    step_args=model_builder.register(
        model_package_group_name="fraud-detection",
        approval_status=approval_status,
        content_types=["text/csv"],
        response_types=["text/csv"],
        inference_instances=["ml.t2.medium", "ml.m5.xlarge"],
        transform_instances=["ml.m5.xlarge"],
        model_metrics=ModelMetrics(
            model_statistics=MetricsSource(
                content_type="application/json",
                s3_uri=Join(
                    on="/",
                    values=[
                        evaluation.properties.ProcessingOutputConfig.Outputs["report"].S3Output.S3Uri,
                        "evaluation.json",
                    ],
                ),
            )
        ),
    ),
    retry_policies=retry,
)
create_model = ModelStep(name="create-model", step_args=model_builder.build(tags=tags), retry_policies=retry)

quality_gate = ConditionStep(
    name="quality-gate",
    conditions=[
        ConditionLessThanOrEqualTo(
            left=JsonGet(
                step_name=evaluation.name,
                property_file=evaluation_report,
                json_path="binary_classification_metrics.auc.value",
            ),
            right=auc_threshold,
        )
    ],
    if_steps=[tune],
    else_steps=[register, create_model],
)

pipeline = Pipeline(
    name=NAME,
    parameters=[
        input_data,
        processing_instance_type,
        processing_instance_count,
        training_instance_type,
        training_instance_count,
        auc_threshold,
        approval_status,
    ],
    steps=[process, train, evaluation, quality_gate],
    pipeline_experiment_config=None,
    sagemaker_session=session,
)
