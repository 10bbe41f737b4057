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
    "TrainingInputMode": "File",
    "ScalingType": "Auto",
    "TrainingJobEarlyStoppingType": "Off",
    "AppManaged": False,
    "EnableNetworkIsolation": False,
    "EnableInterContainerTrafficEncryption": False,
    "EnableManagedSpotTraining": False,
    "BackoffRate": 2.0,
    "IntervalSeconds": 1,
    "On": "",
}


class Difference(NamedTuple):
    """`before` and `after` at `path`; MISSING on the side where there is nothing."""

    path: str
    before: Json
    after: Json


def differences(before: Json, after: Json, path: str = "") -> Iterator[Difference]:
    """Where the two differ, at the deepest path that tells; nothing where they mean the same."""
    if same(before, after):
        return
    if isinstance(before, dict) and isinstance(after, dict) and not (_reference(before) or _reference(after)):
        yield from _maps(before, after, path)
    elif isinstance(before, list) and isinstance(after, list) and (_named(before) or _named(after)):
        yield from _named_lists(before, after, path)
    else:
        yield Difference(path, before, after)


def same(before: Json, after: Json, key: str = "") -> bool:
    """Whether two values mean the same."""
    before, after = _defaulted(before, key), _defaulted(after, key)
    match before, after:
        case dict(), dict():
            keys = dict.fromkeys([*before, *after])
            return all(same(before.get(k, MISSING), after.get(k, MISSING), k) for k in keys)
        case list(), list() if key in UNORDERED or _named(before):
            return len(before) == len(after) and _same_in_any_order(before, after)
        case list(), list():
            return len(before) == len(after) and all(same(a, b) for a, b in zip(before, after, strict=True))
        case (bool(), _) | (_, bool()):
            return before is after
        case int() | float(), int() | float():
            return bool(before == after)
        case _:
            return bool(before == after) and type(before) is type(after)


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
    if key == "CacheConfig" and isinstance(value, dict) and value.get("Enabled") is False:
        return MISSING
    return value


def _maps(before: dict[str, Json], after: dict[str, Json], path: str) -> Iterator[Difference]:
    for key in dict.fromkeys([*before, *after]):
        one, other = before.get(key, MISSING), after.get(key, MISSING)
        if not same(one, other, key):
            yield from differences(one, other, f"{path}.{key}" if path else key)


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
