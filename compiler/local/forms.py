"""Whether a definition has the form that all else here relies on. Some other tool may have made it, or a person.

Values are judged by the service's shapes as far as lists, maps and structures go; what a scalar says is for the job.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from compiler.diff.steps import NESTED
from compiler.local.plan import Fault
from compiler.local.values import TYPES, is_of_type
from compiler.lower.requests import request_slot
from compiler.shapes import Shape

Json = Any
_CALLS = ("Get", "Std:Join", "Std:JsonGet")
_GET = re.compile(
    r"(Parameters|Execution|PipelineExperimentConfig)\.[^.]+|ForEach\..+|(Steps|IterationOutput)\.[^.\[]+.*"
)
_NOT_NEEDED = (  # by the service: the names; here: the others, too
    "ProcessingJobName", "TrainingJobName", "HyperParameterTuningJobName", "TransformJobName", "RoleArn",
    "StoppingCondition",
)  # fmt: skip
_RUN_HERE = ("Processing", "Training", "Tuning", "Transform", "Model", "RegisterModel")

# A form: str, or a list with the form of its items, or a map of keys, those with * required; None takes anything.
TEXT, ANY = "text", None
NEED: Json = {"Step*": TEXT, "Trigger": TEXT}
CONDITION: Json = {"Type*": TEXT, "Values": [ANY]}
CONDITION |= {"Condition": CONDITION, "Conditions": [CONDITION]}
STEP: Json = {
    "Name*": TEXT, "Type*": TEXT, "Arguments": {}, "CacheConfig": {}, "RetryPolicies": [{}],
    "PropertyFiles": [{"PropertyFileName*": TEXT, "OutputName*": TEXT, "FilePath*": TEXT}],
    "OutputParameters": [{"OutputName*": TEXT, "OutputType": TEXT}], "DependsOn": [ANY],
}  # fmt: skip
ARGUMENTS: Mapping[str, Json] = {
    "Condition": {"Conditions": [CONDITION], "IfSteps": [STEP], "ElseSteps": [STEP]},
    "ForEach": {
        "IterableItems*": ANY, "ForEachBody": [STEP], "Selector": {"Field*": {"Get*": TEXT}},
    },
}  # fmt: skip
DEFINITION: Json = {"Steps*": [STEP], "Parameters": [{"Name*": TEXT, "Type": TEXT, "EnumValues": [TEXT]}]}


def misshapen(definition: Json) -> list[Fault]:
    """Everything that is no list, map or text where one is wanted, and every reference that is none."""
    found = list(_form(definition, DEFINITION, ""))
    return found or [*_types(definition), *_steps(definition["Steps"], "/Steps")]


def _form(value: Json, form: Json, at: str) -> Iterator[Fault]:
    match form:
        case None:
            return
        case "text":
            yield from () if isinstance(value, str) else [Fault(at, f"text is wanted here, not {_shown(value)}")]
        case [inner]:
            yield from _list(value, inner, at)
        case dict() if not isinstance(value, dict):
            yield Fault(at, f"a map is wanted here, not {_shown(value)}")
        case _:
            for name, inner in form.items():
                key = name.removesuffix("*")
                if value.get(key) is not None:
                    yield from _form(value[key], inner, f"{at}/{key}")
                elif key != name:
                    yield Fault(at, f"`{key}` is missing")


def _list(value: Json, form: Json, at: str) -> Iterator[Fault]:
    if not isinstance(value, list):
        yield Fault(at, f"a list is wanted here, not {_shown(value)}")
        return
    for number, item in enumerate(value):
        yield from _form(item, form, f"{at}/{number}")


def _types(definition: Json) -> Iterator[Fault]:
    for number, row in enumerate(definition.get("Parameters") or []):
        kind, default = row.get("Type", "String"), row.get("DefaultValue")
        if kind not in TYPES:
            yield Fault(f"/Parameters/{number}", f"`{kind}` is no type of a parameter; these are: {', '.join(TYPES)}")
        elif default is not None and not is_of_type(default, kind):
            yield Fault(f"/Parameters/{number}", f"the default of `{row['Name']}` is no {kind}: {_shown(default)}")


def _steps(steps: list[Json], at: str) -> Iterator[Fault]:
    for number, step in enumerate(steps):
        place, arguments = f"{at}/{number}", step.get("Arguments") or {}
        for need, entry in enumerate(step.get("DependsOn") or []):
            yield from _form(entry, TEXT if isinstance(entry, str) else NEED, f"{place}/DependsOn/{need}")
        wrong = list(_form(arguments, ARGUMENTS.get(step["Type"]), f"{place}/Arguments"))
        yield from wrong
        own = {key: value for key, value in arguments.items() if key not in NESTED}
        slot = request_slot(step["Type"]) if step["Type"] in _RUN_HERE else None
        optional = ("ModelName",) if step["Type"] == "Model" else ()
        yield from _shaped(own, slot if isinstance(slot, Shape) else None, f"{place}/Arguments", optional)
        for key in NESTED if not wrong else ():
            yield from _steps(arguments.get(key) or [], f"{place}/Arguments/{key}")


def _shaped(value: Json, of: Shape | None, at: str, optional: tuple[str, ...] = ()) -> Iterator[Fault]:
    """Faults of a value and of the references in it; without a shape, of the references alone."""
    kind = of.type if of else ""
    if isinstance(value, dict) and len(value) == 1 and (call := next(iter(value))) in _CALLS:
        wanted = {"structure": "a map", "map": "a map", "list": "a list"}.get(kind)
        yield from [Fault(at, f"{wanted} is wanted here, not a reference")] if wanted else _call(call, value[call], at)
    elif kind in ("structure", "map") and not isinstance(value, dict):
        yield Fault(at, f"a map is wanted here, not {_shown(value)}")
    elif kind == "list" and not isinstance(value, list):
        yield Fault(at, f"a list is wanted here, not {_shown(value)}")
    elif of and kind not in ("structure", "map", "list") and isinstance(value, dict | list):
        yield Fault(at, f"a single value is wanted here, not {_shown(value)}")
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _shaped(item, of and of.element, f"{at}/{number}")
    elif isinstance(value, dict):
        needed = [name for name in of.required if name not in (*_NOT_NEEDED, *optional)] if of else []
        yield from (Fault(at, f"`{name}` is missing") for name in needed if value.get(name) is None)
        for key, inner in value.items():
            below = (of.value if kind == "map" else of.member(key)) if of else None
            yield from _shaped(inner, below, f"{at}/{key}") if inner is not None else ()


def _call(name: str, value: Json, at: str) -> Iterator[Fault]:
    match name, value:
        case "Get", str() if _GET.fullmatch(value):
            return
        case "Std:Join", {"Values": list(parts)}:
            for number, part in enumerate(parts):
                yield from _shaped(part, None, f"{at}/{name}/Values/{number}")
        case "Std:JsonGet", {"Path": str(), "PropertyFile": {"Get": str(path)}} if path.count(".") >= 3:
            return
        case "Std:JsonGet", {"Path": str(), "S3Uri": uri}:
            yield from _shaped(uri, None, f"{at}/{name}/S3Uri")
        case _:
            yield Fault(at, f"this is no reference: {_shown({name: value})}")


def _shown(value: Json) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
