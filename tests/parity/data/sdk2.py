"""The data pipeline as one writes it with the SageMaker SDK 2.x."""

from sagemaker.processing import ProcessingOutput, ScriptProcessor
from sagemaker.workflow.emr_step import EMRStep, EMRStepConfig
from sagemaker.workflow.parameters import ParameterString
from sagemaker.workflow.pipeline import Pipeline
from sagemaker.workflow.pipeline_context import PipelineSession
from sagemaker.workflow.steps import CacheConfig, ProcessingStep

NAME = "data"
ROLE = "arn:aws:iam::111122223333:role/sm-pipeline"
BUCKET = "ml-dev-111122223333"

session = PipelineSession(default_bucket=BUCKET)
cluster_id = ParameterString("ClusterId", default_value="j-1ABCDEFG2HIJK")
day = ParameterString("Day", default_value="2024-05-01")

aggregate = EMRStep(
    name="aggregate",
    display_name="Aggregate the events",
    description="On the team's cluster",
    cluster_id=cluster_id,
    step_config=EMRStepConfig(
        jar="command-runner.jar",
        args=[
            "spark-submit",
            "--deploy-mode",
            "cluster",
            f"s3://{BUCKET}/spark/aggregate.py",
            "--day",
            day,
        ],
    ),
    cache_config=CacheConfig(enable_caching=True, expire_after="P7D"),
)
join = EMRStep(
    name="join",
    display_name="Join",
    description="On a cluster of its own",
    cluster_id=None,
    cluster_config={
        "ReleaseLabel": "emr-7.1.0",
        "Applications": [{"Name": "Spark"}],
        "JobFlowRole": "EMR_EC2_DefaultRole",
        "ServiceRole": "EMR_DefaultRole",
        "LogUri": f"s3://{BUCKET}/emr-logs/",
        "Instances": {
            "InstanceGroups": [
                {"InstanceRole": "MASTER", "InstanceType": "m5.xlarge", "InstanceCount": 1},
                {"InstanceRole": "CORE", "InstanceType": "r5.2xlarge", "InstanceCount": 2},
            ]
        },
    },
    step_config=EMRStepConfig(
        jar=f"s3://{BUCKET}/spark/join.jar",
        args=["--verbose"],
        main_class="com.example.Join",
        properties=[{"Key": "spark.speculation", "Value": "true"}],
    ),
    depends_on=[aggregate],
)
report = ProcessingStep(
    name="report",
    step_args=ScriptProcessor(
        image_uri="111122223333.dkr.ecr.us-east-1.amazonaws.com/report:2",
        command=["python3"],
        role=ROLE,
        instance_type="ml.m5.large",
        instance_count=1,
        sagemaker_session=session,
    ).run(
        code="tests/parity/code/prepare.py",
        arguments=["--aggregated-by", aggregate.properties.Id],
        outputs=[ProcessingOutput(output_name="report", source="/opt/ml/processing/output/report")],
    ),
    depends_on=[join],
)

pipeline = Pipeline(
    name=NAME,
    parameters=[cluster_id, day],
    steps=[aggregate, join, report],
    pipeline_experiment_config=None,
    sagemaker_session=session,
)
