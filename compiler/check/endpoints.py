"""Endpoints and their configurations."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.check.facts import Facts
from compiler.check.ways import request
from compiler.diagnostics import Diagnostic, Place
from compiler.model.program import BuiltStep
from compiler.model.values import Literal


def config_names(facts: Facts) -> Iterator[Diagnostic]:
    """SDK: the created configuration's name gets a suffix of the execution, so the name asked for finds nothing."""
    made = {name.as_text: step for step in facts.steps.values() if (name := _name(step, "EndpointConfig"))}
    for step in facts.steps.values() if made else ():
        name = _name(step, "Endpoint")
        if name is not None and name.as_text in made:
            config = made[name.as_text]
            yield Diagnostic.of(
                "config-name",
                f"the configuration that `{config.name}` makes gets another name than `{name.as_text}`",
                name.span,
                hint=f"write `{config.name}:name`",
                places=(Place(config.span, "every execution adds a suffix of its own"),),
            )


def _name(step: BuiltStep, kind: str) -> Literal | None:
    """The literal EndpointConfigName of a step of that type."""
    arguments = request(step, kind)
    value = arguments.get("EndpointConfigName") if arguments else None
    return value if isinstance(value, Literal) else None
