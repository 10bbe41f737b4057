"""The cache: the key agrees with the documented one, and nothing stale or broken is ever served."""

from __future__ import annotations

import copy
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny import HOUR, Project, here, output, processing

from compiler.local.cache import Cache, every_record, seconds
from compiler.local.store import Store
from compiler.shapes import Shape, shape

Json = Any

# The attributes that the service keys each type on: Developer Guide, pipelines-default-keys.
KEYED = {
    "Processing": ("AppSpecification", "Environment", "ProcessingInputs"),
    "Training": (
        "AlgorithmSpecification", "CheckpointConfig", "DebugHookConfig", "DebugRuleConfigurations", "Environment",
        "HyperParameters", "InputDataConfig",
    ),
    "Tuning": (
        "HyperParameterTuningJobConfig", "TrainingJobDefinition.AlgorithmSpecification",
        "TrainingJobDefinition.HyperParameterRanges", "TrainingJobDefinition.InputDataConfig",
        "TrainingJobDefinition.StaticHyperParameters", "TrainingJobDefinition.TuningObjective",
        "TrainingJobDefinitions",
    ),
    "Transform": ("DataProcessing", "Environment", "ModelName", "TransformInput"),
}  # fmt: skip
REQUESTS = {
    "Processing": "CreateProcessingJobRequest",
    "Training": "CreateTrainingJobRequest",
    "Tuning": "CreateHyperParameterTuningJobRequest",
    "Transform": "CreateTransformJobRequest",
}


def sample(of: Shape, depth: int = 0) -> Json:
    """A value of a shape with every member, a few levels deep."""
    match of.type:
        case "structure":
            return {n: sample(m, depth + 1) for n in of.member_names if (m := of.member(n)) and depth < 4}
        case "list":
            return [sample(of.element, depth + 1)] if of.element and depth < 4 else []
        case "map":
            return {"k": sample(of.value, depth + 1)} if of.value else {}
        case "integer" | "long":
            return 1
        case "float" | "double":
            return 0.5
        case "boolean":
            return True
        case _:
            return "text"


def changed(value: Json) -> Json:
    match value:
        case bool():
            return not value
        case int() | float():
            return value + 1
        case str():
            return value + "x"
        case {**members}:
            return {**members, "Another": "member"}
        case _:
            return [*value, "another"]


def members(step_type: str) -> Iterator[tuple[str, ...]]:
    """Every argument member, those of the training definition of a tuning step one by one."""
    request = shape("sagemaker", REQUESTS[step_type])
    for name in request.member_names:
        inner = request.member(name)
        if name == "TrainingJobDefinition" and inner:
            yield from ((name, below) for below in inner.member_names)
        else:
            yield (name,)


CASES = [(step_type, path) for step_type in REQUESTS for path in members(step_type)]


@pytest.mark.parametrize(("step_type", "path"), CASES, ids=lambda v: v if isinstance(v, str) else ".".join(v))
def test_a_changed_member_misses_exactly_when_the_service_keys_on_it(
    step_type: str, path: tuple[str, ...], tmp_path: Path
) -> None:
    cache = Cache(tmp_path, Store(tmp_path), "sagemaker")
    before = sample(shape("sagemaker", REQUESTS[step_type]))
    after = copy.deepcopy(before)
    place = after
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = changed(place[path[-1]])
    assert before != after
    cache.write(cache.key("p", "s", step_type, before, {}, "e"), "x", {"A": 1}, [], {})
    found = cache.find(cache.key("p", "s", step_type, after, {}, "e"), "P1D")
    keyed = ".".join(path) in KEYED[step_type]
    assert (found.record is None) == keyed
    assert (".".join(path) in found.why) == keyed


def test_what_stands_beside_the_arguments_is_no_part_of_the_key(tmp_path: Path) -> None:
    cache = Cache(tmp_path, Store(tmp_path), "sagemaker")
    arguments = sample(shape("sagemaker", REQUESTS["Processing"]))
    cache.write(cache.key("p", "s", "Processing", arguments, {"RetryPolicies": []}, "e"), "x", {"A": 1}, [], {})
    keys = {"RetryPolicies": [{"ExceptionType": ["Step.THROTTLING"]}], "DisplayName": "d", "CacheConfig": HOUR}
    assert cache.find(cache.key("p", "s", "Processing", arguments, keys, "other"), "P1D").record


@pytest.mark.parametrize("other", [("q", "s", "Processing"), ("p", "t", "Processing"), ("p", "s", "Training")])
def test_results_belong_to_one_step_of_one_pipeline(other: tuple[str, str, str], tmp_path: Path) -> None:
    cache = Cache(tmp_path, Store(tmp_path), "sagemaker")
    arguments = {"RoleArn": "r"}
    one = cache.key("p", "s", "Processing", arguments, {}, "e")
    cache.write(one, "x", {"A": 1}, [], {})
    found = cache.key(*other, arguments, {}, "e")
    assert found.digest != one.digest and cache.find(found, "P1D").record is None


def test_the_newest_result_is_taken_and_listed_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = Cache(tmp_path, Store(tmp_path), "sagemaker")
    keys = [cache.key("p", "s", "Training", {"HyperParameters": {"n": str(n)}}, {}, "e") for n in (0, 1, 2, 0)]
    for number, key in enumerate(keys):
        monkeypatch.setattr("time.time", lambda at=1000.0 + number: at)
        cache.write(key, f"x{number}", {"A": 1}, [], {})
    found = cache.find(keys[0], "P1D").record
    assert found and found["execution"] == "x3"
    assert [entry["execution"] for _, entry in every_record(tmp_path) if entry] == ["x0", "x1", "x2", "x3"]


def test_a_type_without_a_documented_cache_never_hits(project: Project) -> None:
    """The definition may ask for one on any step."""
    project.file("h.py", "def handler(event, context): return {}")
    function = "arn:aws:lambda:eu-west-1:111122223333:function:f"
    container = {"Image": "i", "ModelDataUrl": project.file("m.tar.gz", "x")}
    project.steps = [
        {"Name": "L", "Type": "Lambda", "FunctionArn": function, "Arguments": {"n": 1}},
        {"Name": "C", "Type": "Callback", "SqsQueueUrl": "https://sqs/1/q", "Arguments": {"n": 1}},
        {"Name": "M", "Type": "Model", "Arguments": {"PrimaryContainer": container}},
        {"Name": "R", "Type": "RegisterModel", "Arguments": {"ModelPackageGroupName": "g"}},
    ]
    for step in project.steps:
        step["CacheConfig"] = HOUR
    for _ in range(2):
        ran = project.run(mode="sagemaker", handlers={"L": "h.py:handler", "C": "h.py:handler"})
        assert ran.status == "Succeeded", {n: o.reason for n, o in ran.outcomes.items()}
        assert [o.reused for o in ran.outcomes.values()] == [""] * 4
    assert ran.outcomes["L"].details["cache"] == ["off", "no cache is documented for Lambda steps"]


@given(st.dictionaries(st.text(), st.none() | st.integers() | st.text() | st.lists(st.text())))
def test_the_key_depends_on_values_and_not_on_their_order(values: dict[str, Json]) -> None:
    cache = Cache(Path("nowhere"), Store(Path("nowhere")), "sagemaker")
    one = cache.key("p", "s", "Training", {"HyperParameters": values}, {}, "e")
    other = cache.key("p", "s", "Training", {"HyperParameters": dict(reversed(values.items()))}, {}, "e")
    assert one.digest == other.digest


@pytest.mark.parametrize(
    ("text", "expected"),
    [("P30D", 2_592_000), ("30d", 2_592_000), ("T16m", 960), ("p1d", 86_400), ("30dT5h", 2_610_000), ("PT1H", 3600)],
)
def test_expiry_is_read_in_every_form_of_the_service(text: str, expected: int) -> None:
    assert seconds(text) == expected


COPY = """
import pathlib, sys
text = pathlib.Path('/opt/ml/processing/input/in/in.txt').read_text()
pathlib.Path('/opt/ml/processing/out/out.txt').write_text(text + ' copied')
"""


def copying(project: Project) -> None:
    code, given = project.file("copy.py", COPY), project.file("in.txt", "one")
    inputs = {"in": (given, "/opt/ml/processing/input/in")}
    first = processing("one", code, inputs, {"o": (here("one"), "/opt/ml/processing/out")}, CacheConfig=HOUR)
    second = processing("two", project.file("read.py", READ), {
        "in": (output("one", "o"), "/opt/ml/processing/input/in")
    }, {"o": (here("two"), "/opt/ml/processing/out")}, CacheConfig=HOUR)  # fmt: skip
    project.steps = [first, second]


READ = """
import pathlib
text = pathlib.Path('/opt/ml/processing/input/in/out.txt').read_text()
pathlib.Path('/opt/ml/processing/out/x').write_text(text)
"""


def hits(project: Project, **wishes: Any) -> tuple[bool, bool]:
    ran = project.run(**wishes)
    assert ran.status == "Succeeded", ran.outcomes
    return bool(ran.outcomes["one"].reused), bool(ran.outcomes["two"].reused)


def test_what_ran_before_is_taken_and_says_from_where(project: Project) -> None:
    copying(project)
    first = project.run()
    again = project.run()
    assert [again.outcomes[s].reused for s in ("one", "two")] == [first.id, first.id]
    assert again.outcomes["one"].properties == first.outcomes["one"].properties
    assert hits(project, cache=False) == (False, False)
    assert project.run().outcomes["one"].reused == first.id, "a run without the cache leaves no record"


def test_new_contents_under_the_same_uri_are_seen_and_the_difference_to_the_service_told(project: Project) -> None:
    copying(project)
    project.run()
    project.file("in.txt", "two")
    assert hits(project, mode="sagemaker") == (True, True)
    ran = project.run()
    said = ran.outcomes["one"].details["cache"]
    assert said[0] == "miss"
    assert said[1].startswith("what lies at s3://b/in.txt changed; SageMaker would reuse")
    assert project.store.read(f"s3://b/{ran.id}/two/x") == b"two copied"


def test_a_changed_argument_is_named(project: Project) -> None:
    copying(project)
    project.run()
    project.steps[0]["Arguments"]["AppSpecification"]["ContainerArguments"] = ["--more"]
    said = project.run().outcomes["one"].details["cache"]
    assert said == ["miss", 'AppSpecification.ContainerArguments differs: nothing before, ["--more"] now']


def test_another_environment_is_another_result(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    copying(project)
    project.run()
    monkeypatch.setattr("compiler.local.environment.Python.digest", "another")
    assert project.run().outcomes["one"].details["cache"][1].startswith("the Python environment changed")


def test_an_expired_result_is_not_taken(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    copying(project)
    project.run()
    now = time.time()
    monkeypatch.setattr("compiler.local.cache.time.time", lambda: now + 3601)
    assert "has expired" in project.run().outcomes["one"].details["cache"][1]


def test_a_failed_step_is_not_kept(project: Project) -> None:
    project.steps = [processing("bad", project.file("bad.py", "raise SystemExit(3)"), CacheConfig=HOUR)]
    assert project.run().status == "Failed"
    assert project.run().outcomes["bad"].details["cache"] == ["miss", "it has not run before"]


@pytest.mark.parametrize("how", ["cut", "changed", "gone"])
def test_a_damaged_artifact_is_never_served(project: Project, how: str) -> None:
    copying(project)
    ran = project.run()
    assert ran.status == "Succeeded", ran.outcomes
    sha = ran.outcomes["one"].details["artifacts"][0][1]
    blob = project.state / "blobs" / sha[:2] / sha
    damage = {"cut": lambda: blob.write_bytes(b"one"), "changed": lambda: blob.write_bytes(b"XXX copied")}
    damage.get(how, blob.unlink)()
    again = project.run()
    assert again.status == "Succeeded" and not again.outcomes["one"].reused
    assert "damaged or gone" in again.outcomes["one"].details["cache"][1]
    assert project.store.read(f"s3://b/{again.id}/one/out.txt") == b"one copied"


def test_an_overwritten_output_is_put_back(project: Project) -> None:
    copying(project)
    ran = project.run()
    assert ran.status == "Succeeded", ran.outcomes
    uri = f"s3://b/{ran.id}/one/out.txt"
    other = project.folder / "other.txt"
    other.write_text("other", encoding="utf-8")
    project.store.upload(other, uri)
    assert project.store.read(uri) == b"other"
    assert hits(project) == (True, True)
    assert project.store.read(uri) == b"one copied"


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"format": 99}', '{"format": 1}', '{"format": 1, "created": ""}']
)
def test_a_broken_record_is_passed_over(project: Project, text: str) -> None:
    copying(project)
    project.run()
    for record in (project.state / "cache").rglob("*.json"):
        record.write_text(text, encoding="utf-8")
    assert hits(project) == (False, False)


def test_records_never_change(project: Project) -> None:
    copying(project)
    project.run()
    before = {path: path.read_bytes() for path in (project.state / "cache").rglob("*.json")}
    project.file("in.txt", "two")
    project.run()
    assert len(before) == 2
    assert {path: path.read_bytes() for path in before} == before
    assert len(list((project.state / "cache").rglob("*.json"))) == 4
    assert json.loads(next(iter(before.values())))["format"] == 1


def test_a_miss_names_what_differs_from_the_newest(tmp_path: Path) -> None:
    cache = Cache(tmp_path, Store(tmp_path), "sagemaker")
    for n in range(12):
        cache.write(cache.key("p", "s", "Training", {"HyperParameters": {"n": n}}, {}, "e"), f"x{n}", {"A": 1}, [], {})
    found = cache.find(cache.key("p", "s", "Training", {"HyperParameters": {"n": 20}}, {}, "e"), "P1D")
    assert found.why == "HyperParameters.n differs: 11 before, 20 now"
