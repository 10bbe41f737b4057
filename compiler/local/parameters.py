"""Values for the parameters of an execution, from text, as StartPipelineExecution takes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from compiler.local.plan import Plan
from compiler.model.arguments import as_value, faults

Json = Any


class ParameterFault(Exception):
    """Parameters that cannot be used; the text lists every one, a line each."""


def bind(plan: Plan, given: Mapping[str, str]) -> dict[str, Json]:
    """A value of the declared type for every parameter. Raises `ParameterFault`."""
    wrong = list(faults(plan.rules, given))
    if wrong:
        raise ParameterFault("\n".join(wrong))
    return bind_sound(plan, given)


def bind_sound(plan: Plan, given: Mapping[str, str]) -> dict[str, Json]:
    """As `bind`, without the parameters at fault: what else is wrong can then be told in the same breath."""
    values = {name: row["DefaultValue"] for name, row in plan.parameters.items() if not plan.rules[name].required}
    for name, text in given.items():
        if name in plan.rules and not any(faults({name: plan.rules[name]}, {name: text})):
            values[name] = as_value(plan.rules[name], text)
    return values
