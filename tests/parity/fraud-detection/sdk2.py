"""The fraud-detection pipeline as one writes it with the SageMaker SDK 2.x."""

from sagemaker.image_uris import retrieve
from sagemaker.inputs import TrainingInput
from sagemaker.model import Model
from sagemaker.model_metrics import MetricsSource, ModelMetrics
from sagemaker.processing import ProcessingInput, ProcessingOutput, ScriptProcessor
from sagemaker.sklearn.processing import SKLearnProcessor
from sagemaker.tuner import ContinuousParameter, HyperparameterTuner, IntegerParameter
from sagemaker.workflow.condition_step import ConditionStep
from sagemaker.workflow.conditions import ConditionLessThanOrEqualTo
from sagemaker.workflow.execution_variables import ExecutionVariables
from sagemaker.workflow.functions import Join, JsonGet
from sagemaker.workflow.model_step import ModelStep
from sagemaker.workflow.parameters import ParameterFloat, ParameterInteger, ParameterString
from sagemaker.workflow.pipeline import Pipeline
from sagemaker.workflow.pipeline_context import PipelineSession
from sagemaker.workflow.properties import PropertyFile
from sagemaker.workflow.retry import StepExceptionTypeEnum, StepRetryPolicy
from sagemaker.workflow.steps import CacheConfig, ProcessingStep, TrainingStep, TuningStep
from sagemaker.xgboost import XGBoost

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

# process
sklearn_processor = SKLearnProcessor(
    framework_version="1.2-1",
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
        inputs=[ProcessingInput(input_name="claims", source=input_data, destination="/opt/ml/processing/input/claims")],
        outputs=[
            ProcessingOutput(output_name="train", source="/opt/ml/processing/output/train"),
            ProcessingOutput(output_name="test", source="/opt/ml/processing/output/test"),
        ],
    ),
    cache_config=cache,
    retry_policies=retry,
)


# train
def xgboost(step_name: str) -> XGBoost:
    return XGBoost(
        entry_point="train.py",
        source_dir="step_code",
        framework_version="1.7-1",
        role=ROLE,
        instance_type=training_instance_type,
        instance_count=training_instance_count,
        hyperparameters={
            "objective": "binary:logistic",
            "num_round": 100,
            "max_depth": 6,
            "eta": 0.3,
            "scale_pos_weight": 29,
        },
        output_path=Join(on="/", values=["s3:/", BUCKET, NAME, ExecutionVariables.PIPELINE_EXECUTION_ID, step_name]),
        debugger_hook_config=False,
        disable_profiler=True,
        tags=tags,
        sagemaker_session=session,
    )


train_channel = TrainingInput(
    process.properties.ProcessingOutputConfig.Outputs["train"].S3Output.S3Uri, content_type="text/csv"
)
train = TrainingStep(
    name="train",
    step_args=xgboost("train").fit(inputs={"train": train_channel}),
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
            ProcessingInput(
                input_name="model",
                source=train.properties.ModelArtifacts.S3ModelArtifacts,
                destination="/opt/ml/processing/model",
            ),
            ProcessingInput(
                input_name="test",
                source=process.properties.ProcessingOutputConfig.Outputs["test"].S3Output.S3Uri,
                destination="/opt/ml/processing/test",
            ),
        ],
        outputs=[ProcessingOutput(output_name="report", source="/opt/ml/processing/evaluation")],
    ),
    property_files=[evaluation_report],
    cache_config=cache,
    retry_policies=retry,
)

# tune, when the model is not good enough
tuner = HyperparameterTuner(
    estimator=xgboost("tune"),
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
    tags=tags,
)
tune = TuningStep(
    name="tune",
    step_args=tuner.fit(inputs={"train": train_channel}),
    cache_config=cache,
    retry_policies=retry,
)

# register and create, when it is
model = Model(
    image_uri=train.properties.AlgorithmSpecification.TrainingImage,
    model_data=train.properties.ModelArtifacts.S3ModelArtifacts,
    role=ROLE,
    sagemaker_session=session,
)
register = ModelStep(
    name="register",
    step_args=model.register(
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
create_model = ModelStep(name="create-model", step_args=model.create(tags=tags), retry_policies=retry)

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
