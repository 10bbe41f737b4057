"""What cannot run on this machine, said before anything starts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from compiler.local.backends.table import ML
from compiler.local.jobs.handlers import handler_of
from compiler.local.jobs.processing import command_of
from compiler.local.jobs.toolkit import PROGRAM, decoded
from compiler.local.jobs.training import image_of
from compiler.local.jobs.tuning import definitions_of
from compiler.local.plan import Fault, Plan
from compiler.local.values import COMPARISONS, Scope, State, ValueFault

Json = Any
_OURS = re.compile(r"sagemaker-(clarify-processing|model-monitor-analyzer|spark-processing)")
_FLOW = ("Condition", "Fail", "ForEach")


def refusals(plan: Plan, state: State, handlers: Mapping[str, Any]) -> list[Fault]:
    """Every step that cannot run here, in the definition's order. Values that only running gives are not judged."""
    found = list(plan.faults)
    for node in plan.nodes.values():
        arguments = _known(node.arguments, state)
        keys = _known({k: v for k, v in node.json.items() if k not in ("Arguments", "DependsOn")}, state)
        found += [
            Fault(node.pointer, f"`{node.name}`: {said}")
            for said in refuse(node.type, arguments, keys, node.name, handlers)
        ]
    return found


def _known(value: Json, state: State) -> Json:
    """The value as far as parameters tell it; None for what only running gives."""
    match value:
        case {"Get": _} | {"Std:Join": _} | {"Std:JsonGet": _}:
            try:
                return state.evaluate(value, Scope())
            except ValueFault:
                return None
        case dict():
            return {key: _known(inner, state) for key, inner in value.items()}
        case list():
            return [_known(inner, state) for inner in value]
        case _:
            return value


def refuse(
    step_type: str, arguments: dict[str, Json], keys: dict[str, Json], name: str, handlers: Mapping[str, Any]
) -> list[str]:
    """Why a step cannot run here, nothing where it can."""
    if step_type in ("Lambda", "Callback"):
        return list(_handler(step_type, keys, name, handlers))
    check = _CHECKS.get(step_type)
    if check:
        return list(check(arguments))
    return [] if step_type in _FLOW else [f"{step_type} steps do not run on this machine"]


def _handler(step_type: str, keys: dict[str, Json], name: str, handlers: Mapping[str, Any]) -> Iterator[str]:
    body = name.rpartition("-")[0]  # a step of a loop is called by its pattern's name, a dash and a number
    if handler_of(name, keys, handlers) is None and body not in handlers:
        yield f"a {step_type} step needs a local handler: --handler {name}=module:function"


def _processing(arguments: dict[str, Json]) -> Iterator[str]:
    yield from _hosts((arguments.get("ProcessingResources") or {}).get("ClusterConfig") or {})
    image = str((arguments.get("AppSpecification") or {}).get("ImageUri") or "")
    ours = _OURS.search(image)
    if ours:
        yield f"the image `{ours.group()}` is not here"
    elif not command_of(arguments):
        yield "what the image starts is not known here: the step has no ContainerEntrypoint"
    for item in arguments.get("ProcessingInputs") or []:
        name, source = item.get("InputName", ""), item.get("S3Input")
        if source is None:
            yield f"input `{name}` is a DatasetDefinition, which only the service reads"
            continue
        yield from _mode(f"input `{name}`", source.get("S3InputMode"))
        yield from _list_type(f"input `{name}`", source.get("S3DataType"))
        yield from _place(f"input `{name}`", source.get("LocalPath"))
    for item in (arguments.get("ProcessingOutputConfig") or {}).get("Outputs") or []:
        name, target = item.get("OutputName", ""), item.get("S3Output")
        if target is None:
            yield f"output `{name}` goes to a feature store"
        else:
            yield from _place(f"output `{name}`", target.get("LocalPath"))


def _training(arguments: dict[str, Json]) -> Iterator[str]:
    yield from _job(arguments, arguments.get("HyperParameters"), arguments.get("ResourceConfig"))


def _tuning(arguments: dict[str, Json]) -> Iterator[str]:
    for definition in definitions_of(arguments):
        resources = definition.get("ResourceConfig") or definition.get("HyperParameterTuningResourceConfig")
        yield from _job(definition, definition.get("StaticHyperParameters"), resources)
    config = arguments.get("HyperParameterTuningJobConfig") or {}
    if arguments.get("WarmStartConfig"):
        yield "a warm start needs earlier tuning jobs of the service"
    ranges = config.get("ParameterRanges") or {}
    if config.get("Strategy") == "Grid" and (
        ranges.get("ContinuousParameterRanges") or ranges.get("IntegerParameterRanges")
    ):
        yield "a grid is walked through categorical ranges only"


def _job(arguments: dict[str, Json], hyperparameters: Json, resources: Json) -> Iterator[str]:
    if arguments.get("ServerlessJobConfig"):
        yield "a serverless job trains a model that only the service has"
        return
    yield from _hosts(resources or {})
    specification = arguments.get("AlgorithmSpecification") or {}
    given = decoded({k: v for k, v in (hyperparameters or {}).items() if v is not None})
    scripted = PROGRAM in given or specification.get("ContainerEntrypoint")
    image = image_of(arguments)
    if specification.get("AlgorithmName"):
        yield f"the algorithm `{specification['AlgorithmName']}` is not here"
    elif not scripted and "xgboost" not in image:
        yield f"the image `{image}` has no script: only XGBoost runs here as a built-in algorithm"
    yield from _mode("the job", specification.get("TrainingInputMode"))
    for channel in arguments.get("InputDataConfig") or []:
        about = f"channel `{channel.get('ChannelName', '')}`"
        source = (channel.get("DataSource") or {}).get("S3DataSource")
        if source is None:
            yield f"{about} reads a file system"
            continue
        yield from _mode(about, channel.get("InputMode"))
        yield from _list_type(about, source.get("S3DataType"))
        if channel.get("CompressionType") not in (None, "None"):
            yield f"{about} is unpacked by the service in Pipe mode only"


def _transform(arguments: dict[str, Json]) -> Iterator[str]:
    from compiler.local.jobs.filters import filter_problem

    yield from _hosts(arguments.get("TransformResources") or {})
    source = ((arguments.get("TransformInput") or {}).get("DataSource") or {}).get("S3DataSource") or {}
    yield from _list_type("the input", source.get("S3DataType"))
    split = (arguments.get("TransformInput") or {}).get("SplitType")
    if split not in (None, "None", "Line"):
        yield f"records split by {split} are not read here"
    processing = arguments.get("DataProcessing") or {}
    for member in ("InputFilter", "OutputFilter"):
        problem = filter_problem(str(processing.get(member) or "$"))
        if problem:
            yield f"{member}: {problem}"


def _register(arguments: dict[str, Json]) -> Iterator[str]:
    yield from ()


def _condition(arguments: dict[str, Json]) -> Iterator[str]:
    for condition in arguments.get("Conditions") or []:
        yield from _one_condition(condition)


def _one_condition(condition: dict[str, Json]) -> Iterator[str]:
    kind = condition.get("Type")
    if kind not in COMPARISONS:
        yield f"`{kind}` is no condition; these are: {', '.join(COMPARISONS)}"
    for inner in [condition.get("Condition"), *(condition.get("Conditions") or [])]:
        if inner:
            yield from _one_condition(inner)


def _hosts(resources: dict[str, Json]) -> Iterator[str]:
    count = resources.get("InstanceCount")
    groups = resources.get("InstanceGroups") or []
    if isinstance(count, int) and count > 1:
        yield f"{count} instances are wanted, and this is one machine"
    elif sum(int(group.get("InstanceCount") or 1) for group in groups) > 1:
        yield "several instances are wanted, and this is one machine"


def _mode(about: str, mode: Json) -> Iterator[str]:
    if mode == "Pipe":
        yield f"{about} is read in Pipe mode"


def _list_type(about: str, kind: Json) -> Iterator[str]:
    if kind in ("ManifestFile", "AugmentedManifestFile", "Converse"):
        yield f"{about} is a {kind}, which is not read here"


def _place(about: str, path: Json) -> Iterator[str]:
    if isinstance(path, str) and not path.startswith(f"{ML}/"):
        yield f"{about} lies at `{path}`, outside of {ML}"


_CHECKS: dict[str, Callable[[dict[str, Json]], Iterator[str]]] = {
    "Processing": _processing,
    "Training": _training,
    "Tuning": _tuning,
    "Transform": _transform,
    "Model": _register,
    "RegisterModel": _register,
    "Condition": _condition,
}
