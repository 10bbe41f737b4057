"""Random conditions in the language, and what they come to: as written, and in the service's form."""

from __future__ import annotations

import json
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from random_values import BOOLEAN, STRING, Author

Json = Any
NUMBER = "number"
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq, "ne": operator.ne, "gt": operator.gt, "gte": operator.ge, "lt": operator.lt, "lte": operator.le,
}  # fmt: skip
SERVICE: dict[str, Callable[[Any, Any], bool]] = {
    "Equals": operator.eq, "GreaterThan": operator.gt, "GreaterThanOrEqualTo": operator.ge, "LessThan": operator.lt,
    "LessThanOrEqualTo": operator.le,
}  # fmt: skip
VALUES: dict[str, tuple[Json, ...]] = {
    NUMBER: (-1, 0, 0.5, 1, 2), STRING: ("", "a", "b", "B", "1"), BOOLEAN: (True, False),
}  # fmt: skip


class Operand(NamedTuple):
    """Something that has a value when running: its left side (`metric` or `value`), and how it stands on the right."""

    left: dict[str, Json]
    right: Json
    kind: str


def metric(word: str) -> Operand:
    return Operand({"metric": word}, {"metric": word}, NUMBER)


def value(expression: str, kind: str) -> Operand:
    return Operand({"value": expression}, expression, kind)


def tree(author: Author, operands: Sequence[Operand], depth: int, width: int = 3) -> dict[str, Json]:
    """A condition over the operands, of at most this depth."""
    if depth == 0 or author.chance(3):
        return comparison(author, operands)
    match author.number(0, 2):
        case 0:
            return {"not": tree(author, operands, depth - 1, width)}
        case group:
            count = author.number(1, width)
            return {("all", "any")[group - 1]: [tree(author, operands, depth - 1, width) for _ in range(count)]}


def comparison(author: Author, operands: Sequence[Operand]) -> dict[str, Json]:
    """One comparison that can come out either way: at least one side varies, and the sides differ."""
    left = author.pick(operands)

    def other() -> Json:
        others = [o for o in operands if o.kind == left.kind and o != left]
        return author.pick(others).right if others and author.chance(3) else author.pick(VALUES[left.kind])

    words = ("eq", "ne", "in", "not_in") if left.kind == BOOLEAN else (*COMPARE, "in", "not_in", "between")
    word = author.pick(words)
    if word == "between":
        bounds = [other(), other()]
        literal = all(bound in VALUES[left.kind] for bound in bounds)
        return {**left.left, word: sorted(bounds) if literal else bounds}
    if word in ("in", "not_in"):
        return {**left.left, word: [other() for _ in range(author.number(1, 3))]}
    if author.chance(4):
        return {"value": author.pick(VALUES[left.kind]), word: left.right}
    return {**left.left, word: other()}


def holds(condition: Mapping[str, Json], given: Callable[[Json], Json]) -> bool:
    """Whether a condition of the language holds; `given` tells what an operand is when running."""
    match condition:
        case {"all": items}:
            return all(holds(item, given) for item in items)
        case {"any": items}:
            return any(holds(item, given) for item in items)
        case {"not": inner}:
            return not holds(inner, given)
    side = {"metric": condition["metric"]} if "metric" in condition else condition["value"]
    left = given(side)
    word = next(key for key in condition if key not in ("metric", "value"))
    right = condition[word]
    match word:
        case "between":
            return bool(given(right[0]) <= left <= given(right[1]))
        case "in" | "not_in":
            return (left in [given(item) for item in right]) == (word == "in")
        case _:
            return COMPARE[word](left, given(right))


def service_holds(conditions: list[Json], given: Callable[[Json], Json]) -> bool:
    """Whether the service's list of conditions holds (it is ANDed)."""
    return all(_service(condition, given) for condition in conditions)


def _service(condition: Json, given: Callable[[Json], Json]) -> bool:
    match condition:
        case {"Type": "Or", "Conditions": inner}:
            return any(_service(item, given) for item in inner)
        case {"Type": "Not", "Condition": inner}:
            return not _service(inner, given)
        case {"Type": "In", "QueryValue": left, "Values": values}:
            return given(left) in [given(item) for item in values]
        case {"Type": kind, "LeftValue": left, "RightValue": right}:
            return SERVICE[kind](given(left), given(right))
    raise AssertionError(f"the service has no condition {condition}")


def leaves(conditions: list[Json]) -> int:
    """How many comparisons the service's form holds."""
    match conditions:
        case []:
            return 0
        case [{"Type": "Or", "Conditions": inner}, *rest]:
            return leaves(inner) + leaves(rest)
        case [_, *rest]:
            return 1 + leaves(rest)
    raise AssertionError(conditions)


def lowered(conditions: list[Json]) -> bool:
    """Whether the form is one the service holds: no `And`, `Or` only on the outside, `Not` only around a comparison."""
    simple = (*SERVICE, "In")

    def leaf(condition: Json) -> bool:
        kind = condition["Type"]
        return kind in simple or (kind == "Not" and condition["Condition"]["Type"] in simple)

    return all(map(leaf, [c for c in conditions if c["Type"] != "Or"])) and all(
        leaf(inner) for c in conditions if c["Type"] == "Or" for inner in c["Conditions"]
    )


def key(operand: Json) -> str:
    """An operand as something to look values up by."""
    return json.dumps(operand, sort_keys=True)
