"""The pipeline definition, version 2020-12-01."""

from __future__ import annotations

from dataclasses import field
from typing import Any

from compiler.lower.requests import request_slot
from compiler.lower.values import Track, Values
from compiler.model.pipeline import Parameter
from compiler.model.program import BuiltStep, Depend, Program
from compiler.model.values import Literal, MapValue, Value
from compiler.text import Span, record

Json = Any
VERSION = "2020-12-01"
LEADING = ("DisplayName", "Description")
PARAMETER_TYPES = {"string": "String", "integer": "Integer", "float": "Float", "boolean": "Boolean"}


@record
class Definition:
    """The definition as plain JSON values, and the place in the YAML of each JSON pointer."""

    json: dict[str, Json]
    places: dict[str, Span] = field(repr=False)


def lower(program: Program, *, places: bool = True) -> Definition:
    """The definition of a program that was checked and found sound. `places`: keep where everything came from."""
    found: dict[str, Span] = {}
    track = found.__setitem__ if places else None
    lowerer = Lowerer(track)
    settings = program.settings
    body: dict[str, Json] = {
        "Version": VERSION,
        "Metadata": lowerer.plain(settings.get("metadata"), "/Metadata") or {},
        "Parameters": [lowerer.parameter(p, i) for i, p in enumerate(program.pipeline.parameters.values())],
    }
    if (experiment := _experiment(settings.get("experiment"))) is not None:
        body["PipelineExperimentConfig"] = lowerer.values.lower(experiment, None, "/PipelineExperimentConfig")
    if (mlflow := settings.map("mlflow")) is not None:
        names = {"arn": "MlflowResourceArn", "experiment": "MlflowExperimentName"}
        body["MlflowConfig"] = {
            names[k]: lowerer.values.lower(v, None, f"/MlflowConfig/{names[k]}") for k, v in mlflow.pairs()
        }
    body["Steps"] = [lowerer.step(step, f"/Steps/{i}") for i, step in enumerate(program.roots)]
    return Definition(body, found)


def _experiment(value: Value | None) -> Value | None:
    """The experiment's names; the SDK's defaults where they are not given, None where it is off."""
    from compiler.model.values import Get, struct

    if value is None or (isinstance(value, Literal) and value.value is not True):
        return None
    given = value if isinstance(value, MapValue) else MapValue({}, value.span)
    name = given.get("name") or Get("Execution", "PipelineName", (), "string", value.span)
    trial = given.get("trial") or Get("Execution", "PipelineExecutionId", (), "string", value.span)
    return struct(value.span, {"ExperimentName": name, "TrialName": trial})


class Lowerer:
    """Lowers steps and parameters, telling `track` where each came from."""

    def __init__(self, track: Track | None) -> None:
        self.track = track
        self.values = Values(self.step, track)

    def plain(self, value: Value | None, pointer: str) -> Json:
        """Literal scalars of a map as text."""
        if not isinstance(value, MapValue):
            return None
        if self.track:
            self.track(pointer, value.span)
        return {k: v.as_text for k, v in value.pairs() if isinstance(v, Literal)}

    def parameter(self, parameter: Parameter, number: int) -> Json:
        pointer = f"/Parameters/{number}"
        members: dict[str, Json] = {"Name": parameter.name, "Type": PARAMETER_TYPES[parameter.type]}
        if self.track:
            self.track(pointer, parameter.span)
        if parameter.default is not None:
            members["DefaultValue"] = parameter.default
            if self.track and parameter.default_span:
                self.track(f"{pointer}/DefaultValue", parameter.default_span)
        if parameter.enum:
            members["EnumValues"] = list(parameter.enum)
        if parameter.description:
            members["Description"] = parameter.description
        return members

    def step(self, step: BuiltStep, pointer: str) -> Json:
        """One step: name and type, names for people, the request, the other keys, explicit dependencies."""
        if self.track:
            self.track(pointer, step.span)
        keys = {k: self.values.lower(v, None, f"{pointer}/{k}") for k, v in step.keys.pairs()}
        arguments = self.values.lower(step.arguments, request_slot(step.type), f"{pointer}/Arguments")
        leading = {k: keys.pop(k) for k in LEADING if k in keys}
        depends = {"DependsOn": [_depend(d) for d in step.depends]} if step.depends else {}
        return {"Name": step.name, "Type": step.type, **leading, "Arguments": arguments, **keys, **depends}


def _depend(depend: Depend) -> Json:
    return depend.step if depend.trigger == "Completed" else {"Step": depend.step, "Trigger": depend.trigger}
