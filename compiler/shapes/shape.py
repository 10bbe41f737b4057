"""One shape of a service model, built from `schemas/service.json` when somebody asks for it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from compiler.data import data_path

ShapeType = Literal[
    "structure", "list", "map", "string", "integer", "long", "float", "double", "boolean", "timestamp", "blob"
]  # fmt: skip

# Lists whose elements a property path may also name, and the member that holds the name.
_NAMED_LISTS = {
    ("sagemaker", "FinalMetricDataList"): "MetricName",
    ("sagemaker", "ProcessingInputs"): "InputName",
    ("sagemaker", "ProcessingOutputs"): "OutputName",
}


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """What a service accepts or returns in one place. The same object for the same (service, name); compare by `is`.

    `min` and `max` bound a number's value, a string's length in characters, a list's or map's number of entries; None
    is unbounded. `enum` is empty where any value goes. `union` means exactly one member may be given.
    Source: botocore's service models; the members of `bedrock` begin with a capital, as pipelines spell them.
    """

    service: str
    name: str
    type: ShapeType
    required: tuple[str, ...] = ()
    enum: tuple[str, ...] = ()
    min: int | float | None = None
    max: int | float | None = None
    pattern_text: str | None = None
    union: bool = False
    member_names: tuple[str, ...] = ()
    fresh_members: tuple[str, ...] = ()
    fresh_enum: tuple[str, ...] = ()
    _targets: Mapping[str, str] = field(default_factory=dict, repr=False)
    _reached: dict[str, Shape] = field(default_factory=dict, repr=False)

    @property
    def pattern(self) -> re.Pattern[str] | None:
        """The pattern a whole string must match: use `pattern.fullmatch`, the service never searches."""
        return _compiled(self.pattern_text) if self.pattern_text is not None else None

    @property
    def naming_member(self) -> str | None:
        """For a list whose elements a property path may name (`Outputs['train']`): the member that is the name."""
        return _NAMED_LISTS.get((self.service, self.name))

    def member(self, name: str) -> Shape | None:
        """The shape of a structure's member; None where it has none of this name, or is no structure."""
        found = self._reached.get(name)
        if found is None and name in self.member_names:
            found = self._reached[name] = shape(self.service, self._targets[name])
        return found

    @property
    def element(self) -> Shape:
        """The shape of a list's elements. `KeyError` on anything else."""
        return shape(self.service, self._targets["[]"])

    @property
    def key(self) -> Shape:
        """The shape of a map's keys. `KeyError` on anything else."""
        return shape(self.service, self._targets["key"])

    @property
    def value(self) -> Shape:
        """The shape of a map's values. `KeyError` on anything else."""
        return shape(self.service, self._targets["value"])

    def is_fresh_member(self, name: str) -> bool:
        """Whether the member is newer than the baseline, so that the Pipelines service may not know it yet."""
        return name in self.fresh_members


@cache
def shape(service: str, name: str) -> Shape:
    """The shape of this name, for instance `shape("sagemaker", "CreateTrainingJobRequest")`.

    Services: `bedrock`, `emr`, `emr-serverless`, `sagemaker`, `scheduler`. `KeyError` where there is no such shape.
    """
    facts = _file()["services"][service][name]
    fresh = _file()["fresh"][service]
    members: dict[str, str] = facts.get("members", {})
    return Shape(
        service=service,
        name=name,
        type=facts["type"],
        required=tuple(facts.get("required", ())),
        enum=tuple(facts.get("enum", ())),
        min=facts.get("min"),
        max=facts.get("max"),
        pattern_text=facts.get("pattern"),
        union=facts.get("union", False),
        member_names=tuple(members),
        fresh_members=tuple(fresh["members"].get(name, ())),
        fresh_enum=tuple(fresh["enum"].get(name, ())),
        _targets=members or {part: facts[fact] for part, fact in _PARTS if fact in facts},
    )


def made_from() -> Mapping[str, str]:
    """The versions behind the shapes: `botocore`, and `botocore_baseline`, after which a member counts as fresh."""
    versions: Mapping[str, str] = _file()["made_from"]
    return versions


_PARTS = (("[]", "member"), ("key", "key"), ("value", "value"))


@cache
def _file() -> Any:
    return json.loads(data_path("schemas", "service.json").read_bytes())


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII)
