"""The pipeline definition, version 2020-12-01."""

from __future__ import annotations

from typing import Any

from compiler.lower.values import lower_step, lower_value
from compiler.model.pipeline import Parameter
from compiler.model.program import Program
from compiler.model.values import Get, Literal, MapValue, Value, struct

Json = Any
VERSION = "2020-12-01"
PARAMETER_TYPES = {"string": "String", "integer": "Integer", "float": "Float", "boolean": "Boolean"}
MLFLOW_MEMBERS = {"arn": "MlflowResourceArn", "experiment": "MlflowExperimentName"}


def lower(program: Program) -> dict[str, Json]:
    """The definition, as plain JSON values, of a program that was checked and found sound."""
    settings = program.settings
    body: dict[str, Json] = {
        "Version": VERSION,
        "Metadata": _texts(settings.map("metadata")),
        "Parameters": [_parameter(p) for p in program.pipeline.parameters.values()],
    }
    if (experiment := _experiment(settings.get("experiment"))) is not None:
        body["PipelineExperimentConfig"] = lower_value(experiment, None)
    if (mlflow := settings.map("mlflow")) is not None:
        body["MlflowConfig"] = {MLFLOW_MEMBERS[k]: lower_value(v, None) for k, v in mlflow.pairs()}
    body["Steps"] = [lower_step(step) for step in program.roots]
    return body


def _experiment(value: Value | None) -> Value | None:
    """The experiment's names; the SDK's defaults where they are not given, None where it is off."""
    if value is None or (isinstance(value, Literal) and value.value is not True):
        return None
    given = value if isinstance(value, MapValue) else MapValue({}, value.span)
    name = given.get("name") or Get("Execution", "PipelineName", (), "string", value.span)
    trial = given.get("trial") or Get("Execution", "PipelineExecutionId", (), "string", value.span)
    return struct(value.span, {"ExperimentName": name, "TrialName": trial})


def _texts(value: MapValue | None) -> Json:
    return {k: v.as_text for k, v in value.pairs() if isinstance(v, Literal)} if value else {}


def _parameter(parameter: Parameter) -> Json:
    members: dict[str, Json] = {"Name": parameter.name, "Type": PARAMETER_TYPES[parameter.type]}
    if parameter.default is not None:
        members["DefaultValue"] = parameter.default
    if parameter.enum:
        members["EnumValues"] = list(parameter.enum)
    if parameter.description:
        members["Description"] = parameter.description
    return members
