"""The monitoring pipeline as one writes it with the SageMaker SDK 3.x."""

from sagemaker.core.clarify import BiasConfig, DataConfig, ModelConfig, ModelPredictedLabelConfig, SHAPConfig
from sagemaker.core.drift_check_baselines import DriftCheckBaselines
from sagemaker.core.model_metrics import MetricsSource, ModelMetrics
from sagemaker.core.model_monitor import DatasetFormat
from sagemaker.core.workflow.parameters import ParameterBoolean, ParameterString
from sagemaker.core.workflow.pipeline_context import PipelineSession
from sagemaker.mlops.workflow.check_job_config import CheckJobConfig
from sagemaker.mlops.workflow.clarify_check_step import (
    ClarifyCheckStep,
    DataBiasCheckConfig,
    ModelBiasCheckConfig,
    ModelExplainabilityCheckConfig,
)
from sagemaker.mlops.workflow.model_step import ModelStep
from sagemaker.mlops.workflow.pipeline import Pipeline
from sagemaker.mlops.workflow.quality_check_step import (
    DataQualityCheckConfig,
    ModelQualityCheckConfig,
    QualityCheckStep,
)
from sagemaker.mlops.workflow.steps import CacheConfig
from sagemaker.serve.model_builder import ModelBuilder

NAME = "monitoring"
ROLE = "arn:aws:iam::111122223333:role/sm-pipeline"
BUCKET = "ml-dev-111122223333"
IMAGE = "111122223333.dkr.ecr.us-east-1.amazonaws.com/serve:3"
GROUP = "churn"

session = PipelineSession(default_bucket=BUCKET)
train = ParameterString("Train", default_value=f"s3://{BUCKET}/train/train.csv")
predictions = ParameterString("Predictions", default_value=f"s3://{BUCKET}/predictions/")
model_data = ParameterString("ModelData", default_value=f"s3://{BUCKET}/models/churn/model.tar.gz")
skip = ParameterBoolean("SkipChecks", default_value=False)
cache = CacheConfig(enable_caching=True, expire_after="P30D")

model = ModelBuilder(image_uri=IMAGE, s3_model_data_url=model_data, role_arn=ROLE, sagemaker_session=session)
create_model = ModelStep(name="model", step_args=model.build())


def check_job(**job: object) -> CheckJobConfig:
    defaults = {
        "role": ROLE,
        "instance_count": 1,
        "instance_type": "ml.c5.xlarge",
        "volume_size_in_gb": 30,
        "max_runtime_in_seconds": 3600,
        "sagemaker_session": session,
    }
    return CheckJobConfig(**(defaults | job))


def clarify_data(name: str) -> DataConfig:
    return DataConfig(
        s3_data_input_path=train,
        s3_output_path=f"s3://{BUCKET}/checks/{name}",
        s3_analysis_config_output_path=f"s3://{BUCKET}/checks/{name}/config",
        label="churned",
        headers=["churned", "age", "spend"],
        dataset_type="text/csv",
    )


bias_config = BiasConfig(label_values_or_threshold=[1], facet_name="age", facet_values_or_threshold=[40])
model_config = ModelConfig(
    model_name=create_model.properties.ModelName,
    instance_type="ml.m5.large",
    instance_count=1,
    accept_type="text/csv",
)

data_bias = ClarifyCheckStep(
    name="data-bias",
    clarify_check_config=DataBiasCheckConfig(data_config=clarify_data("data-bias"), data_bias_config=bias_config),
    check_job_config=check_job(volume_size_in_gb=50),
    skip_check=skip,
    register_new_baseline=True,
    model_package_group_name=GROUP,
    cache_config=cache,
)
model_bias = ClarifyCheckStep(
    name="model-bias",
    clarify_check_config=ModelBiasCheckConfig(
        data_config=clarify_data("model-bias"),
        data_bias_config=bias_config,
        model_config=model_config,
        model_predicted_label_config=ModelPredictedLabelConfig(probability_threshold=0.5),
    ),
    check_job_config=check_job(),
    skip_check=skip,
    fail_on_violation=False,
    register_new_baseline=True,
    model_package_group_name=GROUP,
    supplied_baseline_constraints=f"s3://{BUCKET}/baselines/model-bias.json",
)
explainability = ClarifyCheckStep(
    name="explainability",
    clarify_check_config=ModelExplainabilityCheckConfig(
        data_config=clarify_data("explainability"),
        model_config=model_config,
        explainability_config=SHAPConfig(baseline=[[40, 100.0]], num_samples=50, agg_method="mean_abs"),
    ),
    check_job_config=check_job(),
    skip_check=skip,
    register_new_baseline=False,
    model_package_group_name=GROUP,
)
data_quality = QualityCheckStep(
    name="data-quality",
    quality_check_config=DataQualityCheckConfig(
        baseline_dataset=train,
        dataset_format=DatasetFormat.csv(header=True),
        output_s3_uri=f"s3://{BUCKET}/checks/data-quality",
    ),
    check_job_config=check_job(instance_type="ml.m5.xlarge"),
    skip_check=skip,
    register_new_baseline=True,
    model_package_group_name=GROUP,
    supplied_baseline_statistics=f"s3://{BUCKET}/baselines/statistics.json",
    supplied_baseline_constraints=f"s3://{BUCKET}/baselines/constraints.json",
    cache_config=cache,
)
model_quality = QualityCheckStep(
    name="model-quality",
    quality_check_config=ModelQualityCheckConfig(
        baseline_dataset=predictions,
        dataset_format=DatasetFormat.csv(header=False),
        output_s3_uri=f"s3://{BUCKET}/checks/model-quality",
        problem_type="BinaryClassification",
        inference_attribute="_c0",
        probability_attribute="_c1",
        ground_truth_attribute="_c2",
        probability_threshold_attribute="0.5",
    ),
    check_job_config=check_job(output_kms_key="arn:aws:kms:us-east-1:111122223333:key/output"),
    skip_check=skip,
    register_new_baseline=True,
    model_package_group_name=GROUP,
)


def source(uri: object) -> MetricsSource:
    return MetricsSource(content_type="application/json", s3_uri=uri)


register = ModelStep(
    name="register",
    step_args=model.register(
        model_package_group_name=GROUP,
        content_types=["text/csv"],
        response_types=["text/csv"],
        inference_instances=["ml.m5.large"],
        transform_instances=["ml.m5.large"],
        model_metrics=ModelMetrics(
            bias_pre_training=source(data_bias.properties.CalculatedBaselineConstraints),
            bias_post_training=source(model_bias.properties.CalculatedBaselineConstraints),
            explainability=source(explainability.properties.CalculatedBaselineConstraints),
            model_data_statistics=source(data_quality.properties.CalculatedBaselineStatistics),
            model_data_constraints=source(data_quality.properties.CalculatedBaselineConstraints),
            model_statistics=source(model_quality.properties.CalculatedBaselineStatistics),
            model_constraints=source(model_quality.properties.CalculatedBaselineConstraints),
        ),
        drift_check_baselines=DriftCheckBaselines(
            bias_pre_training_constraints=source(data_bias.properties.BaselineUsedForDriftCheckConstraints),
            bias_post_training_constraints=source(model_bias.properties.BaselineUsedForDriftCheckConstraints),
            explainability_constraints=source(explainability.properties.BaselineUsedForDriftCheckConstraints),
            model_data_statistics=source(data_quality.properties.BaselineUsedForDriftCheckStatistics),
            model_data_constraints=source(data_quality.properties.BaselineUsedForDriftCheckConstraints),
            model_statistics=source(model_quality.properties.BaselineUsedForDriftCheckStatistics),
            model_constraints=source(model_quality.properties.BaselineUsedForDriftCheckConstraints),
        ),
    ),
)

pipeline = Pipeline(
    name=NAME,
    parameters=[train, predictions, model_data, skip],
    steps=[create_model, data_bias, model_bias, explainability, data_quality, model_quality, register],
    pipeline_experiment_config=None,
    sagemaker_session=session,
)
