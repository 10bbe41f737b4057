"""Every combination that the gates of a pipeline can meet, and which steps then run."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from compiler.local.files import canonical
from compiler.local.plan import Plan
from compiler.local.rehearsal import EXECUTION, Facts, Rehearsed, rehearse
from compiler.local.values import Scope, State, ValueFault

Json = Any
MOST = 512


class TooMany(Exception):
    """There are more combinations than anybody would read."""


class Operand(NamedTuple):
    """A value that only a run gives, and the samples of it: beside and at everything it is compared with."""

    name: str
    key: str
    samples: tuple[Json, ...]


class Row(NamedTuple):
    """One combination: a sample for each operand, each gate's outcome ("" where it is not reached), and what ran."""

    values: tuple[Json, ...]
    gates: tuple[str, ...]
    rehearsed: Rehearsed


class Table(NamedTuple):
    operands: tuple[Operand, ...]
    gates: tuple[str, ...]
    rows: tuple[Row, ...]


def truth_table(plan: Plan, parameters: Mapping[str, Json]) -> Table:
    """The table of a plan. Raises `TooMany`."""
    gates = tuple(node.name for node in plan.nodes.values() if node.type == "Condition")
    operands = tuple(_operands(plan, parameters))
    count = 1
    for operand in operands:
        count *= len(operand.samples)
    if count > MOST:
        told = f"{count} combinations of {len(operands)} values; at most {MOST} are tried"
        raise TooMany(f"{told}: write cases of those that matter")
    rows = []
    for values in itertools.product(*(operand.samples for operand in operands)):
        fixed = {operand.key: value for operand, value in zip(operands, values, strict=True)}
        found = rehearse(plan, parameters, Facts(fixed=fixed, open=True))
        rows.append(Row(values, tuple(_said(found, gate) for gate in gates), found))
    return Table(operands, gates, tuple(rows))


def _said(found: Rehearsed, gate: str) -> str:
    properties = found.outcomes[gate].properties
    if not isinstance(properties, dict):
        return ""
    return "then" if properties["Outcome"] else "else"


def _operands(plan: Plan, parameters: Mapping[str, Json]) -> Iterator[Operand]:
    state = State(parameters, EXECUTION, _unread)
    compared: dict[str, tuple[Json, list[Json]]] = {}
    for node in plan.nodes.values():
        for condition in node.arguments.get("Conditions") or () if node.type == "Condition" else ():
            for left, right in _comparisons(condition):
                _note(compared, state, left, right)
                _note(compared, state, right, left)
    for key, (operand, others) in compared.items():
        yield Operand(_name(operand), key, tuple(_samples(others)))


def _unread(uri: str) -> bytes:
    raise ValueFault(uri)


def _note(compared: dict[str, tuple[Json, list[Json]]], state: State, operand: Json, other: Json) -> None:
    if not _is_late(operand):
        return
    _, others = compared.setdefault(canonical(operand), (operand, []))
    try:
        others.append(state.evaluate(other, Scope()))
    except ValueFault:
        others.append(0.5)  # two values that only a run gives: either may be the larger


def _is_late(operand: Json) -> bool:
    match operand:
        case {"Std:JsonGet": _}:
            return True
        case {"Get": str(path)}:
            return path.startswith("Steps.") and not path.endswith(".Outcome")
        case _:
            return False


def _comparisons(condition: dict[str, Json]) -> Iterator[tuple[Json, Json]]:
    match condition:
        case {"LeftValue": left, "RightValue": right}:
            yield left, right
        case {"QueryValue": query, "Values": list(values)}:
            yield from ((query, value) for value in values)
    for inner in [condition.get("Condition"), *(condition.get("Conditions") or [])]:
        if inner:
            yield from _comparisons(inner)


def _samples(others: list[Json]) -> Iterator[Json]:
    """Below, at and above every number; each text and one that is none of them; true and false."""
    if any(isinstance(other, bool) for other in others):
        yield from (False, True)
        return
    numbers = sorted({other for other in others if isinstance(other, int | float)})
    texts = list(dict.fromkeys(other for other in others if isinstance(other, str)))
    if numbers:
        yield _rounded(numbers[0] - 0.05)
        for number, following in zip(numbers, [*numbers[1:], None], strict=True):
            yield number
            yield _rounded(number + 0.05 if following is None else (number + following) / 2)
    if texts:
        yield from (*texts, "something else")


def _rounded(number: float) -> float:
    return round(number, 6)


def _name(operand: Json) -> str:
    match operand:
        case {"Std:JsonGet": {"PropertyFile": {"Get": str(file)}, "Path": str(path)}}:
            return f"{file.split('.')[1]}: {path}"
        case {"Std:JsonGet": {"Path": str(path)}}:
            return path
        case {"Get": str(path)}:
            return path.removeprefix("Steps.")
        case _:
            return json.dumps(operand)
