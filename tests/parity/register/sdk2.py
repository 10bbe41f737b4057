"""The register pipeline as one writes it with the SageMaker SDK 2.x."""

from sagemaker.drift_check_baselines import DriftCheckBaselines
from sagemaker.lambda_helper import Lambda
from sagemaker.model import Model
from sagemaker.model_metrics import FileSource, MetricsSource, ModelMetrics
from sagemaker.pipeline import PipelineModel
from sagemaker.workflow.functions import Join
from sagemaker.workflow.lambda_step import LambdaStep
from sagemaker.workflow.model_step import ModelStep
from sagemaker.workflow.parameters import ParameterString
from sagemaker.workflow.pipeline import Pipeline
from sagemaker.workflow.pipeline_context import PipelineSession

NAME = "register"
ROLE = "arn:aws:iam::111122223333:role/sm-pipeline"
BUCKET = "ml-dev-111122223333"
REGISTRY = "111122223333.dkr.ecr.us-east-1.amazonaws.com"

session = PipelineSession(default_bucket=BUCKET)
model_data = ParameterString("ModelData", default_value=f"s3://{BUCKET}/models/churn/model.tar.gz")
baselines = ParameterString("Baselines", default_value=f"s3://{BUCKET}/baselines/churn")
approval = ParameterString("Approval", default_value="PendingManualApproval")


def source(path: str) -> MetricsSource:
    return MetricsSource(content_type="application/json", s3_uri=f"s3://{BUCKET}/{path}")


def baseline(path: str) -> MetricsSource:
    return MetricsSource(content_type="application/json", s3_uri=Join(on="/", values=[baselines, path]))


def config(path: str) -> FileSource:
    return FileSource(content_type="application/json", s3_uri=f"s3://{BUCKET}/{path}")


model = Model(
    image_uri=f"{REGISTRY}/serve:3",
    model_data=model_data,
    env={"THRESHOLD": "0.5"},
    role=ROLE,
    sagemaker_session=session,
)
register = ModelStep(
    name="register",
    step_args=model.register(
        model_package_group_name="churn",
        approval_status=approval,
        content_types=["text/csv", "application/json"],
        response_types=["application/json"],
        inference_instances=["ml.m5.large", "ml.c5.xlarge"],
        transform_instances=["ml.m5.xlarge"],
        model_metrics=ModelMetrics(
            model_statistics=baseline("quality/statistics.json"),
            model_constraints=baseline("quality/constraints.json"),
            model_data_statistics=source("data-quality/statistics.json"),
            model_data_constraints=source("data-quality/constraints.json"),
            bias=source("bias/report.json"),
            bias_pre_training=source("bias/pre.json"),
            bias_post_training=source("bias/post.json"),
            explainability=source("explainability/report.json"),
        ),
        drift_check_baselines=DriftCheckBaselines(
            model_statistics=baseline("quality/statistics.json"),
            model_constraints=baseline("quality/constraints.json"),
            model_data_statistics=source("data-quality/statistics.json"),
            model_data_constraints=source("data-quality/constraints.json"),
            bias_config_file=config("bias/config.json"),
            bias_pre_training_constraints=source("bias/pre-constraints.json"),
            bias_post_training_constraints=source("bias/post-constraints.json"),
            explainability_constraints=source("explainability/constraints.json"),
            explainability_config_file=config("explainability/config.json"),
        ),
        customer_metadata_properties={"owner": "team-churn", "ticket": "CH-17"},
        domain="MACHINE_LEARNING",
        task="CLASSIFICATION",
    ),
)

serial_model = PipelineModel(
    models=[
        Model(
            image_uri=f"{REGISTRY}/features:2",
            model_data=f"s3://{BUCKET}/models/features/model.tar.gz",
            env={"MODE": "transform"},
            sagemaker_session=session,
        ),
        Model(image_uri=f"{REGISTRY}/serve:3", model_data=model_data, sagemaker_session=session),
    ],
    role=ROLE,
    sagemaker_session=session,
)
serial = ModelStep(name="serial", step_args=serial_model.create(instance_type="ml.m5.large"))
register_serial = ModelStep(
    name="register-serial",
    step_args=serial_model.register(
        model_package_group_name="churn-serial",
        approval_status="Approved",
        content_types=["text/csv"],
        response_types=["text/csv"],
        inference_instances=["ml.m5.large"],
        transform_instances=["ml.m5.large"],
    ),
    depends_on=[register],
)

announce = LambdaStep(
    name="announce",
    lambda_func=Lambda(
        function_arn="arn:aws:lambda:us-east-1:111122223333:function:sagemaker-announce", session=session
    ),
    inputs={
        "package": register.properties.ModelPackageArn,
        "version": register.properties.ModelPackageVersion,
        "model": serial.properties.ModelName,
    },
)

pipeline = Pipeline(
    name=NAME,
    parameters=[model_data, baselines, approval],
    steps=[register, serial, register_serial, announce],
    pipeline_experiment_config=None,
    sagemaker_session=session,
)
