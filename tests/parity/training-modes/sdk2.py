"""The training-modes pipeline as one writes it with the SageMaker SDK 2.x."""

from sagemaker.estimator import Estimator
from sagemaker.image_uris import retrieve
from sagemaker.inputs import TrainingInput
from sagemaker.model import Model
from sagemaker.pytorch import PyTorch
from sagemaker.tuner import CategoricalParameter, ContinuousParameter, HyperparameterTuner, IntegerParameter
from sagemaker.workflow.execution_variables import ExecutionVariables
from sagemaker.workflow.functions import Join
from sagemaker.workflow.model_step import ModelStep
from sagemaker.workflow.parameters import ParameterInteger, ParameterString
from sagemaker.workflow.pipeline import Pipeline
from sagemaker.workflow.pipeline_context import PipelineSession
from sagemaker.workflow.steps import CacheConfig, TrainingStep, TuningStep
from sagemaker.xgboost import XGBoost

NAME = "training-modes"
REGION = "us-east-1"
ROLE = "arn:aws:iam::111122223333:role/sm-pipeline"
BUCKET = "ml-dev-111122223333"
IMAGE = "111122223333.dkr.ecr.us-east-1.amazonaws.com/churn:1.4"

session = PipelineSession(default_bucket=BUCKET)
cache = CacheConfig(enable_caching=True, expire_after="P30D")
train_data = ParameterString("TrainData", default_value=f"s3://{BUCKET}/train/")
rounds = ParameterInteger("Rounds", default_value=50)
objective = ParameterString("Objective", default_value="reg:squarederror")


def output(step_name: str) -> Join:
    return Join(on="/", values=["s3:/", BUCKET, NAME, ExecutionVariables.PIPELINE_EXECUTION_ID, step_name])


off = {"debugger_hook_config": False, "disable_profiler": True}

script_file = TrainingStep(
    name="script-file",
    step_args=XGBoost(
        entry_point="tests/parity/code/train.py",
        framework_version="1.7-1",
        role=ROLE,
        instance_type="ml.m5.xlarge",
        instance_count=1,
        hyperparameters={
            "objective": objective,
            "num_round": rounds,
            "eta": 0.2,
            "max_depth": 6,
            "booster": "gbtree",
        },
        environment={"LOG_LEVEL": "info"},
        output_path=output("script-file"),
        sagemaker_session=session,
        **off,
    ).fit({"train": TrainingInput(train_data, content_type="text/csv")}),
)

script_dir = TrainingStep(
    name="script-dir",
    step_args=PyTorch(
        entry_point="train.py",
        source_dir="tests/parity/code/torch",
        framework_version="2.3",
        py_version="py311",
        role=ROLE,
        instance_type="ml.g5.xlarge",
        instance_count=2,
        volume_size=100,
        max_run=2 * 3600,
        hyperparameters={"epochs": 3, "lr": 1e-3},
        metric_definitions=[
            {"Name": "train:loss", "Regex": "loss=([0-9.]+)"},
            {"Name": "validation:accuracy", "Regex": "accuracy=([0-9.]+)"},
        ],
        enable_sagemaker_metrics=None,
        output_path=output("script-dir"),
        sagemaker_session=session,
        **off,
    ).fit({"training": TrainingInput(train_data)}),
)


def builtin_xgboost(step_name: str) -> Estimator:
    return Estimator(
        image_uri=retrieve("xgboost", region=REGION, version="1.7-1"),
        role=ROLE,
        instance_type="ml.m5.2xlarge",
        instance_count=1,
        hyperparameters={"objective": objective, "num_round": rounds, "eta": 0.2, "max_depth": 6},
        output_path=output(step_name),
        sagemaker_session=session,
        **off,
    )


xgboost_channels = {
    "train": TrainingInput(train_data, content_type="text/csv"),
    "validation": TrainingInput(f"s3://{BUCKET}/validation/", content_type="text/csv"),
}
xgboost = TrainingStep(
    name="builtin-xgboost", step_args=builtin_xgboost("builtin-xgboost").fit(inputs=xgboost_channels)
)

linear = TrainingStep(
    name="builtin-linear",
    step_args=Estimator(
        image_uri=retrieve("linear-learner", region=REGION),
        role=ROLE,
        instance_type="ml.m5.xlarge",
        instance_count=1,
        input_mode="Pipe",
        hyperparameters={"predictor_type": "regressor", "mini_batch_size": 100},
        output_path=output("builtin-linear"),
        sagemaker_session=session,
        **off,
    ).fit({"train": TrainingInput(train_data, content_type="text/csv")}),
)

container = TrainingStep(
    name="container",
    step_args=Estimator(
        image_uri=IMAGE,
        role=ROLE,
        instance_type="ml.c5.4xlarge",
        instance_count=1,
        volume_size=50,
        volume_kms_key="arn:aws:kms:us-east-1:111122223333:key/volume",
        output_kms_key="arn:aws:kms:us-east-1:111122223333:key/output",
        subnets=["subnet-0aa1", "subnet-0aa2"],
        security_group_ids=["sg-0bb2"],
        enable_network_isolation=True,
        encrypt_inter_container_traffic=True,
        input_mode="FastFile",
        max_run=1800,
        hyperparameters={"learning_rate": 0.05, "layers": 3, "name": "churn"},
        metric_definitions=[{"Name": "validation:f1", "Regex": "f1=([0-9.]+)"}],
        environment={"MODE": "full", "ROUNDS": rounds.to_string()},
        output_path=f"s3://{BUCKET}/churn/models",
        max_retry_attempts=2,
        sagemaker_session=session,
        **off,
    ).fit({"train": TrainingInput(train_data, distribution="ShardedByS3Key")}),
    cache_config=cache,
)

spot = TrainingStep(
    name="spot",
    step_args=Estimator(
        image_uri=IMAGE,
        role=ROLE,
        instance_type="ml.p3.2xlarge",
        instance_count=1,
        max_run=3600,
        use_spot_instances=True,
        max_wait=2 * 3600,
        checkpoint_s3_uri=f"s3://{BUCKET}/churn/checkpoints",
        checkpoint_local_path="/opt/ml/checkpoints",
        output_path=output("spot"),
        sagemaker_session=session,
        **off,
    ).fit({"train": TrainingInput(train_data)}),
    depends_on=[container],
)

tuner = HyperparameterTuner(
    estimator=builtin_xgboost("tune"),
    objective_metric_name="validation:rmse",
    objective_type="Minimize",
    hyperparameter_ranges={
        "eta": ContinuousParameter(0.01, 0.5, scaling_type="Logarithmic"),
        "max_depth": IntegerParameter(3, 10),
        "booster": CategoricalParameter(["gbtree", "dart"]),
    },
    strategy="Random",
    early_stopping_type="Auto",
    max_jobs=10,
    max_parallel_jobs=2,
)
tune = TuningStep(name="tune", step_args=tuner.fit(inputs=xgboost_channels), cache_config=cache)

best_model = Model(
    image_uri=tune.properties.TrainingJobDefinition.AlgorithmSpecification.TrainingImage,
    model_data=Join(
        on="/",
        values=[
            tune.properties.TrainingJobDefinition.OutputDataConfig.S3OutputPath,
            tune.properties.TrainingJobSummaries[0].TrainingJobName,
            "output/model.tar.gz",
        ],
    ),
    role=ROLE,
    sagemaker_session=session,
)
best = ModelStep(name="best", step_args=best_model.create())

pipeline = Pipeline(
    name=NAME,
    parameters=[train_data, rounds, objective],
    steps=[script_file, script_dir, xgboost, linear, container, spot, tune, best],
    sagemaker_session=session,
)
