"""The graph of a definition: every step with what it waits for, and where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from graphlib import CycleError, TopologicalSorter
from typing import Any, NamedTuple

from compiler.diff.steps import NESTED, StepAt, references, walk
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
    found = [_node(at) for at in walk(definition)]
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


def _node(at: StepAt) -> Node:
    return Node(at.name, str(at.json.get("Type", "")), at.json, at.pointer, at.container, at.branch, _needs(at))


def _needs(at: StepAt) -> tuple[Need, ...]:
    found: dict[str, Need] = {}
    for entry in at.json.get("DependsOn") or []:
        need = Need(entry["Step"], entry.get("Trigger", "Completed")) if isinstance(entry, dict) else Need(entry)
        found.setdefault(need.step, need)
    for path in references(at.own):
        root, _, rest = path.partition(".")
        if root == "Steps" and rest:
            name = rest.partition(".")[0].partition("[")[0]
            found.setdefault(name, Need(name))
    return tuple(found.values())


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
    try:
        TopologicalSorter({node.name: _before(node) for node in nodes.values()}).prepare()
    except CycleError as circle:
        waiting = [node for node in nodes.values() if node.name in circle.args[1]]
        names = ", ".join(f"`{node.name}`" for node in waiting)
        return [Fault(waiting[0].pointer, f"steps wait for each other: {names}")]
    return []


def _before(node: Node) -> list[str]:
    return [need.step for need in node.needs] + ([node.container] if node.container else [])
