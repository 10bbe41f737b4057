"""The automl pipeline as one writes it with the SageMaker SDK 2.x; SDK 3.x has the step, but no class to fill it."""

from sagemaker.automl.automl import AutoML, AutoMLInput
from sagemaker.model import Model
from sagemaker.workflow.automl_step import AutoMLStep
from sagemaker.workflow.model_step import ModelStep
from sagemaker.workflow.parameters import ParameterString
from sagemaker.workflow.pipeline import Pipeline
from sagemaker.workflow.pipeline_context import PipelineSession
from sagemaker.workflow.steps import CacheConfig
from sagemaker.xgboost import XGBoostModel

NAME = "automl"
ROLE = "arn:aws:iam::111122223333:role/sm-pipeline"
BUCKET = "ml-dev-111122223333"

session = PipelineSession(default_bucket=BUCKET)
train = ParameterString("Train", default_value=f"s3://{BUCKET}/automl/train/")

automl = AutoML(
    role=ROLE,
    target_attribute_name="churned",
    problem_type="BinaryClassification",
    job_objective={"MetricName": "F1"},
    mode="ENSEMBLING",
    max_candidates=10,
    total_job_runtime_in_seconds=7200,
    output_path=f"s3://{BUCKET}/automl/output",
    output_kms_key="arn:aws:kms:us-east-1:111122223333:key/output",
    sagemaker_session=session,
)
search = AutoMLStep(
    name="search",
    step_args=automl.fit(
        inputs=[
            AutoMLInput(inputs=train, target_attribute_name="churned", channel_type="training"),
            AutoMLInput(
                inputs=f"s3://{BUCKET}/automl/validation/",
                target_attribute_name="churned",
                channel_type="validation",
            ),
        ]
    ),
    cache_config=CacheConfig(enable_caching=True, expire_after="P30D"),
)

best = search.properties.BestCandidate.InferenceContainers[0]
model = ModelStep(
    name="model",
    step_args=Model(image_uri=best.Image, model_data=best.ModelDataUrl, role=ROLE, sagemaker_session=session).create(),
)

scripted = ModelStep(
    name="scripted",
    step_args=XGBoostModel(
        entry_point="tests/parity/code/inference.py",
        framework_version="1.7-1",
        model_data=f"s3://{BUCKET}/models/churn/model.tar.gz",
        role=ROLE,
        env={"THRESHOLD": "0.5"},
        sagemaker_session=session,
    ).create(instance_type="ml.m5.large"),
)

pipeline = Pipeline(
    name=NAME,
    parameters=[train],
    steps=[search, model, scripted],
    pipeline_experiment_config=None,
    sagemaker_session=session,
)
