"""What values become when a definition runs: `Get`, `Std:Join`, `Std:JsonGet` and conditions."""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any

from compiler.diff.values import NAMES
from compiler.text import record
from compiler.text.jsonfault import parse_json

Json = Any
Segment = str | int
NOTHING: Json = ...

_SEGMENT = re.compile(r"""\.?(?P<name>[^.\[\]'"]+)|\[(?P<index>\d+)\]|\[(?P<quote>['"])(?P<key>.*?)(?P=quote)\]""")
_COMPARE: Mapping[str, Callable[[Json, Json], bool]] = {
    "Equals": operator.eq,
    "GreaterThan": operator.gt,
    "GreaterThanOrEqualTo": operator.ge,
    "LessThan": operator.lt,
    "LessThanOrEqualTo": operator.le,
}
COMPARISONS = (*_COMPARE, "In", "Not", "Or")
TYPES: Mapping[str, tuple[type, ...]] = {
    "String": (str,), "Integer": (int,), "Float": (int, float), "Boolean": (bool,),
}  # fmt: skip


class ValueFault(Exception):
    """A value cannot be had; the text says which and why, in one line."""


@record
class Scope:
    """What a value may see beyond the execution: the item of a loop, how the steps of its body are called in this
    iteration, and the name of the job that is about to start."""

    item: Json = NOTHING
    renamed: Mapping[str, str] = field(default_factory=dict)
    job_name: str = ""


class State:
    """What is known while a definition runs: parameters, execution variables, and the properties of ended steps.

    `read` gives the content of an S3 URI and raises `ValueFault` where nothing lies there. `measured` are the values
    that were read from property files, by `step: path`.
    """

    def __init__(
        self, parameters: Mapping[str, Json], execution: Mapping[str, str], read: Callable[[str], bytes]
    ) -> None:
        self.parameters = dict(parameters)
        self.execution = dict(execution)
        self.properties: dict[str, Json] = {}
        self.property_files: dict[str, list[dict[str, str]]] = {}
        self.measured: dict[str, Json] = {}
        self._read = read

    def evaluate(self, value: Json, scope: Scope) -> Json:
        """The value with every reference replaced. Raises `ValueFault`."""
        match value:
            case {"Get": str(path), **rest} if not rest:
                return self.get(path, scope)
            case {"Std:Join": {"Values": list(parts), **rest}}:
                return str(rest.get("On", "")).join(as_text(self.evaluate(part, scope)) for part in parts)
            case {"Std:JsonGet": dict(call)}:
                return self._json_get(call, scope)
            case dict():
                return {key: self.evaluate(inner, scope) for key, inner in value.items()}
            case list():
                return [self.evaluate(inner, scope) for inner in value]
            case _:
                return value

    def get(self, path: str, scope: Scope) -> Json:
        """What a `Get` path leads to."""
        root, _, rest = path.partition(".")
        match root:
            case "Parameters":
                return _member(self.parameters, rest, path)
            case "Execution" if rest in ("TrainingJobName", "ProcessingJobName"):
                return scope.job_name
            case "Execution":
                return _member(self.execution, rest, path)
            case "ForEach" if scope.item is not NOTHING:
                return _current_item(scope.item, segments(rest)[1:], path)
            case "Steps":
                step, *inner = segments(rest)
                name = scope.renamed.get(str(step), str(step))
                if name not in self.properties:
                    raise ValueFault(f"`{path}`: step `{name}` has not run")
                return select(self.properties[name], inner, path)
            case "PipelineExperimentConfig":
                return ""
            case _:
                raise ValueFault(f"`{path}` is not known here")

    def _json_get(self, call: dict[str, Json], scope: Scope) -> Json:
        path = str(call.get("Path", ""))
        match call:
            case {"PropertyFile": {"Get": str(reference)}}:
                _, step, _, name = [str(s) for s in segments(reference)][:4]
                uri = self._property_file(scope.renamed.get(step, step), step, name)
                about = step
            case _:
                uri = as_text(self.evaluate(call.get("S3Uri"), scope))
                about = uri
        try:
            content = parse_json(self._read(uri))
        except ValueError:
            raise ValueFault(f"`{uri}` is not valid JSON") from None
        found = select(content, segments(path.removeprefix("$")), f"{path} in {uri}")
        self.measured[f"{about}: {path}"] = found
        return found

    def _property_file(self, run: str, step: str, name: str) -> str:
        """Where a property file lies: its path below the output it belongs to."""
        for file in self.property_files.get(step, ()):
            if file.get("PropertyFileName") == name:
                place = segments(f"ProcessingOutputConfig.Outputs['{file['OutputName']}'].S3Output.S3Uri")
                uri = select(self.properties.get(run), place, f"output `{file['OutputName']}` of `{run}`")
                return f"{uri.rstrip('/')}/{file['FilePath']}"
        raise ValueFault(f"step `{step}` has no property file `{name}`")

    def holds(self, condition: dict[str, Json], scope: Scope) -> bool:
        """Whether a condition holds. Raises `ValueFault` where its sides cannot be compared."""
        match condition:
            case {"Type": "Not", "Condition": dict(inner)}:
                return not self.holds(inner, scope)
            case {"Type": "Or", "Conditions": list(several)}:
                return any(self.holds(inner, scope) for inner in several)
            case {"Type": "In", "QueryValue": query, "Values": list(values)}:
                wanted = self.evaluate(query, scope)
                return any(_compared("Equals", wanted, self.evaluate(v, scope)) for v in values)
            case {"Type": str(kind), "LeftValue": left, "RightValue": right} if kind in _COMPARE:
                return _compared(kind, self.evaluate(left, scope), self.evaluate(right, scope))
            case _:
                raise ValueFault(f"`{condition.get('Type')}` is no condition that can be evaluated")


def _compared(kind: str, left: Json, right: Json) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        left, right = as_text(left).lower(), as_text(right).lower()
    numbers = (int, float)
    if not (isinstance(left, str) and isinstance(right, str)) and not (
        isinstance(left, numbers) and isinstance(right, numbers)
    ):
        raise ValueFault(f"{json.dumps(left)} and {json.dumps(right)} cannot be compared: one is text")
    return bool(_COMPARE[kind](left, right))


def is_of_type(value: Json, kind: str) -> bool:
    """Whether a value is of one of `TYPES`; true and false are no numbers."""
    return isinstance(value, TYPES[kind]) and (kind == "Boolean" or not isinstance(value, bool))


def as_text(value: Json) -> str:
    """A value as `Std:Join` writes it: numbers as JSON writes them, booleans in lower case."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def segments(path: str) -> list[Segment]:
    """`A.B['c'][0]` as its members, keys and indexes."""
    found: list[Segment] = []
    for match in _SEGMENT.finditer(path):
        index = match["index"]
        found.append(int(index) if index is not None else match["name"] if match["name"] is not None else match["key"])
    return found


def select(value: Json, path: list[Segment], shown: str) -> Json:
    """What lies at a path; a list takes an index, or the name of an entry."""
    for segment in path:
        value = _below(value, segment)
        if value is NOTHING:
            raise ValueFault(f"`{shown}`: there is no `{segment}`")
    return value


def _below(value: Json, segment: Segment) -> Json:
    match value, segment:
        case dict(), _:
            return value.get(str(segment), NOTHING)
        case list(), int():
            return value[segment] if segment < len(value) else NOTHING
        case list(), str():
            named = [i for i in value if isinstance(i, dict) and segment in [i.get(n) for n in (*NAMES, "MetricName")]]
            return named[0] if named else NOTHING
        case _:
            return NOTHING


def _member(known: Mapping[str, Json], name: str, path: str) -> Json:
    if name not in known:
        raise ValueFault(f"`{path}` has no value")
    return known[name]


def _current_item(item: Json, path: list[Segment], shown: str) -> Json:
    """An item, or a field of one that is a JSON object as text."""
    if not path:
        return item
    try:
        content = parse_json(item) if isinstance(item, str) else item
    except ValueError:
        raise ValueFault(f"`{shown}`: the item {item!r} is no JSON object") from None
    return select(content, path, shown)
