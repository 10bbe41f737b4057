"""What cannot run on this machine, said before anything starts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from compiler.local.backends.table import ML
from compiler.local.jobs.handlers import handler_of
from compiler.local.jobs.processing import command_of
from compiler.local.jobs.serving import NoServer, served
from compiler.local.jobs.toolkit import PROGRAM, decoded
from compiler.local.jobs.training import image_of
from compiler.local.jobs.tuning import definitions_of, parents_of
from compiler.local.plan import Fault, Node, Plan
from compiler.local.registry import Registry
from compiler.local.values import COMPARISONS, Scope, State, ValueFault

Json = Any
_OURS = re.compile(r"sagemaker-(clarify-processing|model-monitor-analyzer|spark-processing)")
_FLOW = ("Condition", "Fail", "ForEach")
_LISTS = ("ManifestFile", "S3Prefix", None)
_SPLITS = ("None", "Line", "RecordIO", "TFRecord", None)


class Here(NamedTuple):
    """What a definition may count on beside its own steps: handlers by name, and what earlier executions made."""

    handlers: Mapping[str, Any]
    registry: Registry


class Refusal(NamedTuple):
    """Why a step cannot run here. `path` is the place in the step, `Arguments/ProcessingInputs/0`."""

    path: str
    text: str


def refusals(plan: Plan, state: State, here: Here) -> list[Fault]:
    """Every step that cannot run here, in the definition's order. Values that only running gives are not judged."""
    found = list(plan.faults)
    for node in plan.nodes.values():
        arguments = known(node.arguments, state)
        keys = known({k: v for k, v in node.json.items() if k not in ("Arguments", "DependsOn")}, state)
        said = [*refuse(node.type, arguments, keys, node.name, here), *_model_of(node, plan, state)]
        found += [Fault(f"{node.pointer}/{one.path}", f"`{node.name}`: {one.text}") for one in said]
    return found


def known(value: Json, state: State) -> Json:
    """The value as far as parameters tell it; None for what only running gives."""
    match value:
        case {"Get": _} | {"Std:Join": _} | {"Std:JsonGet": _}:
            try:
                return state.evaluate(value, Scope())
            except ValueFault:
                return None
        case dict():
            return {key: known(inner, state) for key, inner in value.items()}
        case list():
            return [known(inner, state) for inner in value]
        case _:
            return value


def refuse(
    step_type: str, arguments: dict[str, Json], keys: dict[str, Json], name: str, here: Here
) -> list[Refusal]:  # fmt: skip
    """Why a step cannot run here, nothing where it can."""
    if step_type in ("Lambda", "Callback"):
        return list(_handler(step_type, keys, name, here.handlers))
    check = _CHECKS.get(step_type)
    if check:
        return [Refusal(f"Arguments/{path}", text) for path, text in check(arguments, here)]
    return [] if step_type in _FLOW else [Refusal("Type", f"{step_type} steps do not run on this machine")]


Found = Iterator[tuple[str, str]]


def _handler(step_type: str, keys: dict[str, Json], name: str, handlers: Mapping[str, Any]) -> Iterator[Refusal]:
    body = name.rpartition("-")[0]  # a step of a loop is called by its pattern's name, a dash and a number
    if handler_of(name, keys, handlers) is None and body not in handlers:
        key = "FunctionArn" if step_type == "Lambda" else "SqsQueueUrl"
        yield Refusal(key, f"a {step_type} step needs a local handler: --handler {name}=module:function")


def _processing(arguments: dict[str, Json], here: Here) -> Found:
    cluster = (arguments.get("ProcessingResources") or {}).get("ClusterConfig") or {}
    yield from _hosts("ProcessingResources/ClusterConfig", cluster)
    image = str((arguments.get("AppSpecification") or {}).get("ImageUri") or "")
    ours = _OURS.search(image)
    if ours:
        yield "AppSpecification/ImageUri", f"the image `{ours.group()}` is not here"
    elif not command_of(arguments):
        yield "AppSpecification", "what the image starts is not known here: the step has no ContainerEntrypoint"
    for number, item in enumerate(arguments.get("ProcessingInputs") or []):
        yield from _input(f"ProcessingInputs/{number}", item)
    outputs = (arguments.get("ProcessingOutputConfig") or {}).get("Outputs") or []
    for number, item in enumerate(outputs):
        at, name, target = f"ProcessingOutputConfig/Outputs/{number}", item.get("OutputName", ""), item.get("S3Output")
        if target is None:
            yield at, f"output `{name}` goes to a feature store"
        else:
            yield from _place(f"{at}/S3Output/LocalPath", f"output `{name}`", target.get("LocalPath"))


def _input(at: str, item: dict[str, Json]) -> Found:
    about, source = f"input `{item.get('InputName', '')}`", item.get("S3Input")
    if source is None:
        yield at, f"{about} is a DatasetDefinition, which only the service reads"
    elif item.get("AppManaged"):
        yield f"{at}/AppManaged", f"{about} is fetched from S3 by the program itself"
    else:
        yield from _mode(f"{at}/S3Input/S3InputMode", about, source.get("S3InputMode"))
        yield from _list_type(f"{at}/S3Input/S3DataType", about, source.get("S3DataType"))
        yield from _place(f"{at}/S3Input/LocalPath", about, source.get("LocalPath"))


def _training(arguments: dict[str, Json], here: Here) -> Found:
    return _job("", arguments, "HyperParameters", "ResourceConfig")


def _tuning(arguments: dict[str, Json], here: Here) -> Found:
    several = "TrainingJobDefinition" not in arguments
    for number, definition in enumerate(definitions_of(arguments)):
        at = f"TrainingJobDefinitions/{number}/" if several else "TrainingJobDefinition/"
        group = "ResourceConfig" if definition.get("ResourceConfig") else "HyperParameterTuningResourceConfig"
        yield from _job(at, definition, "StaticHyperParameters", group)
    for parent in parents_of(arguments):
        if parent is not None and here.registry.tuning_job(parent) is None:
            yield "WarmStartConfig", f"it starts from the tuning job `{parent}`, which was not made here"
    config = arguments.get("HyperParameterTuningJobConfig") or {}
    ranges = config.get("ParameterRanges") or {}
    if config.get("Strategy") == "Grid" and (
        ranges.get("ContinuousParameterRanges") or ranges.get("IntegerParameterRanges")
    ):
        yield "HyperParameterTuningJobConfig", "a grid is walked through categorical ranges only"


def _job(at: str, arguments: dict[str, Json], given: str, resources: str) -> Found:
    if arguments.get("ServerlessJobConfig"):
        yield f"{at}ServerlessJobConfig", "a serverless job trains a model that only the service has"
        return
    yield from _hosts(f"{at}{resources}", arguments.get(resources) or {})
    specification = arguments.get("AlgorithmSpecification") or {}
    words = decoded({k: v for k, v in (arguments.get(given) or {}).items() if v is not None})
    scripted = PROGRAM in words or specification.get("ContainerEntrypoint")
    image, place = image_of(arguments), f"{at}AlgorithmSpecification"
    if specification.get("AlgorithmName"):
        yield f"{place}/AlgorithmName", f"the algorithm `{specification['AlgorithmName']}` is not here"
    elif not scripted and "xgboost" not in image:
        yield f"{place}/TrainingImage", f"the image `{image}` has no script: only XGBoost runs here without one"
    yield from _mode(f"{place}/TrainingInputMode", "the job", specification.get("TrainingInputMode"))
    for number, channel in enumerate(arguments.get("InputDataConfig") or []):
        yield from _channel(f"{at}InputDataConfig/{number}", channel, bool(scripted))


def _channel(at: str, channel: dict[str, Json], scripted: bool) -> Found:
    about = f"channel `{channel.get('ChannelName', '')}`"
    source = (channel.get("DataSource") or {}).get("S3DataSource")
    if source is None:
        yield at, f"{about} reads a file system"
        return
    yield from _mode(f"{at}/InputMode", about, channel.get("InputMode"))
    yield from _list_type(f"{at}/DataSource/S3DataSource/S3DataType", about, source.get("S3DataType"))
    if channel.get("CompressionType") not in (None, "None"):
        yield f"{at}/CompressionType", f"{about} is unpacked by the service in Pipe mode only"
    if channel.get("RecordWrapperType") not in (None, "None"):
        yield f"{at}/RecordWrapperType", f"{about} is wrapped in RecordIO by the service in Pipe mode only"
    content = str(channel.get("ContentType") or "")
    if not scripted and ("parquet" in content or "protobuf" in content):
        yield f"{at}/ContentType", f"{about} is `{content}`: XGBoost without a script reads CSV and libsvm here"


def _transform(arguments: dict[str, Json], here: Here) -> Found:
    from compiler.local.jobs.filters import filter_problem

    yield from _hosts("TransformResources", arguments.get("TransformResources") or {})
    model = arguments.get("ModelName")
    if model is not None and here.registry.model(str(model)) is None:
        yield "ModelName", f"no model is named `{model}` here; a Model step makes one"
    given = arguments.get("TransformInput") or {}
    source = (given.get("DataSource") or {}).get("S3DataSource") or {}
    yield from _list_type("TransformInput/DataSource/S3DataSource/S3DataType", "the input", source.get("S3DataType"))
    split, processing = given.get("SplitType"), arguments.get("DataProcessing") or {}
    if split not in _SPLITS:
        yield "TransformInput/SplitType", f"records split by {split} are not read here"
    for member in ("InputFilter", "OutputFilter"):
        problem = filter_problem(str(processing.get(member) or "$"))
        if problem:
            yield f"DataProcessing/{member}", f"{member}: {problem}"
    if processing and split in ("RecordIO", "TFRecord"):
        yield "DataProcessing", f"records split by {split} are neither filtered nor joined"


def _model_of(node: Node, plan: Plan, state: State) -> Iterable[Refusal]:
    """Whether a transform can serve the model that another step will make."""
    match node.arguments.get("ModelName"):
        case {"Get": str(path)} if node.type == "Transform" and path.endswith(".ModelName"):
            maker = plan.nodes.get(path.split(".")[1])
        case _:
            maker = None
    if maker is None or maker.type != "Model":
        return
    try:
        served(known(maker.arguments, state), None)
    except NoServer as problem:
        yield Refusal("Arguments/ModelName", f"the model of `{maker.name}` cannot be served: {problem}")


def _nothing(arguments: dict[str, Json], here: Here) -> Found:
    yield from ()


def _condition(arguments: dict[str, Json], here: Here) -> Found:
    for number, condition in enumerate(arguments.get("Conditions") or []):
        yield from ((f"Conditions/{number}", text) for text in _one_condition(condition))


def _one_condition(condition: dict[str, Json]) -> Iterator[str]:
    kind = condition.get("Type")
    if kind not in COMPARISONS:
        yield f"`{kind}` is no condition; these are: {', '.join(COMPARISONS)}"
    for inner in [condition.get("Condition"), *(condition.get("Conditions") or [])]:
        if inner:
            yield from _one_condition(inner)


def _hosts(at: str, resources: dict[str, Json]) -> Found:
    count = resources.get("InstanceCount")
    groups = resources.get("InstanceGroups") or []
    if isinstance(count, int) and count > 1:
        yield f"{at}/InstanceCount", f"{count} instances are wanted, and this is one machine"
    elif sum(int(group.get("InstanceCount") or 1) for group in groups) > 1:
        yield at, "several instances are wanted, and this is one machine"


def _mode(at: str, about: str, mode: Json) -> Found:
    if mode == "Pipe":
        yield at, f"{about} is read in Pipe mode"


def _list_type(at: str, about: str, kind: Json) -> Found:
    if kind not in _LISTS:
        yield at, f"{about} is a {kind}, which is not read here"


def _place(at: str, about: str, path: Json) -> Found:
    if isinstance(path, str) and not path.startswith(f"{ML}/"):
        yield at, f"{about} lies at `{path}`, outside of {ML}"


_CHECKS: dict[str, Callable[[dict[str, Json], Here], Found]] = {
    "Processing": _processing,
    "Training": _training,
    "Tuning": _tuning,
    "Transform": _transform,
    "Model": _nothing,
    "RegisterModel": _nothing,
    "Condition": _condition,
}
