"""The quick-start pipeline as one writes it with the SageMaker SDK 2.x."""

from sagemaker.image_uris import retrieve
from sagemaker.inputs import TrainingInput
from sagemaker.model import Model
from sagemaker.processing import ProcessingInput, ProcessingOutput, ScriptProcessor
from sagemaker.sklearn.processing import SKLearnProcessor
from sagemaker.workflow.execution_variables import ExecutionVariables
from sagemaker.workflow.functions import Join
from sagemaker.workflow.model_step import ModelStep
from sagemaker.workflow.parameters import ParameterString
from sagemaker.workflow.pipeline import Pipeline
from sagemaker.workflow.pipeline_context import PipelineSession
from sagemaker.workflow.properties import PropertyFile
from sagemaker.workflow.steps import ProcessingStep, TrainingStep
from sagemaker.xgboost import XGBoost

NAME = "quick-start"
REGION = "us-east-1"
ROLE = "arn:aws:iam::111122223333:role/sm-pipeline"
BUCKET = "ml-dev-111122223333"

session = PipelineSession(default_bucket=BUCKET)
claims_data = ParameterString("ClaimsData", default_value=f"s3://{BUCKET}/claims/claims.csv")
customers_data = ParameterString("CustomersData", default_value=f"s3://{BUCKET}/customers/customers.csv")

sklearn_processor = SKLearnProcessor(
    framework_version="1.2-1",
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
            ProcessingInput(input_name="claims", source=claims_data, destination="/opt/ml/processing/input/claims"),
            ProcessingInput(
                input_name="customers", source=customers_data, destination="/opt/ml/processing/input/customers"
            ),
        ],
        outputs=[
            ProcessingOutput(output_name="train", source="/opt/ml/processing/output/train"),
            ProcessingOutput(output_name="test", source="/opt/ml/processing/output/test"),
        ],
    ),
)

xgboost = XGBoost(
    entry_point="step_code/train.py",
    framework_version="1.7-1",
    role=ROLE,
    instance_type="ml.m5.xlarge",
    instance_count=1,
    hyperparameters={"objective": "binary:logistic", "num_round": 100},
    output_path=Join(on="/", values=["s3:/", BUCKET, NAME, ExecutionVariables.PIPELINE_EXECUTION_ID, "train"]),
    debugger_hook_config=False,
    disable_profiler=True,
    sagemaker_session=session,
)
train = TrainingStep(
    name="train",
    step_args=xgboost.fit(
        inputs={
            "train": TrainingInput(
                preprocess.properties.ProcessingOutputConfig.Outputs["train"].S3Output.S3Uri, content_type="text/csv"
            )
        }
    ),
)

xgboost_processor = ScriptProcessor(
    image_uri=retrieve("xgboost", region=REGION, version="1.7-1"),
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
            ProcessingInput(
                input_name="model",
                source=train.properties.ModelArtifacts.S3ModelArtifacts,
                destination="/opt/ml/processing/model",
            ),
            ProcessingInput(
                input_name="test",
                source=preprocess.properties.ProcessingOutputConfig.Outputs["test"].S3Output.S3Uri,
                destination="/opt/ml/processing/test",
            ),
        ],
        outputs=[ProcessingOutput(output_name="report", source="/opt/ml/processing/evaluation")],
    ),
    property_files=[PropertyFile(name="Evaluation", output_name="report", path="evaluation.json")],
)

model = Model(
    image_uri=train.properties.AlgorithmSpecification.TrainingImage,
    model_data=train.properties.ModelArtifacts.S3ModelArtifacts,
    role=ROLE,
    sagemaker_session=session,
)
create_model = ModelStep(name="create-model", step_args=model.create())

pipeline = Pipeline(
    name=NAME,
    parameters=[claims_data, customers_data],
    steps=[preprocess, train, evaluate, create_model],
    pipeline_experiment_config=None,
    sagemaker_session=session,
)
