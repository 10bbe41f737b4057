"""Batch transforms: through one container or several, records of every kind."""

from __future__ import annotations

from typing import Any

import pytest
from tiny import ROLE, Project, here
from trainings import XGBOOST, built_in, table

from compiler.local.jobs.filters import apply, filter_problem

Json = Any


def test_xgboost_trains_without_a_script_and_serves_a_transform(project: Project) -> None:
    pytest.importorskip("xgboost")
    features = "".join(line.partition(",")[2] + "\n" for line in (
        (project.folder / "table.csv").read_text() if table(project) else "").splitlines())  # fmt: skip
    model = {
        "Name": "model", "Type": "Model",
        "Arguments": {"ExecutionRoleArn": ROLE, "PrimaryContainer": {
            "Image": XGBOOST, "ModelDataUrl": {"Get": "Steps.train.ModelArtifacts.S3ModelArtifacts"}}},
    }  # fmt: skip
    transform = {
        "Name": "score", "Type": "Transform",
        "Arguments": {
            "ModelName": {"Get": "Steps.model.ModelName"},
            "TransformInput": {
                "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": project.file("rows.csv", features)}},
                "ContentType": "text/csv", "SplitType": "Line",
            },
            "TransformOutput": {"S3OutputPath": here("scores"), "Accept": "text/csv", "AssembleWith": "Line"},
            "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1},
            "DataProcessing": {"JoinSource": "Input", "OutputFilter": "$[0,-1]"},
        },
    }  # fmt: skip
    project.steps = [built_in(project), model, transform]
    ran = project.run()
    assert ran.status == "Succeeded", {n: o.reason for n, o in ran.outcomes.items()}
    metrics = ran.outcomes["train"].metrics
    assert list(metrics) == ["train:auc", "validation:auc"] and metrics["validation:auc"] > 0.9
    scores = project.store.read(f"s3://b/{ran.id}/scores/rows.csv.out").decode().splitlines()
    assert len(scores) == 80
    first = scores[0].split(",")
    assert first[0] == features.splitlines()[0].split(",")[0] and 0 < float(first[1]) < 1


@pytest.mark.parametrize(
    ("path", "expected"), [("$", [1, 2, 3]), ("$[1:]", [2, 3]), ("$[0,-1]", [1, 3]), ("$[1]", 2), ("$[:-1]", [1, 2])]
)
def test_filters(path: str, expected: Json) -> None:
    assert filter_problem(path) == ""
    assert apply(path, [1, 2, 3]) == expected


def test_filters_of_objects_and_those_not_understood() -> None:
    assert apply("$.a['b'][0]", {"a": {"b": [7]}}) == 7
    assert filter_problem("$..a") and filter_problem("a") and filter_problem("$[?(@.x)]")
