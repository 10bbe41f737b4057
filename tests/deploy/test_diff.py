"""The semantic difference and the cache forecast, on definitions as plain JSON."""

from __future__ import annotations

from typing import Any

import pytest

from compiler.diff import Change, compare
from compiler.diff.forecast import forecast, kept_places
from compiler.diff.graph import downstream

Json = dict[str, Any]
CACHE = {"CacheConfig": {"Enabled": True, "ExpireAfter": "P7D"}}


def process(name: str, code: str = "s3://b/code/1/a.py", to: Any = "s3://b/out", **more: Any) -> Json:
    outputs = [
        {
            "OutputName": "train",
            "S3Output": {"S3Uri": to, "LocalPath": "/opt/ml/processing/o", "S3UploadMode": "EndOfJob"},
        }
    ]
    arguments = {
        "AppSpecification": {"ImageUri": "image"},
        "ProcessingInputs": [{"InputName": "code", "S3Input": {"S3Uri": code}}],
        "ProcessingOutputConfig": {"Outputs": outputs},
        "ProcessingResources": {"ClusterConfig": {"InstanceType": "ml.m5.xlarge", "InstanceCount": 1}},
    }
    return {"Name": name, "Type": "Processing", "Arguments": arguments, **CACHE, **more}


def train(name: str, source: Any, **more: Any) -> Json:
    arguments = {
        "AlgorithmSpecification": {"TrainingImage": "image", "TrainingInputMode": "File"},
        "InputDataConfig": [{"ChannelName": "train", "DataSource": {"S3DataSource": {"S3Uri": source}}}],
        "OutputDataConfig": {"S3OutputPath": "s3://b/model"},
    }
    return {"Name": name, "Type": "Training", "Arguments": arguments, **CACHE, **more}


def get(path: str) -> Json:
    return {"Get": path}


def definition(*steps: Json, parameters: tuple[Json, ...] = ()) -> Json:
    return {"Version": "2020-12-01", "Metadata": {}, "Parameters": [*parameters], "Steps": [*steps]}


OUT = get("Steps.prepare.ProcessingOutputConfig.Outputs['train'].S3Output.S3Uri")
MODEL = get("Steps.train.ModelArtifacts.S3ModelArtifacts")


def test_a_changed_argument_is_told_by_name_and_path() -> None:
    one, other = process("prepare"), process("prepare", code="s3://b/code/2/a.py")
    assert compare(definition(one), definition(other)) == (
        Change("changed", "step", "prepare", "Arguments.ProcessingInputs['code'].S3Input.S3Uri",
               "s3://b/code/1/a.py", "s3://b/code/2/a.py"),
    )  # fmt: skip


@pytest.mark.parametrize(
    "other",
    [
        process("prepare") | {"DependsOn": [], "RetryPolicies": None},
        process("prepare", CacheConfig={"ExpireAfter": "P7D", "Enabled": True}),
        dict(reversed(process("prepare").items())),
    ],
)
def test_no_noise(other: Json) -> None:
    assert compare(definition(process("prepare")), definition(other)) == ()


def join(*values: Any, **on: str) -> Json:
    return {"Std:Join": {**on, "Values": [*values]}}


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        (join(get("Parameters.B"), "report.json", On="/"), join(get("Parameters.B"), "/report.json"), True),
        (join("s3:/", "b", get("Parameters.B"), On="/"), join("s3://b/", get("Parameters.B"), On=""), True),
        (join("a", join(get("Parameters.B"), "c"), "d"), join("a", get("Parameters.B"), "cd"), True),
        (join("", get("Parameters.B")), join(get("Parameters.B")), True),
        (join("a", "b", get("Parameters.B"), On="-"), join("a", "b", get("Parameters.B")), False),
        (join("a", get("Parameters.B")), join("a", get("Parameters.C")), False),
        (join(get("Parameters.B"), get("Parameters.C"), On="/"), join(get("Parameters.B"), get("Parameters.C")), False),
        (join(1, get("Parameters.B")), join(2, get("Parameters.B")), False),
    ],
)
@pytest.mark.parametrize("holder", ["S3OutputPath", "HyperParameters"])
def test_a_join_is_what_it_joins(one: Json, other: Json, alike: bool, holder: str) -> None:
    """The SDK joins on "/", where others join what holds the slashes: the text is the same."""

    def stored(value: Json) -> Json:
        step = train("t", "s3://x")
        step["Arguments"][holder] = value if holder == "S3OutputPath" else {"place": value}
        return definition(step)

    assert (compare(stored(one), stored(other)) == ()) is alike


def test_a_map_of_defaults_alone_is_as_good_as_none() -> None:
    def network(**members: Any) -> Json:
        step = process("prepare")
        return definition(step | {"Arguments": step["Arguments"] | members})

    assert compare(network(NetworkConfig={"EnableNetworkIsolation": False}), network()) == ()
    assert compare(network(NetworkConfig={"EnableNetworkIsolation": True}), network()) != ()
    assert compare(network(Environment={"S3InputMode": "File"}), network()) != ()


@pytest.mark.parametrize(("mode", "alike"), [("File", True), ("Pipe", False)])
def test_a_channel_takes_its_mode_from_the_job(mode: str, alike: bool) -> None:
    one, other = train("t", "s3://x"), train("t", "s3://x")
    one["Arguments"]["InputDataConfig"][0]["InputMode"] = mode
    told = [c.path for c in compare(definition(one), definition(other))]
    assert told == ([] if alike else ["Arguments.InputDataConfig['train'].InputMode"])
    one["Arguments"]["AlgorithmSpecification"]["TrainingInputMode"] = mode
    other["Arguments"]["AlgorithmSpecification"]["TrainingInputMode"] = mode
    assert compare(definition(one), definition(other)) == ()


def test_items_without_names_are_told_by_their_place() -> None:
    def register(threshold: str) -> Json:
        containers = [{"Image": "i"}, {"Image": "j", "Environment": {"THRESHOLD": threshold}}]
        arguments = {"InferenceSpecification": {"Containers": containers}, "SkipModelValidation": "None"}
        return definition({"Name": "r", "Type": "RegisterModel", "Arguments": arguments})

    (found,) = compare(register("0.5"), register("0.6"))
    assert found.path == "Arguments.InferenceSpecification.Containers[1].Environment.THRESHOLD"
    assert (found.before, found.after) == ("0.5", "0.6")


@pytest.mark.parametrize("odd", [None, 1, True, "x", [1], {"Std:Join": 1}, {"Std:Join": {"On": 1, "Values": 2}}])
def test_what_no_service_would_take_is_a_change_like_any_other(odd: Any) -> None:
    """A live definition may come from anywhere."""
    sound = definition(train("t", join("s3://", get("Parameters.B"))), parameters=({"Name": "B"},))
    source = train("t", odd)
    assert compare(definition(source), sound) != () and forecast(definition(source), sound)
    assert compare(definition(source), definition(source)) == ()
    assert [c.name for c in compare({**sound, "Parameters": odd}, sound)] == ["B"]
    assert forecast({**sound, "Parameters": odd}, sound)


def test_lists_with_names_and_without_an_order() -> None:
    one = train("t", "s3://x", DependsOn=["a", "b"])
    other = train("t", "s3://x", DependsOn=["b", "a"])
    assert compare(definition(one), definition(other)) == ()
    assert compare(definition(train("t", "s3://x", DependsOn=["a", "a"])), definition(one)) != ()
    one["Arguments"]["HyperParameters"], other["Arguments"]["HyperParameters"] = {"eta": "1"}, {"eta": "1.0"}
    (found,) = compare(definition(one), definition(other))
    assert (found.path, found.before, found.after) == ("Arguments.HyperParameters.eta", "1", "1.0")


def test_order_counts_where_the_service_says_so() -> None:
    model = {
        "Name": "m",
        "Type": "Model",
        "Arguments": {"Containers": [{"ContainerHostname": "a"}, {"ContainerHostname": "b"}]},
    }
    other = {**model, "Arguments": {"Containers": [{"ContainerHostname": "b"}, {"ContainerHostname": "a"}]}}
    assert [c.path.rpartition(".")[0][-3:] for c in compare(definition(model), definition(other))] == ["[0]", "[1]"]


def test_parameters() -> None:
    rounds = {"Name": "Rounds", "Type": "Integer", "DefaultValue": 100}
    data = {"Name": "Data", "DefaultValue": "s3://a"}
    before = definition(process("p"), parameters=(data, rounds))
    after = definition(
        process("p"), parameters=({**rounds, "DefaultValue": 200}, {**data, "Type": "String"}, {"Name": "New"})
    )
    assert compare(before, after) == (
        Change("changed", "parameter", "Rounds", "DefaultValue", 100, 200),
        Change("added", "parameter", "New", after={"Type": "String", "Name": "New"}),
    )
    assert compare(after, before)[-1].kind == "removed"


def test_a_renamed_step_and_those_that_read_it() -> None:
    renamed = get("Steps.clean.ProcessingOutputConfig.Outputs['train'].S3Output.S3Uri")
    found = compare(
        definition(process("prepare"), train("train", OUT)), definition(process("clean"), train("train", renamed))
    )
    assert found == (Change("renamed", "step", "clean", before="prepare", after="clean"),)


def test_a_moved_step() -> None:
    gate = {"Name": "gate", "Type": "Condition", "Arguments": {"Conditions": [], "IfSteps": [], "ElseSteps": []}}
    inside = {**gate, "Arguments": {**gate["Arguments"], "ElseSteps": [process("prepare")]}}
    assert compare(definition(gate, process("prepare")), definition(inside)) == (
        Change("moved", "step", "prepare", before="the top level", after="`else` of `gate`"),
    )


def test_steps_that_come_and_go() -> None:
    found = compare(definition(process("prepare")), definition(train("train", "s3://x")))
    assert [(c.kind, c.name) for c in found] == [("added", "train"), ("removed", "prepare")]


def verdicts(before: Json | None, after: Json) -> dict[str, tuple[str, str]]:
    return {f.step: (f.verdict, f.attribute) for f in forecast(before, after)}


HIT, RUN, MAYBE = "would hit", "will re-run", "unknown"
TRAIN = train("train", OUT)
BASE = definition(process("prepare"), TRAIN)
OFF = {"Enabled": False}


@pytest.mark.parametrize(
    ("before", "after", "prepare", "trained"),
    [
        (None, BASE, (RUN, ""), (RUN, "")),
        (BASE, BASE, (HIT, ""), (HIT, "")),
        (BASE, definition(process("prepare", code="s3://b/2"), TRAIN), (RUN, "ProcessingInputs"), (HIT, "")),
        (BASE, definition(process("prepare", CacheConfig=OFF), TRAIN), (RUN, ""), (HIT, "")),
        (BASE, definition(process("prepare", code="s3://b/2", to="s3://b/new"), train("train", OUT)),
         (RUN, "ProcessingInputs"), (RUN, "InputDataConfig")),
        (BASE, definition(process("prepare", to="s3://b/new"), train("train", OUT)), (HIT, ""), (HIT, "")),
        (BASE, definition(process("prepare"), train("train", "s3://other")), (HIT, ""), (RUN, "InputDataConfig")),
    ],
    ids=["never ran", "the same", "new code", "no cache", "new code and place", "new place", "new input"],
)  # fmt: skip
def test_forecast(before: Json | None, after: Json, prepare: tuple[str, str], trained: tuple[str, str]) -> None:
    assert verdicts(before, after) == {"prepare": prepare, "train": trained}


def test_forecast_follows_what_is_made_anew() -> None:
    per_run = {"Std:Join": {"On": "/", "Values": ["s3:/", "b", get("Execution.PipelineExecutionId")]}}
    one = definition(process("prepare", to=per_run), train("train", OUT))
    other = definition(process("prepare", code="s3://b/2", to=per_run), train("train", OUT))
    assert verdicts(one, one) == {"prepare": (HIT, ""), "train": (HIT, "")}
    assert verdicts(one, other)["train"] == (RUN, "InputDataConfig")
    uncached = definition(process("prepare", to=per_run, CacheConfig={"Enabled": False}), train("train", OUT))
    assert verdicts(uncached, uncached)["train"] == (RUN, "InputDataConfig")


def test_forecast_of_values_that_are_only_known_when_running() -> None:
    now = definition(train("train", get("Execution.StartDateTime")))
    assert verdicts(now, now)["train"] == (RUN, "InputDataConfig")
    by_lambda = definition(
        {"Name": "ask", "Type": "Lambda", "Arguments": {}}, train("train", get("Steps.ask.OutputParameters['x']"))
    )
    assert verdicts(by_lambda, by_lambda)["train"] == (MAYBE, "InputDataConfig")
    rounds = ({"Name": "Data", "Type": "String", "DefaultValue": "s3://a"},)
    one = definition(train("train", get("Parameters.Data")), parameters=rounds)
    other = definition(train("train", get("Parameters.Data")), parameters=({**rounds[0], "DefaultValue": "s3://b"},))
    assert verdicts(one, other)["train"] == (RUN, "InputDataConfig")
    renamed = get("Steps.clean.ProcessingOutputConfig.Outputs['train'].S3Output.S3Uri")
    found = verdicts(BASE, definition(process("clean"), train("train", renamed)))
    assert found == {"clean": (MAYBE, ""), "train": (HIT, "")}


def test_forecast_of_a_long_chain() -> None:
    """Far more steps than Python would recurse through."""
    steps = [train("s0", "s3://a")]
    steps += [train(f"s{n}", get(f"Steps.s{n - 1}.ModelArtifacts.S3ModelArtifacts")) for n in range(1, 2000)]
    changed = [train("s0", "s3://b"), *steps[1:]]
    found = verdicts(definition(*steps), definition(*changed[::-1]))
    assert set(found.values()) == {(RUN, "InputDataConfig")}


def test_a_hit_keeps_the_old_place() -> None:
    other = definition(process("prepare", to="s3://b/new"), train("train", OUT))
    assert list(kept_places(BASE, other)) == [("prepare", "ProcessingOutputConfig")]
    changed = definition(process("prepare", code="s3://b/2", to="s3://b/new"), train("train", OUT))
    assert list(kept_places(BASE, changed)) == []


def test_downstream() -> None:
    gate = {"Name": "gate", "Type": "Condition", "DependsOn": ["train"],
            "Arguments": {"Conditions": [], "IfSteps": [process("inner")], "ElseSteps": []}}  # fmt: skip
    late = process("late", DependsOn=[{"Step": "train", "Trigger": "Failed"}])
    whole = definition(process("prepare"), train("train", OUT), gate, late, process("aside"))
    assert downstream(whole, "prepare") == ("prepare", "train", "gate", "inner", "late")
    assert downstream(whole, "late") == ("late",)


@pytest.mark.parametrize("before", [{"Enabled": False}, None])
def test_a_cache_that_was_just_switched_on_may_have_nothing_to_give(before: Any) -> None:
    """Whether the service keeps results of runs without a cache is not documented."""
    (found,) = forecast(definition(process("prepare", CacheConfig=before)), definition(process("prepare")))
    assert (found.verdict, found.why) == ("unknown", "its earlier runs had no cache")
    (off,) = forecast(definition(process("prepare")), definition(process("prepare", CacheConfig=before)))
    assert (off.verdict, off.why) == ("will re-run", "it has no cache")
