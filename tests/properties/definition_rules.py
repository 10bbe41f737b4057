"""Whether a pipeline definition holds together: its own reading of the format, by the service models of botocore.

Nothing of the compiler is used here. Source: the format's own rules on names, `Get` paths, edges and branches.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from typing import Any, NamedTuple

import botocore.session
from botocore.model import Shape

Json = Any
Chain = tuple[tuple[str, str], ...]
TEXT, NUMBER, WHOLE, TRUTH, OPEN = "string", "float", "integer", "boolean", "anything"
DESCRIBED = {
    "Processing": ("sagemaker", "DescribeProcessingJobResponse"),
    "Training": ("sagemaker", "DescribeTrainingJobResponse"),
    "Tuning": ("sagemaker", "DescribeHyperParameterTuningJobResponse"),
    "Transform": ("sagemaker", "DescribeTransformJobResponse"),
    "Model": ("sagemaker", "DescribeModelOutput"),
    "RegisterModel": ("sagemaker", "DescribeModelPackageOutput"),
    "AutoML": ("sagemaker", "DescribeAutoMLJobResponse"),
    "EMR": ("emr", "Step"),
    "EMRServerless": ("emr-serverless", "GetJobRunResponse"),
    "EndpointConfig": ("sagemaker", "DescribeEndpointConfigOutput"),
    "Endpoint": ("sagemaker", "DescribeEndpointOutput"),
    "InferenceComponent": ("sagemaker", "DescribeInferenceComponentOutput"),
    "Job": ("sagemaker", "DescribeJobResponse"),
    "BedrockModelImport": ("bedrock", "GetModelImportJobResponse"),
    "BedrockCustomModel": ("bedrock", "GetCustomModelResponse"),
    "BedrockCustomModelDeployment": ("bedrock", "GetCustomModelDeploymentResponse"),
    "BedrockProvisionedModelThroughput": ("bedrock", "GetProvisionedModelThroughputResponse"),
}
BASELINES = ("CalculatedBaselineConstraints", "BaselineUsedForDriftCheckConstraints")
STATISTICS = ("CalculatedBaselineStatistics", "BaselineUsedForDriftCheckStatistics")
COUNTS = ("InputItemCount", "TotalStepCount", "SucceededStepCount", "FailedStepCount", "StoppedStepCount")
PLAIN = {
    "Condition": {"Outcome": TRUTH},
    "ClarifyCheck": dict.fromkeys(BASELINES, TEXT),
    "QualityCheck": dict.fromkeys((*BASELINES, *STATISTICS), TEXT),
    "ForEach": {"Status": TEXT} | dict.fromkeys(COUNTS, WHOLE),
}
NAMED_LISTS = {"ProcessingOutputs": "OutputName", "ProcessingInputs": "InputName", "FinalMetricDataList": "MetricName"}
EXECUTION = (
    "StartDateTime", "CurrentDateTime", "PipelineName", "PipelineArn", "PipelineExecutionId", "PipelineExecutionArn",
    "TrainingJobName", "ProcessingJobName",
)  # fmt: skip
NESTED = ("IfSteps", "ElseSteps", "ForEachBody")
NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
PATH = re.compile(
    r"(?P<head>[A-Za-z]+)\.(?P<name>[A-Za-z0-9_-]+)(?P<rest>(?:\.[A-Za-z0-9_-]+|\[\d+\]|\['[^']+'\]|\[\"[^\"]+\"\])*)"
)
PART = re.compile(r"\.([A-Za-z0-9_-]+)|\[(\d+)\]|\['([^']+)'\]|\[\"([^\"]+)\"\]")


class Placed(NamedTuple):
    """A step, and the containers around it, outermost first, each with the list it stands in."""

    json: Json
    chain: Chain

    @property
    def name(self) -> str:
        return str(self.json["Name"])


def steps_of(steps: list[Json], chain: Chain = ()) -> Iterator[Placed]:
    """Every step, those in branches and loops included."""
    for step in steps:
        yield Placed(step, chain)
        for key in NESTED:
            yield from steps_of(step["Arguments"].get(key, []), (*chain, (step["Name"], key)))


def check_definition(definition: Json) -> None:
    """Assert that everything in the definition that names something names something that is there."""
    placed = list(steps_of(definition["Steps"]))
    names = [step.name for step in placed]
    assert len(set(names)) == len(names), "names are unique"
    assert all(NAME.fullmatch(name) for name in names)
    declared = [p["Name"] for p in definition["Parameters"]]
    assert len(set(declared)) == len(declared)
    types = {p["Name"]: {"String": TEXT, "Integer": WHOLE, "Float": NUMBER, "Boolean": TRUTH}[p["Type"]]
             for p in definition["Parameters"]}  # fmt: skip
    world = World({step.name: step for step in placed}, types)
    for key in ("PipelineExperimentConfig", "MlflowConfig"):
        for reference, _ in references(definition.get(key)):
            world.kind(reference, None)
    for step in placed:
        world.step(step)
    world.acyclic()


def references(value: Json, inside: str = "") -> Iterator[tuple[Json, str]]:
    """Every `Get` and `Std:JsonGet`, with what it stands in; steps inside are left alone."""
    match value:
        case {"Get": _}:
            yield value, inside
        case {"Std:JsonGet": found}:
            yield value, inside
            yield from references(found.get("S3Uri"), "Std:JsonGet")
        case {"Std:Join": {"Values": items}}:
            for item in items:
                yield from references(item, "Std:Join")
        case dict():
            for key, inner in value.items():
                if key not in NESTED:
                    yield from references(inner, key)
        case list():
            for item in value:
                yield from references(item, inside)


class World:
    """The steps by name, and the types of the parameters."""

    def __init__(self, steps: dict[str, Placed], parameters: dict[str, str]) -> None:
        self.steps = steps
        self.parameters = parameters
        self.edges: dict[str, set[str]] = {name: set() for name in steps}

    def step(self, step: Placed) -> None:
        """The step's own references, dependencies and place."""
        own = step.json
        triggers: dict[str, str] = {}
        for depend in own.get("DependsOn", []):
            name, trigger = (depend, "Completed") if isinstance(depend, str) else (depend["Step"], depend["Trigger"])
            assert trigger in ("Completed", "Failed", "Stopped", "Any")
            assert triggers.setdefault(name, trigger) == trigger, "one trigger for each pair"
            assert self.reach(step, name).json["Type"] not in ("Condition", "Fail")
        for value in (own["Arguments"], {k: v for k, v in own.items() if k not in ("Arguments", "Name", "DependsOn")}):
            for reference, inside in references(value):
                self.kind(reference, step, inside)
        for container, _ in step.chain:
            self.edges[step.name].add(container)
        for file in own.get("PropertyFiles", []):
            outputs = own["Arguments"]["ProcessingOutputConfig"]["Outputs"]
            assert file["OutputName"] in [o["OutputName"] for o in outputs]
        if own["Type"] == "Cleanup":
            for source in own["Arguments"]["Resources"]["S3"]:
                assert source["StepName"] in triggers

    def acyclic(self) -> None:
        list(TopologicalSorter(self.edges).static_order())

    def reach(self, reader: Placed | None, name: str, below: str = "") -> Placed:
        """The step that a reader names, which it must be able to see; below a loop its body can be seen."""
        target = self.steps[name]
        assert reader is not None, "nothing outside steps reads a step"
        self.edges[reader.name].add(name)
        seen = (*reader.chain, (below, "ForEachBody")) if below else reader.chain
        own_body = any(container == reader.name for container, _ in target.chain)
        assert own_body or seen[: len(target.chain)] == target.chain, f"{reader.name} cannot see {name}"
        return target

    def kind(self, reference: Json, reader: Placed | None, inside: str = "") -> str:
        """What kind of scalar a reference gives."""
        if "Std:JsonGet" in reference:
            return self.json_get(reference["Std:JsonGet"], reader)
        found = PATH.fullmatch(reference["Get"])
        assert found, f"{reference} is a path"
        parts = [next(p for p in match.groups() if p is not None) for match in PART.finditer(found["rest"])]
        brackets = [match[1] is None for match in PART.finditer(found["rest"])]
        match found["head"]:
            case "Parameters":
                assert not parts
                return self.parameters[found["name"]]
            case "Execution":
                assert found["name"] in EXECUTION and not parts
                homes = {"TrainingJobName": ["Training"], "ProcessingJobName": ["Processing"]}.get(found["name"])
                assert homes is None or (reader is not None and reader.json["Type"] in homes)
                return TEXT
            case "ForEach":
                assert found["name"] == "CurrentItem" and reader is not None
                assert any(key == "ForEachBody" for _, key in reader.chain)
                return OPEN
            case "IterationOutput":
                assert inside == "Field" and reader is not None and reader.json["Type"] == "ForEach"
                body = [s["Name"] for s in reader.json["Arguments"]["ForEachBody"]]
                assert found["name"] in body and parts
                return self.property(self.steps[found["name"]], parts, brackets)
            case "Steps":
                return self.property(self.reach(reader, found["name"]), parts, brackets, reader)
        raise AssertionError(f"no path begins with {found['head']}")

    def json_get(self, found: Json, reader: Placed | None) -> str:
        assert set(found) in ({"PropertyFile", "Path"}, {"S3Uri", "Path"}) and found["Path"]
        if "PropertyFile" in found:
            path = re.fullmatch(r"Steps\.([\w-]+)\.PropertyFiles\.([\w-]+)", found["PropertyFile"]["Get"])
            assert path
            target = self.reach(reader, path[1])
            assert target.json["Type"] == "Processing"
            assert path[2] in [f["PropertyFileName"] for f in target.json["PropertyFiles"]]
        return OPEN

    def property(self, step: Placed, parts: list[str], brackets: list[bool], reader: Placed | None = None) -> str:
        kind, own = step.json["Type"], step.json
        assert parts, f"{step.name} alone is no value"
        if kind in ("Lambda", "Callback"):
            assert parts[0] == "OutputParameters" and len(parts) == 2 and brackets[1]
            outputs = {o["OutputName"]: o["OutputType"] for o in own["OutputParameters"]}
            return {"String": TEXT, "Integer": WHOLE, "Float": NUMBER, "Boolean": TRUTH}[outputs[parts[1]]]
        if kind == "Lineage":
            assert parts[0] in ("ActionArns", "ArtifactArns", "ContextArns") and brackets[1:] == [True]
            return TEXT
        if kind == "ForEach" and parts[0] in ("IterationOutputs", "Selected"):
            return self.iteration(step, parts, brackets, reader)
        if parts[0] in PLAIN.get(kind, {}):
            assert len(parts) == 1
            return PLAIN[kind][parts[0]]
        if (kind, parts[0]) in (("Job", "JobConfigDocument"),):
            return OPEN
        if (kind, parts[0]) == ("AutoML", "BestCandidateProperties"):
            assert parts[1:] in (["ModelInsightsJsonReportPath"], ["ExplainabilityJsonReportPath"])
            return TEXT
        root = shape(*DESCRIBED[kind])
        if (kind, parts[0]) == ("Tuning", "TrainingJobSummaries"):
            root = shape("sagemaker", "ListTrainingJobsForHyperParameterTuningJobResponse")
        return self.walk(root, parts, brackets, step)

    def iteration(self, loop: Placed, parts: list[str], brackets: list[bool], reader: Placed | None) -> str:
        """`Selected.<member>` and `IterationOutputs[i].<body step>.<member>`."""
        body = {
            s["Name"]: Placed(s, (*loop.chain, (loop.name, "ForEachBody")))
            for s in loop.json["Arguments"]["ForEachBody"]
        }
        if parts[0] == "Selected":
            chosen = loop.json["Arguments"]["Selector"]["Field"]["Get"].split(".")[1]
            return self.property(body[chosen], parts[1:], brackets[1:], reader)
        assert parts[1].isdigit() and brackets[1] and parts[2] in body
        return self.property(body[parts[2]], parts[3:], brackets[3:], reader)

    def walk(self, at: Shape, parts: list[str], brackets: list[bool], step: Placed) -> str:
        """A path over shapes down to a scalar; names of named lists must be ones that the step declares."""
        bedrock = step.json["Type"].startswith("Bedrock")
        for part, bracket in zip(parts, brackets, strict=True):
            if at.type_name == "structure":
                members = {(m[0].upper() + m[1:] if bedrock else m): s for m, s in at.members.items()}
                assert not bracket and part in members, f"{at.name} has no {part}"
                at = members[part]
            elif at.type_name == "map":
                assert bracket
                at = at.value
            else:
                assert at.type_name == "list" and bracket, f"{at.name} has no {part}"
                assert part.isdigit() or part in _declared(step, at.name), f"{step.name} declares no {part}"
                at = at.member
        assert at.type_name not in ("structure", "list", "map"), f"{at.name} is no scalar"
        return {"integer": WHOLE, "long": WHOLE, "float": NUMBER, "double": NUMBER, "boolean": TRUTH}.get(
            at.type_name, TEXT
        )


def _declared(step: Placed, list_name: str) -> list[str]:
    arguments = step.json["Arguments"]
    if list_name == "ProcessingOutputs":
        return [o["OutputName"] for o in arguments["ProcessingOutputConfig"]["Outputs"]]
    if list_name == "ProcessingInputs":
        return [i["InputName"] for i in arguments["ProcessingInputs"]]
    assert list_name == "FinalMetricDataList", f"{list_name} takes no names"
    definitions = arguments["AlgorithmSpecification"].get("MetricDefinitions")
    return [d["Name"] for d in definitions]


@cache
def model(service: str) -> Any:
    return botocore.session.get_session().get_service_model(service)


@cache
def shape(service: str, name: str) -> Shape:
    return model(service).shape_for(name)
