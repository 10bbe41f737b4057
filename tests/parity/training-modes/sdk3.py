"""The training-modes pipeline as one writes it with the SageMaker SDK 3.x."""

from sagemaker.core.image_uris import retrieve
from sagemaker.core.parameter import CategoricalParameter, ContinuousParameter, IntegerParameter
from sagemaker.core.shapes import (
    Channel,
    CheckpointConfig,
    DataSource,
    MetricDefinition,
    OutputDataConfig,
    RetryStrategy,
    S3DataSource,
    StoppingCondition,
)
from sagemaker.core.training.configs import Compute, InputData, Networking, SourceCode
from sagemaker.core.workflow.execution_variables import ExecutionVariables
from sagemaker.core.workflow.functions import Join
from sagemaker.core.workflow.parameters import ParameterInteger, ParameterString
from sagemaker.core.workflow.pipeline_context import PipelineSession
from sagemaker.mlops.workflow.model_step import ModelStep
from sagemaker.mlops.workflow.pipeline import Pipeline
from sagemaker.mlops.workflow.steps import CacheConfig, TrainingStep, TuningStep
from sagemaker.serve.model_builder import ModelBuilder
from sagemaker.train import ModelTrainer
from sagemaker.train.tuner import HyperparameterTuner

NAME = "training-modes"
REGION = "us-east-1"
ROLE = "arn:aws:iam::111122223333:role/sm-pipeline"
BUCKET = "ml-dev-111122223333"
IMAGE = "111122223333.dkr.ecr.us-east-1.amazonaws.com/churn:1.4"
ONE_DAY = StoppingCondition(max_runtime_in_seconds=86400)

session = PipelineSession(default_bucket=BUCKET)
cache = CacheConfig(enable_caching=True, expire_after="P30D")
xgboost_image = retrieve("xgboost", region=REGION, version="1.7-1")
train_data = ParameterString("TrainData", default_value=f"s3://{BUCKET}/train/")
rounds = ParameterInteger("Rounds", default_value=50)
objective = ParameterString("Objective", default_value="reg:squarederror")


def output(step_name: str) -> OutputDataConfig:
    path = Join(on="/", values=["s3:/", BUCKET, NAME, ExecutionVariables.PIPELINE_EXECUTION_ID, step_name])
    return OutputDataConfig(s3_output_path=path)


script_file = TrainingStep(
    name="script-file",
    step_args=ModelTrainer(
        training_image=xgboost_image,
        source_code=SourceCode(source_dir="tests/parity/code", entry_script="train.py"),
        role=ROLE,
        compute=Compute(instance_type="ml.m5.xlarge", instance_count=1),
        hyperparameters={
            "objective": objective,
            "num_round": rounds.to_string(),
            "eta": 0.2,
            "max_depth": 6,
            "booster": "gbtree",
        },
        environment={"LOG_LEVEL": "info"},
        output_data_config=output("script-file"),
        stopping_condition=ONE_DAY,
        sagemaker_session=session,
    ).train([InputData(channel_name="train", data_source=train_data, content_type="text/csv")]),
)

script_dir = TrainingStep(
    name="script-dir",
    step_args=ModelTrainer(
        training_image=retrieve(
            "pytorch",
            region=REGION,
            version="2.3",
            py_version="py311",
            instance_type="ml.g5.xlarge",
            image_scope="training",
        ),
        source_code=SourceCode(
            source_dir="tests/parity/code/torch", entry_script="train.py", requirements="requirements.txt"
        ),
        role=ROLE,
        compute=Compute(instance_type="ml.g5.xlarge", instance_count=2, volume_size_in_gb=100),
        hyperparameters={"epochs": 3, "lr": 1e-3},
        output_data_config=output("script-dir"),
        stopping_condition=StoppingCondition(max_runtime_in_seconds=2 * 3600),
        sagemaker_session=session,
    )
    .with_metric_definitions(
        [
            MetricDefinition(name="train:loss", regex="loss=([0-9.]+)"),
            MetricDefinition(name="validation:accuracy", regex="accuracy=([0-9.]+)"),
        ]
    )
    .train([InputData(channel_name="training", data_source=train_data)]),
)


def builtin_xgboost(step_name: str) -> ModelTrainer:
    return ModelTrainer(
        training_image=xgboost_image,
        role=ROLE,
        compute=Compute(instance_type="ml.m5.2xlarge", instance_count=1),
        hyperparameters={"objective": objective, "num_round": rounds.to_string(), "eta": 0.2, "max_depth": 6},
        output_data_config=output(step_name),
        stopping_condition=ONE_DAY,
        sagemaker_session=session,
    )


xgboost_channels = [
    InputData(channel_name="train", data_source=train_data, content_type="text/csv"),
    InputData(channel_name="validation", data_source=f"s3://{BUCKET}/validation/", content_type="text/csv"),
]
xgboost = TrainingStep(name="builtin-xgboost", step_args=builtin_xgboost("builtin-xgboost").train(xgboost_channels))

linear = TrainingStep(
    name="builtin-linear",
    step_args=ModelTrainer(
        training_image=retrieve("linear-learner", region=REGION),
        role=ROLE,
        compute=Compute(instance_type="ml.m5.xlarge", instance_count=1),
        training_input_mode="Pipe",
        hyperparameters={"predictor_type": "regressor", "mini_batch_size": 100},
        output_data_config=output("builtin-linear"),
        stopping_condition=ONE_DAY,
        sagemaker_session=session,
    ).train(
        [
            Channel(
                channel_name="train",
                data_source=DataSource(
                    s3_data_source=S3DataSource(
                        s3_data_type="S3Prefix", s3_uri=train_data, s3_data_distribution_type="FullyReplicated"
                    )
                ),
                content_type="text/csv",
            )
        ]
    ),
)

container = TrainingStep(
    name="container",
    step_args=ModelTrainer(
        training_image=IMAGE,
        role=ROLE,
        compute=Compute(
            instance_type="ml.c5.4xlarge",
            instance_count=1,
            volume_size_in_gb=50,
            volume_kms_key_id="arn:aws:kms:us-east-1:111122223333:key/volume",
        ),
        networking=Networking(
            subnets=["subnet-0aa1", "subnet-0aa2"],
            security_group_ids=["sg-0bb2"],
            enable_network_isolation=True,
            enable_inter_container_traffic_encryption=True,
        ),
        training_input_mode="FastFile",
        hyperparameters={"learning_rate": 0.05, "layers": 3, "name": "churn"},
        environment={"MODE": "full", "ROUNDS": rounds.to_string()},
        output_data_config=OutputDataConfig(
            s3_output_path=f"s3://{BUCKET}/churn/models", kms_key_id="arn:aws:kms:us-east-1:111122223333:key/output"
        ),
        stopping_condition=StoppingCondition(max_runtime_in_seconds=1800),
        sagemaker_session=session,
    )
    .with_metric_definitions([MetricDefinition(name="validation:f1", regex="f1=([0-9.]+)")])
    .with_retry_strategy(RetryStrategy(maximum_retry_attempts=2))
    .train(
        [
            Channel(
                channel_name="train",
                data_source=DataSource(
                    s3_data_source=S3DataSource(
                        s3_data_type="S3Prefix", s3_uri=train_data, s3_data_distribution_type="ShardedByS3Key"
                    )
                ),
            )
        ]
    ),
    cache_config=cache,
)

spot = TrainingStep(
    name="spot",
    step_args=ModelTrainer(
        training_image=IMAGE,
        role=ROLE,
        compute=Compute(instance_type="ml.p3.2xlarge", instance_count=1, enable_managed_spot_training=True),
        checkpoint_config=CheckpointConfig(s3_uri=f"s3://{BUCKET}/churn/checkpoints", local_path="/opt/ml/checkpoints"),
        output_data_config=output("spot"),
        stopping_condition=StoppingCondition(max_runtime_in_seconds=3600, max_wait_time_in_seconds=2 * 3600),
        sagemaker_session=session,
    ).train([InputData(channel_name="train", data_source=train_data)]),
    depends_on=[container],
)

tuner = HyperparameterTuner(
    model_trainer=builtin_xgboost("tune"),
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
tune = TuningStep(name="tune", step_args=tuner.tune(inputs=xgboost_channels), cache_config=cache)

best_model = ModelBuilder(
    image_uri=tune.properties.TrainingJobDefinition.AlgorithmSpecification.TrainingImage,
    s3_model_data_url=Join(
        on="/",
        values=[
            tune.properties.TrainingJobDefinition.OutputDataConfig.S3OutputPath,
            tune.properties.TrainingJobSummaries[0].TrainingJobName,
            "output/model.tar.gz",
        ],
    ),
    role_arn=ROLE,
    sagemaker_session=session,
)
best = ModelStep(name="best", step_args=best_model.build())

pipeline = Pipeline(
    name=NAME,
    parameters=[train_data, rounds, objective],
    steps=[script_file, script_dir, xgboost, linear, container, spot, tune, best],
    sagemaker_session=session,
)
