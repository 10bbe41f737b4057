"""The quick-start pipeline as one writes it with the SageMaker SDK 3.x."""

from sagemaker.core.image_uris import retrieve
from sagemaker.core.processing import ScriptProcessor
from sagemaker.core.shapes import (
    OutputDataConfig,
    ProcessingInput,
    ProcessingOutput,
    ProcessingS3Input,
    ProcessingS3Output,
    StoppingCondition,
)
from sagemaker.core.training.configs import Compute, InputData, SourceCode
from sagemaker.core.workflow.execution_variables import ExecutionVariables
from sagemaker.core.workflow.functions import Join
from sagemaker.core.workflow.parameters import ParameterString
from sagemaker.core.workflow.pipeline_context import PipelineSession
from sagemaker.core.workflow.properties import PropertyFile
from sagemaker.mlops.workflow.model_step import ModelStep
from sagemaker.mlops.workflow.pipeline import Pipeline
from sagemaker.mlops.workflow.steps import ProcessingStep, TrainingStep
from sagemaker.serve.model_builder import ModelBuilder
from sagemaker.train import ModelTrainer

NAME = "quick-start"
REGION = "us-east-1"
ROLE = "arn:aws:iam::111122223333:role/sm-pipeline"
BUCKET = "ml-dev-111122223333"

session = PipelineSession(default_bucket=BUCKET)
xgboost_image = retrieve("xgboost", region=REGION, version="1.7-1")
claims_data = ParameterString("ClaimsData", default_value=f"s3://{BUCKET}/claims/claims.csv")
customers_data = ParameterString("CustomersData", default_value=f"s3://{BUCKET}/customers/customers.csv")


def location(*parts: str) -> Join:
    return Join(on="/", values=["s3:/", BUCKET, NAME, ExecutionVariables.PIPELINE_EXECUTION_ID, *parts])


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
    return ProcessingOutput(
        output_name=name,
        s3_output=ProcessingS3Output(
            s3_uri=location(step_name, "output", name), local_path=local_path, s3_upload_mode="EndOfJob"
        ),
    )


sklearn_processor = ScriptProcessor(
    image_uri=retrieve("sklearn", region=REGION, version="1.2-1"),
    command=["python3"],
    role=ROLE,
    instance_type="ml.m5.xlarge",
    instance_count=1,
    sagemaker_session=session,
)
preprocess = ProcessingStep(
    name="preprocess",
    step_args=sklearn_processor.run(
        code="step_code/preprocess.py",
        inputs=[
            read("claims", claims_data, "/opt/ml/processing/input/claims"),
            read("customers", customers_data, "/opt/ml/processing/input/customers"),
        ],
        outputs=[
            write("preprocess", "train", "/opt/ml/processing/output/train"),
            write("preprocess", "test", "/opt/ml/processing/output/test"),
        ],
    ),
)

trainer = ModelTrainer(
    training_image=xgboost_image,
    source_code=SourceCode(source_dir="step_code", entry_script="train.py"),
    role=ROLE,
    compute=Compute(instance_type="ml.m5.xlarge", instance_count=1),
    hyperparameters={"objective": "binary:logistic", "num_round": 100},
    output_data_config=OutputDataConfig(s3_output_path=location("train")),
    stopping_condition=StoppingCondition(max_runtime_in_seconds=86400),
    sagemaker_session=session,
)
train = TrainingStep(
    name="train",
    step_args=trainer.train(
        input_data_config=[
            InputData(
                channel_name="train",
                data_source=preprocess.properties.ProcessingOutputConfig.Outputs["train"].S3Output.S3Uri,
                content_type="text/csv",
            )
        ]
    ),
)

xgboost_processor = ScriptProcessor(
    image_uri=xgboost_image,
    command=["python3"],
    role=ROLE,
    instance_type="ml.m5.xlarge",
    instance_count=1,
    sagemaker_session=session,
)
evaluate = ProcessingStep(
    name="evaluate",
    step_args=xgboost_processor.run(
        code="step_code/evaluate.py",
        inputs=[
            read("model", train.properties.ModelArtifacts.S3ModelArtifacts, "/opt/ml/processing/model"),
            read(
                "test",
                preprocess.properties.ProcessingOutputConfig.Outputs["test"].S3Output.S3Uri,
                "/opt/ml/processing/test",
            ),
        ],
        outputs=[write("evaluate", "report", "/opt/ml/processing/evaluation")],
    ),
    property_files=[PropertyFile(name="Evaluation", output_name="report", path="evaluation.json")],
)

model_builder = ModelBuilder(
    image_uri=train.properties.AlgorithmSpecification.TrainingImage,
    s3_model_data_url=train.properties.ModelArtifacts.S3ModelArtifacts,
    role_arn=ROLE,
    sagemaker_session=session,
)
create_model = ModelStep(name="create-model", step_args=model_builder.build())

pipeline = Pipeline(
    name=NAME,
    parameters=[claims_data, customers_data],
    steps=[preprocess, train, evaluate, create_model],
    pipeline_experiment_config=None,
    sagemaker_session=session,
)
