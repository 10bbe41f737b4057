"""The graph of a definition: every step with what it waits for, and where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any, NamedTuple

from compiler.diff.steps import BRANCHES, NESTED
from compiler.model.arguments import Rule, rules_of_definition
from compiler.text import record

Json = Any
NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")  # also of a file: records and logs are named by it
TRIGGERS = ("Completed", "Failed", "Stopped", "Any")


class Need(NamedTuple):
    """A step to wait for, and the outcome of it that lets this one run (`TRIGGERS`)."""

    step: str
    trigger: str = "Completed"


@record
class Node:
    """One step. `pointer` is its place in the definition, `container` the condition or loop it stands in ("" for none),
    `branch` which list there: then, else or steps."""

    name: str
    type: str
    json: dict[str, Json]
    pointer: str
    container: str = ""
    branch: str = ""
    needs: tuple[Need, ...] = ()

    @property
    def arguments(self) -> dict[str, Json]:
        """Its Arguments, without the steps nested in them."""
        given = self.json.get("Arguments")
        return {k: v for k, v in given.items() if k not in NESTED} if isinstance(given, dict) else {}


class Fault(NamedTuple):
    """Something in the definition that cannot be run, and where."""

    pointer: str
    message: str


@record
class Plan:
    """The steps by name, in the definition's order, containers before what they hold. `rules`: what the value of each
    parameter must be."""

    nodes: dict[str, Node]
    parameters: dict[str, dict[str, Json]]
    faults: tuple[Fault, ...] = ()
    rules: Mapping[str, Rule] = field(default_factory=dict)

    def inside(self, container: str) -> list[Node]:
        """The steps that stand in a condition or a loop."""
        return [node for node in self.nodes.values() if node.container == container]

    def in_loop(self, node: Node) -> bool:
        """Whether it is the pattern of a loop's steps, and no step itself."""
        return node.branch == "steps"


def make_plan(definition: dict[str, Json], rules: Mapping[str, Rule] | None = None) -> Plan:
    """The plan of any definition. Its faults: doubled names, needs that nothing meets, cycles.

    `rules` are those of a pipeline file, which states bounds and patterns; without it what the definition knows.
    """
    found = list(_nodes(definition.get("Steps"), "/Steps", "", ""))
    nodes: dict[str, Node] = {}
    faults = []
    for node in found:
        if nodes.setdefault(node.name, node) is not node:
            faults.append(Fault(node.pointer, f"a second step is named `{node.name}`"))
    faults += [Fault(n.pointer, f"`{n.name}` is no name of a step") for n in found if not NAME.fullmatch(n.name)]
    faults += _unmet(nodes)
    faults += [] if faults else _cycles(nodes)
    parameters = definition.get("Parameters") or []
    rules = rules_of_definition(definition) if rules is None else rules
    return Plan(nodes, {p["Name"]: p for p in parameters}, tuple(faults), rules)


def _nodes(steps: Json, pointer: str, container: str, branch: str) -> Iterator[Node]:
    for number, step in enumerate(steps if isinstance(steps, list) else []):
        at = f"{pointer}/{number}"
        name = str(step.get("Name", ""))
        yield Node(name, str(step.get("Type", "")), step, at, container, branch, _needs(step))
        arguments = step.get("Arguments")
        for key in NESTED:
            inner = arguments.get(key) if isinstance(arguments, dict) else None
            yield from _nodes(inner, f"{at}/Arguments/{key}", name, BRANCHES[key])


def _needs(step: dict[str, Json]) -> tuple[Need, ...]:
    found: dict[str, Need] = {}
    for entry in step.get("DependsOn") or []:
        need = Need(entry["Step"], entry.get("Trigger", "Completed")) if isinstance(entry, dict) else Need(entry)
        found.setdefault(need.step, need)
    for name in steps_read(step):
        found.setdefault(name, Need(name))
    return tuple(found.values())


def steps_read(value: Json) -> Iterator[str]:
    """The names of the steps that the `Get`s in a value read, those of nested steps left out."""
    match value:
        case {"Get": str(path), **rest} if not rest:
            words = path.split(".", 2)
            if words[0] == "Steps" and len(words) > 1:
                yield words[1].split("[")[0]
        case dict():
            for key, inner in value.items():
                if key not in (*NESTED, "DependsOn"):
                    yield from steps_read(inner)
        case list():
            for inner in value:
                yield from steps_read(inner)


def _unmet(nodes: dict[str, Node]) -> Iterator[Fault]:
    for node in nodes.values():
        for need in node.needs:
            if need.step not in nodes:
                yield Fault(node.pointer, f"`{node.name}` waits for `{need.step}`, which is no step")
            elif need.trigger not in TRIGGERS:
                yield Fault(node.pointer, f"`{need.trigger}` is no trigger; these are: {', '.join(TRIGGERS)}")
            elif nodes[need.step].type == "Fail":
                yield Fault(node.pointer, f"`{node.name}` waits for `{need.step}`, which ends the execution")


def _cycles(nodes: dict[str, Node]) -> list[Fault]:
    """What is left when steps that wait for nothing are taken away again and again."""
    left = dict(nodes)
    while ready := [n for n in left.values() if not any(before in left for before in _before(n))]:
        for node in ready:
            del left[node.name]
    names = ", ".join(f"`{name}`" for name in left)
    return [Fault(next(iter(left.values())).pointer, f"steps wait for each other: {names}")] if left else []


def _before(node: Node) -> list[str]:
    return [need.step for need in node.needs] + ([node.container] if node.container else [])


def after(plan: Plan, name: str) -> list[str]:
    """A step and all that comes after it, in the plan's order."""
    found = {name}
    grew = True
    while grew:
        more = {n.name for n in plan.nodes.values() if n.name not in found and found.intersection(_before(n))}
        found |= more
        grew = bool(more)
    return [known for known in plan.nodes if known in found]
