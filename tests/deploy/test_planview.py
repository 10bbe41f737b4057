"""How a plan is told: values in a line, conditions as they are read, differences that are seen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from loopback import Endpoint
from small import Sagepipe, edited

from compiler.deploy.valueview import LONGEST, contrast, said, short

AUC = {"Std:JsonGet": {"PropertyFile": {"Get": "Steps.evaluate.PropertyFiles.report"}, "Path": "auc.value"}}
RATE = {"Get": "Steps.train.FinalMetricDataList['rate'].Value"}


def compared(kind: str, left: Any, right: Any) -> dict[str, Any]:
    return {"Type": kind, "LeftValue": left, "RightValue": right}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"Get": "Parameters.Data"}, "Parameters.Data"),
        ({"Std:Join": {"On": "/", "Values": ["s3:/", {"Get": "Parameters.B"}, 'a "b"']}}, 's3://Parameters.B/a "b"'),
        (compared("GreaterThanOrEqualTo", AUC, 0.8), "Steps.evaluate.PropertyFiles.report: auc.value >= 0.8"),
        ([compared("Equals", RATE, "x"), compared("LessThan", 1, 2)],
         "Steps.train.FinalMetricDataList['rate'].Value == \"x\" and 1 < 2"),
        ({"Type": "Or", "Conditions": [compared("GreaterThan", 1, 2), compared("LessThanOrEqualTo", 1, 2)]},
         "(1 > 2 or 1 <= 2)"),
        ({"Type": "Not", "Condition": {"Type": "In", "QueryValue": {"Get": "Parameters.M"}, "Values": ["a", "b"]}},
         'not (Parameters.M in ["a", "b"])'),
        ({"Type": "New", "LeftValue": 1}, '{"Type": "New", "LeftValue": 1}'),
        ({"a": [1, "é"]}, '{"a": [1, "é"]}'),
    ],
)  # fmt: skip
def test_values_in_a_line(value: Any, text: str) -> None:
    assert said(value) == text


def test_two_long_values_are_cut_where_they_differ() -> None:
    one, other = contrast("a" * 200 + "before", "a" * 200 + "after")
    assert one.endswith('before"') and other.endswith('after"') and one.startswith("...") and one != other
    one, other = contrast("b" + "a" * 200, "c" + "a" * 200)
    assert one.startswith('"b') and one.endswith("...") and len(one) == LONGEST
    assert contrast("a" * 200, "a" * 200 + "b") == (f'...{"a" * 30}"', f'...{"a" * 30}b"')
    assert contrast(1, "x") == ("1", '"x"') and len(short("y" * 200)) == LONGEST


GATE = """\
  gate:
    type: condition
    if: {all: [{value: "${{ parameters.Rounds }}", gte: 5}, {value: "${{ parameters.Data }}", ne: none}]}
    then:
      stop: {type: fail, message: too many}
"""


def test_a_changed_condition_is_told_as_it_is_read(aws: Endpoint, run: Sagepipe, pipeline: Path) -> None:
    pipeline.write_text(pipeline.read_text() + GATE)
    run("upsert", pipeline, "--yes")
    told = run("plan", edited(pipeline, "gte: 5", "gte: 6")).stdout
    assert "~ step gate: Conditions: " in told
    assert "Parameters.Rounds >= 5 and " in told and " -> Parameters.Rounds >= 6 and " in told


def test_renamed_and_moved_and_changed_at_once(aws: Endpoint, run: Sagepipe, pipeline: Path) -> None:
    pipeline.write_text(pipeline.read_text() + GATE)
    run("upsert", pipeline, "--yes")
    edited(pipeline, "      stop: {type: fail, message: too many}\n", "")
    edited(pipeline, "  gate:\n", "  door:\n")
    text = pipeline.read_text()
    step = text[text.index("  train:\n") : text.index("  door:\n")]
    inner = "".join(f"    {line}\n" for line in step.replace("train:\n", "fit:\n", 1).splitlines())
    pipeline.write_text(text.replace(step, "") + inner.replace("num_round:", "rounds:"))
    told = run("plan", pipeline, "--format", "markdown").stdout
    assert "~ step gate is renamed to door" in told and "~ step train is renamed to fit" in told, told
    assert "~ step fit moves from the top level to `then` of `door`" in told
    assert "+ step fit: HyperParameters.rounds: Parameters.Rounds" in told
    assert "- step stop (Fail)" in told and "+ step" not in told.replace("+ step fit: ", "")
    assert "| `fit` | will re-run | `HyperParameters` changed |" in told
