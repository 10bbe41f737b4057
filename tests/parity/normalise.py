"""The normalisations under which our definitions are compared with the SDK's.

Each is one function from definition to definition whose docstring begins with its justification; NORMALISATIONS says
against which major version of the SDK it is used and whether our side passes through it, too. None touches a value
that reaches a job: what is left must be equal, lists in their order included.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

JSON = Any
Rule = Callable[[dict[str, JSON], str], JSON]


def rewrite(node: JSON, rule: Rule, key: str = "") -> JSON:
    """`node` with `rule(object, key it stands under)` applied to every object, innermost first."""
    match node:
        case dict():
            return rule({name: rewrite(value, rule, name) for name, value in node.items()}, key)
        case list():
            return [rewrite(value, rule, key) for value in node]
        case _:
            return node


def rewrite_text(node: JSON, change: Callable[[str], str]) -> JSON:
    """`node` with `change` applied to every string value, object keys excepted."""
    match node:
        case dict():
            return {name: rewrite_text(value, change) for name, value in node.items()}
        case list():
            return [rewrite_text(value, change) for value in node]
        case str():
            return change(node)
        case _:
            return node


# What the API documents as its default, by the member it stands in; the SDK writes some of them out, not all of them.
API_DEFAULTS = (
    ("ProcessingInputs", "AppManaged", False),
    ("Outputs", "AppManaged", False),
    ("S3Input", "S3DataDistributionType", "FullyReplicated"),
    ("S3Input", "S3CompressionType", "None"),
    ("SecurityConfig", "EnableInterContainerTrafficEncryption", False),
    ("RetryPolicies", "BackoffRate", 2.0),
    ("RetryPolicies", "IntervalSeconds", 1),
    ("Arguments", "SkipModelValidation", "None"),
)


def api_defaults(definition: JSON) -> JSON:
    """A member that holds the API's documented default says nothing; the SDK writes it in some steps, in others not."""

    def rule(node: dict[str, JSON], key: str) -> JSON:
        defaults = {member: value for parent, member, value in API_DEFAULTS if parent == key}
        return {name: value for name, value in node.items() if name not in defaults or value != defaults[name]}

    return rewrite(definition, rule)


def empty_members(definition: JSON) -> JSON:
    """A member that is null, {} or [] says nothing; the SDK fills in many (`Bias`, `Environment`, `Metadata`)."""

    def rule(node: dict[str, JSON], _: str) -> JSON:
        return {name: value for name, value in node.items() if value not in (None, {}, [])}

    return rewrite(definition, rule)


STAMPED = re.compile(r's3://[^\s"]*(?:[0-9a-f]{64}|<hash>|<time>)[^\s"]*/([^\s"/]+)')


def uploaded_code(definition: JSON) -> JSON:
    """Where uploaded code lies is each tool's own affair (we hash contents alone, the SDK paths as well); its file name
    stays."""

    def rule(node: dict[str, JSON], _: str) -> JSON:
        if node.get("InputName") != "analysis_config":
            return node
        name = node["S3Input"]["S3Uri"].rpartition("/")[2]
        return node | {"S3Input": node["S3Input"] | {"S3Uri": f"s3://uploaded/{name}"}}

    return rewrite(rewrite_text(definition, lambda text: STAMPED.sub(r"s3://uploaded/\1", text)), rule)


def joined_text(definition: JSON) -> JSON:
    """A Join is compared by the text it makes: `a`, `b` on "/" is the same as `a`, "/", `b` on ""."""
    return rewrite(definition, lambda node, _: flat_join(node["Std:Join"]) if "Std:Join" in node else node)


def flat_join(join: Mapping[str, JSON]) -> JSON:
    """The Join with its separators written out, nested ones dissolved and neighbouring literals merged."""
    pieces: list[JSON] = []
    for index, value in enumerate(join["Values"]):
        inner = value["Std:Join"]["Values"] if isinstance(value, dict) and "Std:Join" in value else [value]
        for piece in [join["On"], *inner] if index and join["On"] else inner:
            if pieces and isinstance(piece, str) and isinstance(pieces[-1], str):
                pieces[-1] += piece
            elif piece != "":
                pieces.append(piece)
    return {"Std:Join": {"On": "", "Values": pieces}}


def property_file_names(definition: JSON) -> JSON:
    """A property file's name is a handle within the definition; it is compared by its output and its path."""
    names: dict[str, str] = {}

    def declare(node: dict[str, JSON], _: str) -> JSON:
        files = []
        for file in node.get("PropertyFiles", ()):
            name = f"{file['OutputName']}/{file['FilePath']}"
            names[f"Steps.{node['Name']}.PropertyFiles.{file['PropertyFileName']}"] = name
            files.append(file | {"PropertyFileName": name})
        return node | {"PropertyFiles": files} if files else node

    def refer(text: str) -> str:
        return f"{text.partition('.PropertyFiles.')[0]}.PropertyFiles.{names[text]}" if text in names else text

    return rewrite_text(rewrite(definition, declare), refer)


def tuning_resources(definition: JSON) -> JSON:
    """The API takes a tuning job's instances in either of two members: SDK 2.x writes one, 3.x the other."""

    def rule(node: dict[str, JSON], _: str) -> JSON:
        return {name.replace("HyperParameterTuningResourceConfig", "ResourceConfig"): node[name] for name in node}

    return rewrite(definition, rule)


def profiler_off(definition: JSON) -> JSON:
    """We ask for no profiler by not naming one; SDK 2.x, told to leave it off, writes that down."""

    def rule(node: dict[str, JSON], _: str) -> JSON:
        off = node.get("ProfilerConfig") == {"DisableProfiler": True}
        return {name: value for name, value in node.items() if name != "ProfilerConfig" or not off}

    return rewrite(definition, rule)


SUFFIXES = {"RegisterModel": "-RegisterModel", "Model": "-CreateModel"}


def model_step_names(definition: JSON) -> JSON:
    """SDK 2.x appends `-RegisterModel` or `-CreateModel` to the name its author gave the step; 3.x no longer does."""
    names: dict[str, str] = {}

    def declare(node: dict[str, JSON], _: str) -> JSON:
        suffix = SUFFIXES.get(node.get("Type", ""))
        if suffix and "Name" in node:
            names[node["Name"]] = node["Name"].removesuffix(suffix)
        return node

    def refer(text: str) -> str:
        root, _, rest = text.partition(".")
        step, _, path = rest.partition(".")
        return f"Steps.{names[step]}.{path}" if root == "Steps" and step in names else names.get(text, text)

    return rewrite_text(rewrite(definition, declare), refer)


BOOKKEEPING = ("sagemaker_job_name", "sagemaker_estimator_class_name", "sagemaker_estimator_module")


def tuning_bookkeeping(definition: JSON) -> JSON:
    """SDK 2.x leaves notes to itself among a tuning job's hyperparameters, a timestamped job name among them."""

    def rule(node: dict[str, JSON], key: str) -> JSON:
        dropped = BOOKKEEPING if key == "StaticHyperParameters" else ()
        return {name: value for name, value in node.items() if name not in dropped}

    return rewrite(definition, rule)


def channel_input_mode(definition: JSON) -> JSON:
    """SDK 3.x repeats the job's input mode in its channels; the API inherits it."""

    def rule(node: dict[str, JSON], _: str) -> JSON:
        mode = node.get("AlgorithmSpecification", {}).get("TrainingInputMode")
        if not mode or "InputDataConfig" not in node:
            return node
        channels = [
            {name: value for name, value in channel.items() if name != "InputMode" or value != mode}
            for channel in node["InputDataConfig"]
        ]
        return node | {"InputDataConfig": channels}

    return rewrite(definition, rule)


SERVING = {"SAGEMAKER_PROGRAM", "SAGEMAKER_SUBMIT_DIRECTORY", "SAGEMAKER_CONTAINER_LOG_LEVEL", "SAGEMAKER_REGION"}


def serving_environment(definition: JSON) -> JSON:
    """SDK 3.x gives a registered container the variables of script mode even where there is no script (all empty)."""

    def rule(node: dict[str, JSON], key: str) -> JSON:
        scriptless = key == "Environment" and node.get("SAGEMAKER_PROGRAM") == ""
        return {name: value for name, value in node.items() if not scriptless or name not in SERVING}

    return rewrite(definition, rule)


DELIVERED = ("code", "sm_drivers")  # channels


def script_delivery(definition: JSON) -> JSON:
    """We deliver training scripts as SDK 2.x does; 3.x has channels and an entrypoint of its own, and hyperparameters
    in plain text. All else of such a step is compared."""

    def rule(node: dict[str, JSON], _: str) -> JSON:
        member = "StaticHyperParameters" if "StaticHyperParameters" in node else "HyperParameters"
        parameters, channels = node.get(member, {}), node.get("InputDataConfig", [])
        drivers = any(channel.get("ChannelName") == "sm_drivers" for channel in channels)
        if not drivers and "sagemaker_program" not in parameters:
            return node
        algorithm = node["AlgorithmSpecification"].items()
        return node | {
            "AlgorithmSpecification": {k: value for k, value in algorithm if not k.startswith("Container")},
            "InputDataConfig": [channel for channel in channels if channel["ChannelName"] not in DELIVERED],
            member: {k: plain_text(value) for k, value in parameters.items() if not k.startswith("sagemaker_")},
        }

    return rewrite(definition, rule)


def plain_text(value: JSON) -> JSON:
    """A JSON string in a string, undone; anything else as it is."""
    quoted = isinstance(value, str) and value.startswith('"')
    return json.loads(value) if quoted else value


@dataclass(frozen=True, slots=True)
class Normalisation:
    """One normalisation: the major versions of the SDK it is used against, and whether our side passes through it."""

    apply: Callable[[JSON], JSON]
    against: tuple[int, ...]
    ours: bool

    @property
    def name(self) -> str:
        return self.apply.__name__


NORMALISATIONS = (
    Normalisation(api_defaults, against=(2, 3), ours=True),
    Normalisation(tuning_bookkeeping, against=(2,), ours=False),
    Normalisation(profiler_off, against=(2,), ours=False),
    Normalisation(model_step_names, against=(2,), ours=False),
    Normalisation(channel_input_mode, against=(3,), ours=False),
    Normalisation(serving_environment, against=(3,), ours=False),
    Normalisation(script_delivery, against=(3,), ours=True),
    Normalisation(tuning_resources, against=(2, 3), ours=True),
    Normalisation(uploaded_code, against=(2, 3), ours=True),
    Normalisation(joined_text, against=(2, 3), ours=True),
    Normalisation(property_file_names, against=(2, 3), ours=True),
    Normalisation(empty_members, against=(2, 3), ours=True),
)


def normalise(definition: JSON, major: int, *, ours: bool) -> JSON:
    """`definition` as it takes part in the comparison with the SDK's `major` version; `ours` says whose it is."""
    for normalisation in NORMALISATIONS:
        if major in normalisation.against and (normalisation.ours or not ours):
            definition = normalisation.apply(definition)
    return definition
