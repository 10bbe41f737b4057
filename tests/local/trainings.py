"""Training and tuning steps to run: on a script, or on the XGBoost that needs none."""

from __future__ import annotations

import io
import json
import tarfile
from typing import Any

from tiny import ROLE, Project, here

Json = Any
XGBOOST = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"


def source(project: Project, name: str, **files: str) -> str:
    """An archive of scripts, at a URI."""
    path = project.folder / f"{name}.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for file, text in files.items():
            member = tarfile.TarInfo(file.replace("_py", ".py"))
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
    uri = f"s3://b/code/{name}.tar.gz"
    project.mounts[uri] = str(path)
    return uri


def training(name: str, channels: dict[str, Json], hyperparameters: dict[str, str], **more: Json) -> Json:
    arguments: Json = {
        "RoleArn": ROLE,
        "AlgorithmSpecification": {"TrainingImage": XGBOOST, "TrainingInputMode": "File"},
        "OutputDataConfig": {"S3OutputPath": here(name)},
        "ResourceConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 30},
        "HyperParameters": hyperparameters,
        "InputDataConfig": [
            {
                "ChannelName": n, "ContentType": "text/csv",
                "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": uri}},
            }
            for n, uri in channels.items()
        ],
    }  # fmt: skip
    return {"Name": name, "Type": "Training", "Arguments": {**arguments, **more.pop("arguments", {})}, **more}


def scripted(uri: str, **hyperparameters: Json) -> dict[str, str]:
    given = {"sagemaker_program": "train.py", "sagemaker_submit_directory": uri, **hyperparameters}
    return {name: json.dumps(value) for name, value in given.items()}


def table(project: Project, rows: int = 80) -> str:
    from random import Random

    dice = Random(1)
    lines = []
    for _ in range(rows):
        x, y = dice.random(), dice.random()
        lines.append(f"{int(x + y > 1)},{x:.4f},{y:.4f}")
    return project.file("table.csv", "\n".join(lines) + "\n")


BOOST = {"objective": "binary:logistic", "num_round": "5", "eval_metric": "auc"}


def built_in(project: Project) -> Json:
    data = table(project)
    return training("train", {"train": data, "validation": data}, BOOST)


def tuning(definition: Json, **config: Json) -> Json:
    one = {k: v for k, v in definition["Arguments"].items() if k != "HyperParameters"}
    said: Json = {
        "Strategy": "Bayesian",
        "ResourceLimits": {"MaxNumberOfTrainingJobs": 3, "MaxParallelTrainingJobs": 3},
        "HyperParameterTuningJobObjective": {"Type": "Maximize", "MetricName": "validation:auc"},
        "ParameterRanges": {
            "ContinuousParameterRanges": [{"Name": "eta", "MinValue": "0.1", "MaxValue": "1"}],
            "IntegerParameterRanges": [{"Name": "max_depth", "MinValue": "1", "MaxValue": "4"}],
        },
    }
    arguments = {
        "HyperParameterTuningJobConfig": {**said, **config},
        "TrainingJobDefinition": {**one, "StaticHyperParameters": definition["Arguments"]["HyperParameters"]},
    }
    return {"Name": "tune", "Type": "Tuning", "Arguments": arguments}
