"""Two JSON values compared by meaning: names before positions, numbers before spelling, defaults before absence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

Json = Any
MISSING: Json = ...
NAMES = (
    "Name", "InputName", "OutputName", "ChannelName", "PropertyFileName", "VariantName", "Key", "StepName",
    "ActionName", "ArtifactName", "ContextName", "RuleConfigurationName",
)  # fmt: skip
UNORDERED = ("Tags", "DependsOn", "Subnets", "SecurityGroupIds", "ExceptionType")
# What the service takes an absent member for; definition against definition, either spelling means the same.
DEFAULTS: dict[str, Json] = {
    "S3DataDistributionType": "FullyReplicated",
    "S3CompressionType": "None",
    "S3InputMode": "File",
    "CompressionType": "None",
    "RecordWrapperType": "None",
    "SplitType": "None",
    "AssembleWith": "None",
    "JoinSource": "None",
    "InputFilter": "$",
    "OutputFilter": "$",
    "MaxPayloadInMB": 6,
    "InitialVariantWeight": 1.0,
    "Mode": "SingleModel",
    "TrainingInputMode": "File",
    "ScalingType": "Auto",
    "TrainingJobEarlyStoppingType": "Off",
    "AppManaged": False,
    "EnableNetworkIsolation": False,
    "EnableInterContainerTrafficEncryption": False,
    "EnableManagedSpotTraining": False,
    "BackoffRate": 2.0,
    "IntervalSeconds": 1,
    "SkipModelValidation": "None",
    "On": "",
}
WHOLE = ("Conditions", *UNORDERED)  # lists that are read as a whole
GZIP = ("CompressionType", "GZIP")  # what OutputDataConfig means by nothing; inputs spell theirs otherwise
# Maps whose members are the author's: what is empty or a default elsewhere is a value here, and order counts.
FREE_ARGUMENTS = "Arguments of a function or a queue"
FREE = (
    "HyperParameters",
    "StaticHyperParameters",
    "Environment",
    "Metadata",
    "CustomerMetadataProperties",
    FREE_ARGUMENTS,
)


class Difference(NamedTuple):
    """`before` and `after` at `path`; MISSING on the side where there is nothing."""

    path: str
    before: Json
    after: Json


def differences(before: Json, after: Json, path: str = "", key: str = "", free: bool = False) -> Iterator[Difference]:
    """Where the two differ, at the deepest path that tells; nothing where they mean the same."""
    if same(before, after, key, free):
        return
    free = _free(key, free)
    if isinstance(before, dict) and isinstance(after, dict) and not (_reference(before) or _reference(after)):
        yield from _maps(before, after, path, free)
    elif isinstance(before, list) and isinstance(after, list) and not free and (_named(before) or _named(after)):
        yield from _named_lists(before, after, path)
    elif not free and key not in WHOLE and _paired(before, after):
        for number, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from differences(one, other, f"{path}[{number}]")
    else:
        yield Difference(path, before, after)


def _paired(before: Json, after: Json) -> bool:
    """Whether both are lists of as many maps: then the first is held against the first, and so on."""
    both = [*before, *after] if isinstance(before, list) and isinstance(after, list) else []
    return bool(both) and len(before) == len(after) and all(isinstance(i, dict) and not _reference(i) for i in both)


def same(before: Json, after: Json, key: str = "", free: bool = False) -> bool:
    """Whether two values mean the same; `key` names them, `free` says that they stand in a map of the author's."""
    if not free:
        before, after = _defaulted(before, key), _defaulted(after, key)
    free = _free(key, free)
    match before, after:
        case {"Std:Join": dict(one)}, {"Std:Join": dict(other)}:
            return same(_parts(one), _parts(other))
        case dict(), dict():
            before, after = (before, after) if free else (_settled(before), _settled(after))
            members = dict.fromkeys([*before, *after])
            return all(same(before.get(k, MISSING), after.get(k, MISSING), _key(k, before), free) for k in members)
        case list(), list() if not free and (key in UNORDERED or _named(before)):
            return len(before) == len(after) and _same_in_any_order(before, after)
        case list(), list():
            pairs = zip(before, after, strict=False)
            return len(before) == len(after) and all(same(a, b, "", free) for a, b in pairs)
        case (dict() as only, gone) | (gone, dict() as only) if gone is MISSING and not free:
            return all(same(value, MISSING, name) for name, value in only.items())
        case (bool(), _) | (_, bool()):
            return before is after
        case int() | float(), int() | float():
            return bool(before == after)
        case _:
            return bool(before == after) and type(before) is type(after)


def _parts(join: dict[str, Json]) -> list[Json]:
    """What a Join is made of, with what it sets between: neighbouring texts as one, inner Joins as their parts."""
    found: list[Json] = []
    between, values = join.get("On") or "", join.get("Values")
    if not isinstance(values, list):
        return [join]
    for number, value in enumerate(values):
        inner = value.get("Std:Join") if isinstance(value, dict) else None
        for part in (between if number else "", *(_parts(inner) if isinstance(inner, dict) else [value])):
            if isinstance(part, str) and found and isinstance(found[-1], str):
                found[-1] += part
            elif part != "":
                found.append(part)
    return found


def _settled(value: dict[str, Json]) -> dict[str, Json]:
    """The request of a training job, its channels without a mode that is the job's own anyway. API: Channel."""
    channels, algorithm = value.get("InputDataConfig"), value.get("AlgorithmSpecification")
    if not isinstance(channels, list) or not isinstance(algorithm, dict):
        return value
    mode = ("InputMode", algorithm.get("TrainingInputMode") or DEFAULTS["TrainingInputMode"])
    plain = [{k: v for k, v in c.items() if (k, v) != mode} if isinstance(c, dict) else c for c in channels]
    return {**value, "InputDataConfig": plain}


def _free(key: str, free: bool) -> bool:
    """Whether what stands in a value of that name is the author's; a Join is the service's everywhere."""
    return (free or key in FREE) and key != "Std:Join"


def _key(key: str, holder: dict[str, Json]) -> str:
    """The name of a member; the arguments of Lambda and Callback have one of their own."""
    return FREE_ARGUMENTS if key == "Arguments" and ("FunctionArn" in holder or "SqsQueueUrl" in holder) else key


def _same_in_any_order(before: list[Json], after: list[Json]) -> bool:
    left = list(after)
    for one in before:
        at = next((i for i, other in enumerate(left) if same(one, other)), None)
        if at is None:
            return False
        left.pop(at)
    return True


def _defaulted(value: Json, key: str) -> Json:
    """A missing or empty value as what it stands for."""
    if value is MISSING or value is None or value == [] or value == {}:
        return DEFAULTS.get(key, MISSING)
    if (key, value) == GZIP:
        return DEFAULTS[key]
    if key == "CacheConfig" and isinstance(value, dict) and value.get("Enabled") is False:
        return MISSING
    return value


def _maps(before: dict[str, Json], after: dict[str, Json], path: str, free: bool) -> Iterator[Difference]:
    before, after = (before, after) if free else (_settled(before), _settled(after))
    for key in dict.fromkeys([*before, *after]):
        one, other = before.get(key, MISSING), after.get(key, MISSING)
        yield from differences(one, other, f"{path}.{key}" if path else key, _key(key, before), free)


def _reference(value: dict[str, Json]) -> bool:
    return len(value) == 1 and next(iter(value)) in ("Get", "Std:Join", "Std:JsonGet")


def _named(items: list[Json]) -> str:
    """The member that names the items of a list, or "" where they have none in common."""
    for name in NAMES:
        if items and all(isinstance(i, dict) and isinstance(i.get(name), str) for i in items):
            values = [i[name] for i in items]
            return name if len(set(values)) == len(values) else ""
    return ""


def _named_lists(before: list[Json], after: list[Json], path: str) -> Iterator[Difference]:
    name = _named(before) or _named(after)
    if (before and _named(before) != name) or (after and _named(after) != name):
        yield Difference(path, before, after)
        return
    one, other = {i[name]: i for i in before}, {i[name]: i for i in after}
    for key in dict.fromkeys([*one, *other]):
        left, right = one.get(key, MISSING), other.get(key, MISSING)
        if name == "Key" and isinstance(left, dict) and isinstance(right, dict):
            left, right = left.get("Value", MISSING), right.get("Value", MISSING)
        if not same(left, right):
            yield from differences(left, right, f"{path}['{key}']")
