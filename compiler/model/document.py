"""The keys of a document outside its steps."""

from __future__ import annotations

from compiler.model.kinds import (
    Anything,
    Choice,
    Either,
    Field,
    Flag,
    ListOf,
    MapOf,
    Nested,
    Nullable,
    Number,
    Record,
    Text,
)

STATIC = Text(static=True)
SCALAR = Text(static=True, scalar=True)
TEXT = Text()
NUMBER = Number(static=True)

SCHEDULE = Record(
    {
        "expression": Field(STATIC, "When to start: `cron(...)`, `rate(...)` or `at(...)`.", True),
        "timezone": Field(STATIC, "The time zone of the expression, such as Asia/Seoul; UTC when left out."),
        "parameters": Field(MapOf(SCALAR), "Values of parameters for the scheduled executions."),
        "role": Field(STATIC, "The role EventBridge Scheduler starts the pipeline with; the pipeline's when left out."),
    }
)
EXPERIMENT = Either(
    scalar=Flag(static=True),
    members=Record(
        {
            "name": Field(TEXT, "The experiment's name; the pipeline's when left out."),
            "trial": Field(TEXT, "The trial's name; the execution's id when left out."),
        }
    ),
)
MLFLOW = Record(
    {
        "arn": Field(TEXT, "The MLflow app or tracking server.", True),
        "experiment": Field(TEXT, "The MLflow experiment's name."),
    }
)
PIPELINE: dict[str, Field] = {
    "name": Field(STATIC, "The pipeline's name: letters, digits and single hyphens, at most 256.", required=True),
    "display_name": Field(STATIC, "A name for people, shown in Studio."),
    "description": Field(STATIC, "What the pipeline is for; at most 3072 characters."),
    "role": Field(STATIC, "The IAM role that runs the pipeline, and each job that names none of its own."),
    "account": Field(STATIC, "The AWS account; the one in `role` when left out."),
    "region": Field(STATIC, "The AWS region, such as us-east-1."),
    "bucket": Field(STATIC, "The S3 bucket for code and for outputs that name no place of their own."),
    "prefix": Field(STATIC, "A folder in the bucket, before the pipeline's name."),
    "tags": Field(MapOf(SCALAR), "Tags of the pipeline."),
    "parallelism": Field(Number(whole=True, static=True, minimum=1), "How many steps may run at once."),
    "experiment": Field(EXPERIMENT, "Record executions in SageMaker Experiments: true, false, or its names."),
    "mlflow": Field(MLFLOW, "Record executions in MLflow."),
    "metadata": Field(MapOf(SCALAR), "The definition's own metadata."),
    "schedule": Field(SCHEDULE, "Start the pipeline by the clock."),
}
PARAMETER = Record(
    {
        "type": Field(Choice(("string", "integer", "float", "boolean")), "The parameter's type.", required=True),
        "default": Field(SCALAR, "Its value when none is given at start; without one it must be given."),
        "enum": Field(ListOf(SCALAR, 1), "The values it may take (string parameters)."),
        "min": Field(NUMBER, "The least value it may take."),
        "max": Field(NUMBER, "The greatest value it may take."),
        "pattern": Field(STATIC, "A regular expression the whole value must match."),
        "description": Field(STATIC, "What the parameter is for."),
    }
)
PARAMETERS = Field(MapOf(PARAMETER), "Run-time parameters: given when an execution starts.")
VARIABLES = Field(MapOf(Anything()), "Values known when compiling; `--set name=value` and targets override them.")
TARGET_FIELDS: dict[str, Field] = {
    "default": Field(Flag(static=True), "The target taken when none is named."),
    **{name: Field(Nullable(f.kind), f.doc) for name, f in PIPELINE.items()},
    "variables": Field(MapOf(Anything()), "Variables as this target has them."),
    "parameters": Field(MapOf(Nullable(SCALAR)), "Parameter defaults as this target has them."),
    "defaults": Field(Nested("defaults"), "Step defaults as this target has them."),
    "steps": Field(MapOf(Anything("map")), "Patches of steps, by name, at any depth."),
}
DOCUMENT: dict[str, Field] = {
    "version": Field(Text(static=True), "The version of the language: 1.", required=True),
    "pipeline": Field(Record(PIPELINE), "The pipeline: its name, role and places.", required=True),
    "parameters": PARAMETERS,
    "variables": VARIABLES,
    "files": Field(MapOf(STATIC), "Files uploaded like code: a name to a path; `${{ files.NAME }}` is the S3 URI."),
    "targets": Field(MapOf(Record(TARGET_FIELDS)), "Accounts and stages the file is compiled for."),
    "defaults": Field(Nested("defaults"), "Step keys given once for all steps that take them."),
    "extends": Field(STATIC, "Another file, over which this one is merged."),
    "steps": Field(Nested("steps"), "The steps, in the author's order.", required=True),
}
EXTENDED = ("version", "pipeline", "parameters", "variables", "targets", "defaults", "files")
