"""Definitions that are not what they should be: told, never a traceback."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny import Project, here, processing
from trainings import training, tuning

from compiler.local.cases import Case, judge
from compiler.local.files import read_json
from compiler.local.forms import misshapen
from compiler.local.missing import missing
from compiler.local.parameters import bind_sound
from compiler.local.plan import make_plan
from compiler.local.refusals import Here, refusals
from compiler.local.registry import Registry
from compiler.local.rehearsal import Facts
from compiler.local.store import Store
from compiler.local.truth import TooMany, truth_table
from compiler.local.values import State

Json = Any
NOWHERE = Path("nowhere")
INTEGER = {"Name": "P", "Type": "Integer", "DefaultValue": True}
FILES = sorted(Path(__file__).parents[1].rglob("*.json"))


def definitions() -> Iterator[tuple[str, Json]]:
    """Every definition that the tests have, ours and those of the SDK."""
    for path in FILES:
        content = read_json(path)
        if isinstance(content, dict) and isinstance(content.get("Steps"), list):
            yield str(path), content


def test_every_definition_at_hand_is_sound() -> None:
    found = {name: misshapen(content) for name, content in definitions()}
    assert len(found) > 50
    assert {name: faults for name, faults in found.items() if faults} == {}


def everything() -> Json:
    """Each kind of step that runs here, once."""
    one: Json = processing("p", "s3://b/code.py", {"in": ("s3://b/in", "/opt/ml/processing/in")},
                     {"out": (here("out"), "/opt/ml/processing/out")})  # fmt: skip
    one["PropertyFiles"] = [{"PropertyFileName": "P", "OutputName": "out", "FilePath": "m.json"}]
    fit = training("fit", {"train": "s3://b/in"}, {"num_round": "1"})
    read = {"Std:JsonGet": {"PropertyFile": {"Get": "Steps.p.PropertyFiles.P"}, "Path": "a.b"}}
    gate = {
        "Conditions": [{"Type": "Not", "Condition": {"Type": "Equals", "LeftValue": read, "RightValue": 1}}],
        "IfSteps": [{"Name": "stop", "Type": "Fail", "Arguments": {"ErrorMessage": {"Get": "Parameters.P"}}}],
        "ElseSteps": [],
    }
    body = {
        "Name": "each", "Type": "Lambda", "FunctionArn": "f", "Arguments": {"x": {"Get": "ForEach.CurrentItem"}},
        "OutputParameters": [{"OutputName": "o", "OutputType": "Float"}],
    }  # fmt: skip
    pick = {"Pick": "MaxBy", "Field": {"Get": "IterationOutput.each.OutputParameters['o']"}}
    loop = {"IterableItems": ["a"], "MaxConcurrency": 1, "ForEachBody": [body], "Selector": pick}
    scoring = {
        "ModelName": {"Get": "Steps.model.ModelName"},
        "TransformInput": {"DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://b/in"}}},
        "TransformOutput": {"S3OutputPath": "s3://b/out"},
        "TransformResources": {"InstanceCount": 1, "InstanceType": "ml.m5.large"},
    }
    container = {"Image": "i", "ModelDataUrl": {"Get": "Steps.fit.ModelArtifacts.S3ModelArtifacts"}}
    rest = [
        {"Name": "model", "Type": "Model", "Arguments": {"PrimaryContainer": container}},
        {"Name": "score", "Type": "Transform", "Arguments": scoring},
        {"Name": "gate", "Type": "Condition", "Arguments": gate},
        {"Name": "loop", "Type": "ForEach", "Arguments": loop},
        {"Name": "ask", "Type": "Callback", "SqsQueueUrl": "q", "Arguments": {}, "DependsOn": ["p", {"Step": "gate"}]},
    ]
    policy = [{"ExceptionType": ["Step.THROTTLING"], "MaxAttempts": 2}]
    steps = [{**one, "RetryPolicies": policy, "CacheConfig": {"Enabled": True, "ExpireAfter": "P1D"}}, fit, tuning(fit)]
    return {"Version": "2020-12-01", "Parameters": [{"Name": "P", "DefaultValue": "x"}], "Steps": [*steps, *rest]}


def paths(value: Json, at: tuple[Json, ...] = ()) -> Iterator[tuple[Json, ...]]:
    yield at
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in inner:
        yield from paths(below, (*at, key))


WHOLE = everything()
PLACES = [path for path in paths(WHOLE) if path]
JUNK: list[Json] = [
    None, 3, -1, "x", "", [], {}, [1], {"a": 1}, True, 1e400, "s3://", "s3://b/../c", "Steps",
    {"Get": "Nope"}, {"Get": "Steps"}, {"Get": "Steps.zz.A"}, {"Get": ""}, {"Get": 3}, {"Get": "Parameters.P"},
    {"Std:Join": 3}, {"Std:Join": {"Values": [{"Get": 1}]}}, {"Std:JsonGet": {}},
]  # fmt: skip


def spoiled(changes: list[tuple[tuple[Json, ...], Json]]) -> Json:
    found = copy.deepcopy(WHOLE)
    for path, junk in changes:
        place = found
        for key in path[:-1]:
            inside = (isinstance(place, dict) and key in place) or (isinstance(place, list) and key < len(place))
            if not inside:
                break
            place = place[key]
        else:
            if isinstance(place, dict):
                place[path[-1]] = junk
    return found


def test_the_whole_is_sound() -> None:
    assert misshapen(WHOLE) == []


@pytest.mark.property
@given(st.lists(st.tuples(st.sampled_from(PLACES), st.sampled_from(JUNK)), min_size=1, max_size=2))
def test_whatever_a_definition_holds_is_told_or_walked_through(changes: list[Any]) -> None:
    definition = spoiled(changes)
    if not isinstance(definition["Steps"], list) or misshapen(definition):
        return
    plan = make_plan(definition)
    values = bind_sound(plan, {})
    state, store = State(values, {}, Store(NOWHERE).read), Store(NOWHERE)
    found = refusals(plan, state, Here({}, Registry(NOWHERE))) + missing(plan, state, store, ())
    assert all(fault.message for fault in found)
    if plan.faults:
        return
    judge(plan, Case("c", "f:1", {}, Facts(), {}), {})
    try:
        truth_table(plan, values)
    except TooMany as many:
        assert "combinations" in str(many)


@pytest.mark.parametrize(
    ("path", "junk", "said"),
    [
        (("Steps", 0), "x", "/Steps/0: a map is wanted here, not 'x'"),
        (("Steps", 0, "Name"), None, "/Steps/0: `Name` is missing"),
        (("Steps", 0, "DependsOn"), [{"Trigger": "Any"}], "/Steps/0/DependsOn/0: `Step` is missing"),
        (("Parameters", 0, "Type"), "Text", "/Parameters/0: `Text` is no type of a parameter"),
        (("Parameters", 0, "DefaultValue"), 3, "/Parameters/0: the default of `P` is no String: 3"),
        (("Parameters", 0), INTEGER, "/Parameters/0: the default of `P` is no Integer: True"),
        (("Steps", 1, "Arguments", "OutputDataConfig"), None, "/Steps/1/Arguments: `OutputDataConfig` is missing"),
        (
            ("Steps", 1, "Arguments", "InputDataConfig"),
            {"Get": "Parameters.P"},
            "a list is wanted here, not a reference",
        ),
        (("Steps", 1, "Arguments", "HyperParameters"), [], "HyperParameters: a map is wanted here, not []"),
        (("Steps", 0, "Arguments", "RoleArn"), {"Get": "Role"}, "RoleArn: this is no reference: {'Get': 'Role'}"),
    ],
)
def test_what_is_misshapen_is_told_with_its_place(
    project: Project, sagepipe: Any, path: tuple[Json, ...], junk: Json, said: str
) -> None:
    definition = copy.deepcopy(WHOLE)
    place = definition
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = junk
    (project.folder / "d.json").write_text(json.dumps(definition))
    for verb in (["run", "d.json"], ["test", "d.json", "--truth-table"]):
        done = sagepipe(*verb, cwd=project.folder)
        assert done.returncode == 1
        assert done.stderr.startswith("d.json: the definition is not sound:\n  /") and said in done.stderr
