"""Values for the parameters of an execution, from text, as StartPipelineExecution takes them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from compiler.text import closest

Json = Any


class ParameterFault(Exception):
    """Parameters that cannot be used; the text lists every one, a line each."""


def bind(declared: Mapping[str, dict[str, Json]], given: Mapping[str, str]) -> dict[str, Json]:
    """A value of the declared type for every parameter. Raises `ParameterFault`."""
    faults = [_unknown(name, declared) for name in given if name not in declared]
    values: dict[str, Json] = {}
    for name, row in declared.items():
        if name in given:
            values[name] = _typed(name, str(row.get("Type", "String")), given[name], faults)
        elif row.get("DefaultValue") is not None:
            values[name] = row["DefaultValue"]
        else:
            faults.append(f"parameter `{name}` has no default: give it with -p {name}=...")
        allowed = row.get("EnumValues")
        if allowed and name in values and values[name] not in allowed:
            faults.append(f"parameter `{name}` must be one of {', '.join(map(str, allowed))}, not `{values[name]}`")
    if faults:
        raise ParameterFault("\n".join(faults))
    return values


def _unknown(name: str, declared: Mapping[str, Json]) -> str:
    near = closest(name, declared)
    return f"no parameter is named `{name}`" + (f"; did you mean `{near}`?" if near else "")


def _boolean(text: str) -> bool:
    return {"true": True, "false": False}[text.lower()]


_READ: dict[str, Callable[[str], Json]] = {"String": str, "Integer": int, "Float": float, "Boolean": _boolean}


def _typed(name: str, kind: str, text: str, faults: list[str]) -> Json:
    try:
        return _READ[kind](text)
    except (ValueError, KeyError):
        faults.append(f"parameter `{name}` is of type {kind}, which {json.dumps(text)} is not")
        return text
