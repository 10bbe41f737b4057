"""The cache forecast against the service's own table of key attributes (DG, pipelines-default-keys), type by type."""

from __future__ import annotations

from typing import Any

import pytest

from compiler.deploy.plan import Plan
from compiler.deploy.planview import markdown, text
from compiler.diff.forecast import forecast, kept_places
from compiler.steps import STEP_TYPES

Json = dict[str, Any]
CACHE = {"Enabled": True, "ExpireAfter": "P7D"}
CHECK = "AppSpecification Environment ProcessingInputs SkipCheck RegisterNewBaseline ModelPackageGroupName"
CHECK += " SuppliedBaselineConstraints"  # `...CheckConfig` and `CheckJobConfig` of the table, as a request says them
KEYS = {
    "Processing": "AppSpecification Environment ProcessingInputs",
    "Training": "AlgorithmSpecification CheckpointConfig DebugHookConfig DebugRuleConfigurations Environment "
    "HyperParameters InputDataConfig",
    "Tuning": "HyperParameterTuningJobConfig TrainingJobDefinition.AlgorithmSpecification "
    "TrainingJobDefinition.HyperParameterRanges TrainingJobDefinition.InputDataConfig "
    "TrainingJobDefinition.StaticHyperParameters TrainingJobDefinition.TuningObjective TrainingJobDefinitions",
    "AutoML": "AutoMLJobConfig.CompletionCriteria AutoMLJobConfig.CandidateGenerationConfig "
    "AutoMLJobConfig.DataSplitConfig AutoMLJobConfig.Mode AutoMLJobObjective InputDataConfig ProblemType",
    "Transform": "DataProcessing Environment ModelName TransformInput",
    "ClarifyCheck": CHECK,
    "QualityCheck": f"{CHECK} SuppliedBaselineStatistics",
    "EMR": "ClusterId StepConfig ClusterConfig",
}
NOT_KEYS = {
    "Processing": "ProcessingResources ProcessingOutputConfig RoleArn NetworkConfig StoppingCondition Tags",
    "Training": "ResourceConfig OutputDataConfig RoleArn VpcConfig StoppingCondition Tags EnableManagedSpotTraining "
    "ProfilerConfig",
    "Tuning": "TrainingJobDefinition.ResourceConfig TrainingJobDefinition.OutputDataConfig "
    "TrainingJobDefinition.RoleArn TrainingJobDefinition.VpcConfig TrainingJobDefinition.StoppingCondition Tags",
    "AutoML": "OutputDataConfig RoleArn AutoMLJobConfig.SecurityConfig Tags",
    "Transform": "TransformResources TransformOutput MaxPayloadInMB Tags",
    "ClarifyCheck": "RoleArn",
    "QualityCheck": "RoleArn",
    "EMR": "ExecutionRoleArn",
}
STEP_LEVEL = (
    "SkipCheck", "RegisterNewBaseline", "ModelPackageGroupName", "SuppliedBaselineConstraints",
    "SuppliedBaselineStatistics", "ModelName",
)  # fmt: skip
COUNTED = [(kind, attribute) for kind, given in KEYS.items() for attribute in given.split()]
LEFT_OUT = [(kind, attribute) for kind, given in NOT_KEYS.items() for attribute in given.split()]


def definition(*steps: Json, parameters: tuple[Json, ...] = ()) -> Json:
    return {"Version": "2020-12-01", "Metadata": {}, "Parameters": [*parameters], "Steps": [*steps]}


def step(kind: str, attribute: str = "", value: Any = None, name: str = "s", **more: Any) -> Json:
    """A cached step of a type with one attribute, where the service keeps it: in the request, or beside it."""
    found: Json = {"Name": name, "Type": kind, "Arguments": {}, "CacheConfig": CACHE, **more}
    first, _, rest = attribute.partition(".")
    if attribute in STEP_LEVEL and kind.endswith("Check"):
        found[attribute] = value
    elif attribute:
        found["Arguments"][first] = {rest: value} if rest else value
    return found


def verdict(before: Json, after: Json) -> tuple[str, str]:
    ((_, found, _, attribute, _),) = forecast(definition(before), definition(after))
    return found, attribute


def test_the_table_is_whole() -> None:
    own = {t.json_type: set(t.cache_key) for t in STEP_TYPES.values() if t.cache == "yes"}
    assert own.keys() == KEYS.keys() == NOT_KEYS.keys()
    for kind, given in KEYS.items():
        assert own[kind] - {"SuppliedBaselineStatistics"} == {*given.split()} - {"SuppliedBaselineStatistics"}


@pytest.mark.parametrize(("kind", "attribute"), COUNTED)
def test_a_changed_key_attribute_decides(kind: str, attribute: str) -> None:
    assert verdict(step(kind, attribute, "a"), step(kind, attribute, "b")) == ("will re-run", attribute)
    assert verdict(step(kind), step(kind, attribute, "b")) == ("will re-run", attribute)
    assert verdict(step(kind, attribute, "a"), step(kind, attribute, "a")) == ("would hit", "")


@pytest.mark.parametrize(("kind", "attribute"), COUNTED)
@pytest.mark.parametrize("path", ["Execution.PipelineExecutionId", "Execution.CurrentDateTime"])
def test_a_value_that_is_new_in_every_run_decides(kind: str, attribute: str, path: str) -> None:
    join = {"Std:Join": {"On": "/", "Values": ["s3:/", "b", {"Get": path}]}}
    assert verdict(step(kind, attribute, join), step(kind, attribute, join)) == ("will re-run", attribute)


@pytest.mark.parametrize(("kind", "attribute"), LEFT_OUT)
def test_an_attribute_that_is_not_counted(kind: str, attribute: str) -> None:
    assert verdict(step(kind, attribute, "a"), step(kind, attribute, "b")) == ("would hit", "")


@pytest.mark.parametrize("kind", ["ClarifyCheck", "QualityCheck"])
@pytest.mark.parametrize("attribute", ["ProcessingResources", "ProcessingOutputConfig", "NetworkConfig"])
def test_what_a_check_may_count(kind: str, attribute: str) -> None:
    assert verdict(step(kind, attribute, "a"), step(kind, attribute, "b")) == ("unknown", attribute)


@pytest.mark.parametrize(
    ("kind", "attribute"), [("ClarifyCheck", "ProcessingOutputConfig"), ("Processing", "ProcessingOutputConfig"),
                            ("Training", "OutputDataConfig"), ("AutoML", "OutputDataConfig"),
                            ("Transform", "TransformOutput")],
)  # fmt: skip
def test_a_changed_place_of_output_is_pointed_out(kind: str, attribute: str) -> None:
    one, other = definition(step(kind, attribute, "s3://a")), definition(step(kind, attribute, "s3://b"))
    assert list(kept_places(one, other)) == [("s", attribute)]
    uncached = definition(step(kind, attribute, "s3://b", CacheConfig={"Enabled": False}))
    assert list(kept_places(one, uncached)) == []


def test_a_changed_place_of_a_tuning_step() -> None:
    def tuned(to: str) -> Json:
        return definition(step("Tuning", "TrainingJobDefinition.OutputDataConfig", {"S3OutputPath": to}))

    assert list(kept_places(tuned("s3://a"), tuned("s3://b"))) == [("s", "TrainingJobDefinition.OutputDataConfig")]


def test_a_place_of_a_step_that_runs_again_because_of_another_is_not_pointed_out() -> None:
    read = {"Get": "Steps.first.ModelArtifacts.S3ModelArtifacts"}

    def made(to: str) -> Json:
        first = step("Training", name="first", CacheConfig={"Enabled": False})
        second = step("Training", "InputDataConfig", [read], name="second")
        second["Arguments"]["OutputDataConfig"] = {"S3OutputPath": to}
        return definition(first, second)

    assert list(kept_places(made("s3://a"), made("s3://b"))) == []


def test_parameters_in_the_key() -> None:
    read = step("Training", "HyperParameters", {"n": {"Get": "Parameters.N"}})

    def found(before: Json, after: Json) -> tuple[str, str]:
        one, other = definition(read, parameters=(before,)), definition(read, parameters=(after,))
        return forecast(one, other)[0].verdict, forecast(one, other)[0].why

    given, default = {"Name": "N", "Type": "Integer"}, {"Name": "N", "Type": "Integer", "DefaultValue": 1}
    assert found(given, given) == ("unknown", "it depends on the value given for parameter `N`")
    assert found(default, given) == ("unknown", "it depends on the value given for parameter `N`")
    assert found(default, {**default, "DefaultValue": 1.0})[0] == "would hit"
    assert found(default, {**default, "DefaultValue": 2})[0] == "will re-run"


def test_every_step_is_forecast() -> None:
    steps = [
        {"Name": "model", "Type": "Model", "Arguments": {}},
        step("Lambda", name="ask"),
        step("Endpoint", name="serve", CacheConfig={"Enabled": False}),
        step("Transform", "ModelName", {"Get": "Steps.model.ModelName"}, name="score"),
        {"Name": "each", "Type": "ForEach", "Arguments": {"ForEachBody": [step("Training", name="fit")]}},
    ]
    found = {f.step: (f.verdict, f.cacheable) for f in forecast(definition(*steps), definition(*steps))}
    assert found == {
        "model": ("will re-run", False), "ask": ("unknown", True), "serve": ("will re-run", False),
        "score": ("will re-run", True), "each": ("will re-run", False), "fit": ("unknown", True),
    }  # fmt: skip


def test_a_plan_tells_the_steps_that_no_cache_concerns_in_one_line() -> None:
    steps = [{"Name": "model", "Type": "Model", "Arguments": {}}, step("Training", name="a")]
    plan = Plan("p", "us-east-1", "", "update", forecast=forecast(definition(*steps), definition(*steps)))
    assert "  a  would hit: nothing in its key changed" in text(plan)
    assert "  never reused, by their type: model\n" in text(plan)
    assert "| `a` | would hit |" in markdown(plan) and "never reused, by their type: `model`" in markdown(plan)
