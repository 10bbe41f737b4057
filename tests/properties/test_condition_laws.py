"""Conditions: the service's form comes to the same as the tree the author wrote, for all values of its operands."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from random_conditions import (
    NUMBER,
    VALUES,
    Operand,
    holds,
    key,
    leaves,
    lowered,
    metric,
    service_holds,
    tree,
    value,
)
from random_values import BOOLEAN, STRING, Author

from compiler.driver import compile_text

pytestmark = pytest.mark.property
Json = Any
MOST = 200
FILE = {"PropertyFile": {"Get": "Steps.eval.PropertyFiles.out-m"}}
OPERANDS: list[tuple[Operand, Json]] = [
    (metric("eval:one"), {"Std:JsonGet": {**FILE, "Path": "one"}}),
    (metric("eval:two"), {"Std:JsonGet": {**FILE, "Path": "two"}}),
    (value("${{ parameters.N }}", NUMBER), {"Get": "Parameters.N"}),
    (value("${{ steps.fit.metrics['v:auc'] }}", NUMBER), {"Get": "Steps.fit.FinalMetricDataList['v:auc'].Value"}),
    (value("${{ parameters.S }}", STRING), {"Get": "Parameters.S"}),
    (value("${{ execution.id }}", STRING), {"Get": "Execution.PipelineExecutionId"}),
    (value("x${{ parameters.S }}", STRING), {"Std:Join": {"On": "", "Values": ["x", {"Get": "Parameters.S"}]}}),
    (value("${{ parameters.B }}", BOOLEAN), {"Get": "Parameters.B"}),
    (value("${{ steps.call.flag }}", BOOLEAN), {"Get": "Steps.call.OutputParameters['flag']"}),
]
DOCUMENT: Json = {
    "version": 1,
    "pipeline": {"name": "p", "region": "us-east-1", "role": "arn:aws:iam::111122223333:role/R", "bucket": "bucket"},
    "parameters": {"N": {"type": "float"}, "S": {"type": "string"}, "B": {"type": "boolean"}},
    "steps": {
        "eval": {
            "type": "processing", "image": "i", "instance_type": "ml.m5.large",
            "outputs": {"out": "/opt/ml/processing/o"},
            "metrics": {m: {"file": "out/m.json", "json_path": m} for m in ("one", "two")},
        },
        "fit": {"type": "training", "image": "i", "instance_type": "ml.m5.large", "metric_definitions": {"v:auc": "x"}},
        "call": {"type": "lambda", "function": "arn:aws:lambda:us-east-1:111122223333:function:f",
                 "outputs": {"flag": "boolean"}},
    },
}  # fmt: skip


def compiled(condition: Json) -> tuple[Json, list[str]]:
    """The service's conditions (None where there are none), and the codes of what was said."""
    gate = {"type": "condition", "if": condition, "else": {"stop": {"type": "fail", "message": "no"}}}
    document = DOCUMENT | {"steps": DOCUMENT["steps"] | {"gate": gate}}
    result = compile_text(json.dumps(document))
    codes = [d.code for d in result.report.errors]
    return (result.definition["Steps"][-1]["Arguments"]["Conditions"] if result.definition else None), codes


@st.composite
def conditions(draw: Any, depth: int = 4, width: int = 3) -> Json:
    return tree(Author(draw), [operand for operand, _ in OPERANDS], depth, width)


@st.composite
def values(draw: Any) -> list[Json]:
    """A value for each operand."""
    return [draw(st.sampled_from(VALUES[operand.kind])) for operand, _ in OPERANDS]


def size(condition: Json, negated: bool = False) -> tuple[int, int]:
    """Clauses and comparisons of the conjunctive form, by the rule of products."""
    match condition:
        case {"not": inner}:
            return size(inner, not negated)
        case {"all": items}:
            parts, conjunction = [size(i, negated) for i in items], not negated
        case {"any": items}:
            parts, conjunction = [size(i, negated) for i in items], negated
        case {"between": _}:
            parts, conjunction = [(1, 1), (1, 1)], not negated
        case _:
            return 1, 1
    if conjunction:
        return sum(c for c, _ in parts), sum(n for _, n in parts)
    clauses, found = 1, 0
    for more, held in parts:
        clauses, found = clauses * more, found * more + held * clauses
    return clauses, found


@given(conditions(), st.lists(values(), min_size=12, max_size=12))
def test_truth_tables(condition: Json, rows: list[list[Json]]) -> None:
    service, codes = compiled(condition)
    if service is None:
        assert codes == ["condition-too-large"] and size(condition)[1] > MOST
        return
    assert lowered(service)
    assert leaves(service) <= MOST
    for row in rows:
        written = {key(o.right): v for (o, _), v in zip(OPERANDS, row, strict=True)}
        wired = {key(w): v for (_, w), v in zip(OPERANDS, row, strict=True)}
        assert holds(condition, lambda o, t=written: t.get(key(o), o)) == service_holds(
            service, lambda o, t=wired: t.get(key(o), o)
        )


@given(conditions(depth=7, width=5))
def test_what_would_blow_up_is_refused(condition: Json) -> None:
    service, codes = compiled(condition)
    if size(condition)[1] > MOST:
        assert codes == ["condition-too-large"]
    else:
        assert service is not None and leaves(service) == size(condition)[1]


TYPES = {
    "eq": "Equals",
    "gt": "GreaterThan",
    "gte": "GreaterThanOrEqualTo",
    "lt": "LessThan",
    "lte": "LessThanOrEqualTo",
}
WIRE = {key(operand.right): wire for operand, wire in OPERANDS}


def as_it_is(condition: Json) -> Json:
    """The service's spelling of a form it holds."""

    def wire(operand: Json) -> Json:
        return WIRE.get(key(operand), operand)

    match condition:
        case {"any": items}:
            return {"Type": "Or", "Conditions": [as_it_is(i) for i in items]}
        case {"not": inner}:
            return {"Type": "Not", "Condition": as_it_is(inner)}
    left = wire({"metric": condition["metric"]} if "metric" in condition else condition["value"])
    word = next(k for k in condition if k not in ("metric", "value"))
    if word in ("ne", "not_in"):
        positive = {("eq" if k == "ne" else "in") if k == word else k: v for k, v in condition.items()}
        return {"Type": "Not", "Condition": as_it_is(positive)}
    if word == "in":
        return {"Type": "In", "QueryValue": left, "Values": [wire(i) for i in condition[word]]}
    return {"Type": TYPES[word], "LeftValue": left, "RightValue": wire(condition[word])}


@st.composite
def held(draw: Any) -> list[Json]:
    """Conditions that the service holds as they are: comparisons, negated ones, and `any` over these."""
    author = Author(draw)

    def leaf() -> Json:
        found = tree(author, [operand for operand, _ in OPERANDS], 0)
        assume("between" not in found)
        return {"not": found} if author.chance(4) and "ne" not in found and "not_in" not in found else found

    return [{"any": [leaf() for _ in range(author.number(1, 4))]} if author.chance(3) else leaf()
            for _ in range(author.number(1, 5))]  # fmt: skip


@given(held())
def test_a_form_the_service_holds_passes_through(conditions: list[Json]) -> None:
    service, _ = compiled({"all": conditions})
    assert service == [as_it_is(c) for c in conditions]
    if len(conditions) == 1:
        assert compiled(conditions[0])[0] == service


def test_a_long_list_is_refused_cleanly() -> None:
    comparison = {"value": "${{ parameters.N }}", "gt": 1}
    assert compiled({"all": [comparison] * MOST})[0] is not None
    assert compiled({"all": [comparison] * (MOST + 1)}) == (None, ["condition-too-large"])
    assert compiled({"any": [comparison] * (MOST + 1)}) == (None, ["condition-too-large"])
