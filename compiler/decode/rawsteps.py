"""Steps nested in a raw definition are steps like others: they have names, edges and checks."""

from __future__ import annotations

from dataclasses import replace

from compiler.model.pipeline import NESTED_LISTS, Step
from compiler.syntax import Entry, Mapping, Scalar, Sequence


def nested_steps(step: Step) -> tuple[Step, ...]:
    """The steps nested in a raw definition, as raw steps of their own."""
    definition = step.map("definition")
    arguments = definition.get("Arguments") if definition else None
    found: list[Step] = []
    for key in NESTED_LISTS:
        node = arguments.get(key) if isinstance(arguments, Mapping) else None
        for item in node.items if isinstance(node, Sequence) else ():
            child = _nested_step(item, step, key)
            if child is not None:
                found.append(replace(child, children=nested_steps(child)))
    return tuple(found)


def _nested_step(item: object, step: Step, key: str) -> Step | None:
    if not isinstance(item, Mapping) or not (name := name_of(item)):
        return None
    node = item.entries["Name"].value
    kept = Mapping({k: e for k, e in item.entries.items() if k != "Name"}, item.span)
    label = Scalar("definition", "definition", item.span)
    fields = Mapping({"definition": Entry(label, kept)}, item.span)
    return Step(name, node.span, step.type, fields, step.name, key)


def name_of(item: object) -> str:
    """The `Name` of a nested step, or ""."""
    node = item.get("Name") if isinstance(item, Mapping) else None
    return node.text if isinstance(node, Scalar) else ""
