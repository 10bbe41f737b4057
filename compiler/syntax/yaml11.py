"""How YAML 1.1 reads a plain scalar, as PyYAML's resolver has it."""

from __future__ import annotations

import yaml

from compiler.syntax.nodes import ScalarValue

_TAG = "tag:yaml.org,2002:"
_NAMES = {
    "bool": "a boolean",
    "int": "an integer",
    "float": "a float",
    "null": "null",
    "timestamp": "a date",
    "merge": "a merge key",
    "value": "a default key",
    "str": "text",
}
_KINDS: dict[type, str] = {bool: "bool", int: "int", float: "float", type(None): "null", str: "str"}


def reading(text: str, value: ScalarValue) -> str | None:
    """What 1.1 makes of `text`, where that is not `value`; None where the two agree."""
    kind = _kind(text)
    if kind != _KINDS[type(value)]:
        number = _integer(text) if kind == "int" else None
        return f"{_NAMES[kind]} in YAML 1.1" if number is None else f"the integer {number} in YAML 1.1"
    if kind == "int" and (number := _integer(text)) is not None and number != value:
        return f"the integer {number} in YAML 1.1"
    return None


def _kind(text: str) -> str:
    resolvers = yaml.SafeLoader.yaml_implicit_resolvers
    for tag, pattern in resolvers.get(text[:1], []):
        if pattern.match(text):
            return str(tag).removeprefix(_TAG)
    return "str"


def _integer(text: str) -> int | None:
    """The value of a text that 1.1 takes for an integer; None where PyYAML itself stumbles (`0x_`)."""
    try:
        return int(yaml.constructor.SafeConstructor().construct_yaml_int(yaml.ScalarNode(f"{_TAG}int", text)))
    except (ValueError, IndexError):
        return None
