"""Where each part of a definition came from. Only an output folder wants to know."""

from __future__ import annotations

from compiler.lower.definition import MLFLOW_MEMBERS
from compiler.model.program import BuiltStep, Program
from compiler.model.values import ListValue, MapValue, StepList, Value
from compiler.text import Span

Places = dict[str, Span]


def places(program: Program) -> Places:
    """JSON pointer (RFC 6901) into the definition to the place in the YAML, in the definition's order."""
    found: Places = {}
    settings = program.settings
    for number, parameter in enumerate(program.pipeline.parameters.values()):
        found[f"/Parameters/{number}"] = parameter.span
        if parameter.default is not None and parameter.default_span:
            found[f"/Parameters/{number}/DefaultValue"] = parameter.default_span
    for key, pointer in (("metadata", "/Metadata"), ("experiment", "/PipelineExperimentConfig")):
        if (value := settings.get(key)) is not None:
            found[pointer] = value.span
    if (mlflow := settings.map("mlflow")) is not None:
        found |= {f"/MlflowConfig/{MLFLOW_MEMBERS[key]}": value.span for key, value in mlflow.pairs()}
    for number, step in enumerate(program.roots):
        _step(step, f"/Steps/{number}", found)
    return found


def _step(step: BuiltStep, pointer: str, found: Places) -> None:
    found[pointer] = step.span
    _value(step.arguments, f"{pointer}/Arguments", found)
    for key, value in step.keys.pairs():
        _value(value, f"{pointer}/{key}", found)


def _value(value: Value, pointer: str, found: Places) -> None:
    found[pointer] = value.span
    match value:
        case MapValue():
            for key, member in value.members.items():
                _value(member.value, f"{pointer}/{key if key.isalnum() else _escaped(key)}", found)
        case ListValue():
            for number, item in enumerate(value.items):
                _value(item, f"{pointer}/{number}", found)
        case StepList():
            for number, step in enumerate(value.steps):
                _step(step, f"{pointer}/{number}", found)


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")
