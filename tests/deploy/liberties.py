"""A definition as a service may give it back: the same in meaning, in another spelling.

Keys in another order, whole numbers as floats and floats as whole numbers, other spacing and escapes, what is empty or
a default put in, and lists in another order where the service knows none.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from typing import Any

Json = Any
OWN = ("HyperParameters", "StaticHyperParameters", "Environment", "Metadata")  # what is in them is the author's
SETS = ("Tags", "DependsOn", "Subnets", "SecurityGroupIds", "ExceptionType")
# Where a map has the first member, or all of them, the service takes these others for granted.
DEFAULTS: list[tuple[tuple[str, ...], dict[str, Json]]] = [
    (("S3Uri", "S3DataType"), {"S3DataDistributionType": "FullyReplicated"}),
    (("S3Uri", "S3DataType", "LocalPath"), {"S3CompressionType": "None", "S3InputMode": "File"}),
    (("ChannelName",), {"CompressionType": "None", "RecordWrapperType": "None"}),
    (("InputName", "S3Input"), {"AppManaged": False}),
    (("OutputName", "S3Output"), {"AppManaged": False}),
    (("AlgorithmSpecification", "OutputDataConfig", "RoleArn"), {
        "EnableNetworkIsolation": False, "EnableInterContainerTrafficEncryption": False,
        "EnableManagedSpotTraining": False,
    }),
    (("Name", "MinValue", "MaxValue"), {"ScalingType": "Auto"}),
    (("HyperParameterTuningJobObjective",), {"TrainingJobEarlyStoppingType": "Off"}),
    (("ExceptionType",), {"BackoffRate": 2, "IntervalSeconds": 1.0}),
    (("TransformInput", "TransformOutput"), {"MaxPayloadInMB": 6.0}),
    (("DataSource", "ContentType"), {"CompressionType": "None"}),
    (("VariantName", "InitialInstanceCount"), {"InitialVariantWeight": 1}),
    (("Values",), {"On": ""}),
]  # fmt: skip
EMPTY: list[tuple[tuple[str, ...], dict[str, Json]]] = [
    (("Name", "Type", "Arguments"), {"DependsOn": [], "RetryPolicies": None, "CacheConfig": {"Enabled": False},
                                     "Description": None}),
    (("Version", "Steps"), {"PipelineExperimentConfig": None, "MlflowConfig": None}),
    (("ProcessingResources", "AppSpecification"), {"Environment": {}, "Tags": [], "ProcessingInputs": None}),
    (("AlgorithmSpecification", "OutputDataConfig"), {"VpcConfig": None, "Tags": []}),
]  # fmt: skip


def given_back(definition: Json, chance: random.Random) -> str:
    """The definition's text as the service may answer it."""
    spelt = _spelt(definition, chance, free=False)
    for parameter in spelt.get("Parameters") or []:
        if parameter.get("Type") == "String" and chance.random() < 0.3:
            del parameter["Type"]
    style: dict[str, Any] = chance.choice([{"indent": 1}, {"separators": (",", ":")}, {"ensure_ascii": False}, {}])
    return json.dumps(spelt, **style)


def _spelt(value: Json, chance: random.Random, free: bool) -> Json:
    match value:
        case dict():
            items = [(k, _member(value, k, v, chance, free)) for k, v in value.items()]
            items += [] if free else [*_added(value, chance, DEFAULTS), *_added(value, chance, EMPTY)]
            chance.shuffle(items)
            return dict(items)
        case list():
            return [_spelt(v, chance, free) for v in value]
        case bool() | str() | None:
            return value
        case int():
            return float(value) if chance.random() < 0.5 else value
        case float():
            return int(value) if value.is_integer() and chance.random() < 0.5 else value
    raise AssertionError(value)


def _member(holder: Json, key: str, value: Json, chance: random.Random, free: bool) -> Json:
    own = key in OWN or (key == "Arguments" and ("FunctionArn" in holder or "SqsQueueUrl" in holder))
    spelt = _spelt(value, chance, (free or own) and key != "Std:Join")
    if not free and key in SETS and isinstance(spelt, list):
        chance.shuffle(spelt)
    return spelt


def _added(holder: Json, chance: random.Random, table: Any) -> Iterator[tuple[str, Json]]:
    for needed, members in table:
        if all(key in holder for key in needed):
            yield from ((k, v) for k, v in members.items() if k not in holder and chance.random() < 0.6)


def changed(definition: Json, chance: random.Random) -> Json:
    """The definition with one value changed, somewhere in the arguments of a step; None where there is none."""
    copy = json.loads(json.dumps(definition))
    found = list(_leaves(copy["Steps"]))
    if not found:
        return None
    chance.choice(found)()
    return copy


def _leaves(value: Json) -> Iterator[Callable[[], None]]:
    """What changes each text and number, but names and references."""
    entries: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in entries:
        match inner:
            case dict() | list():
                yield from _leaves(inner)
            case str() if isinstance(key, str) and not key.endswith("Name") and key not in ("Get", "Type", "Key"):
                yield lambda h=value, k=key, v=inner: h.__setitem__(k, f"{v} changed")  # type: ignore[misc]
            case int() | float() if not isinstance(inner, bool):
                yield lambda h=value, k=key, v=inner: h.__setitem__(k, v + 1)  # type: ignore[misc]
