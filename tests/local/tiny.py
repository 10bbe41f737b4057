"""A small project to run: a pipeline in the shape of the workshops' scripts, which needs no library."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

from compiler.local.execute import Ran
from compiler.local.outcome import Outcome
from compiler.local.plan import Node
from compiler.local.project import read_definition
from compiler.local.session import Wishes, run
from compiler.local.store import Store

Json = Any
IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"
ROLE = "arn:aws:iam::111122223333:role/R"
HOUR = {"Enabled": True, "ExpireAfter": "PT1H"}


class Done(NamedTuple):
    """What a call of the command came to."""

    returncode: int
    stdout: str
    stderr: str


class Told:
    """A view that remembers."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.order: list[str] = []

    def opened(self, execution: str, folder: Path) -> None:
        pass

    def note(self, text: str) -> None:
        self.notes.append(text)

    def started(self, node: Node) -> None:
        self.order.append(node.name)

    def ended(self, node: Node, outcome: Outcome, seconds: float) -> None:
        pass

    def waiting(self) -> None:
        pass

    def close(self) -> None:
        pass


class Project:
    """A folder with a definition, code and data that stand for S3."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "pyproject.toml").write_text("", encoding="utf-8")
        self.steps: list[Json] = []
        self.parameters: list[Json] = []
        self.told = Told()
        self.mounts: dict[str, str] = {}

    @property
    def state(self) -> Path:
        return self.folder / ".sagepipe"

    @property
    def store(self) -> Store:
        return Store(self.state)

    def file(self, name: str, text: str, uri: str = "") -> str:
        """Write a file, and let it stand for a URI."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        uri = uri or f"s3://b/{name}"
        self.mounts[uri] = str(path)
        return uri

    def definition(self) -> Path:
        path = self.folder / "tiny.json"
        path.write_text(json.dumps({"Version": "2020-12-01", "Parameters": self.parameters, "Steps": self.steps}))
        return path

    def run(self, **wishes: Any) -> Ran:
        """Run what stands in `steps`. Raises `InputFault`."""
        data = {**self.mounts, **wishes.pop("data", {})}
        self.told = Told()
        return run(read_definition(self.definition()), Wishes(data=data, **wishes), self.told)

    def log(self, ran: Ran, step: str) -> str:
        return (ran.folder / "jobs" / step / "log.txt").read_text(encoding="utf-8")


def processing(
    name: str, code: str, inputs: dict[str, Json] | None = None, outputs: dict[str, Json] | None = None, **more: Json
) -> Json:
    """A processing step on one script. `inputs` and `outputs`: name to (URI, path)."""
    places = {"code": (code, "/opt/ml/processing/input/code"), **(inputs or {})}
    arguments: Json = {
        "RoleArn": ROLE,
        "AppSpecification": {
            "ImageUri": IMAGE,
            "ContainerEntrypoint": ["python3", f"/opt/ml/processing/input/code/{code.rpartition('/')[2]}"],
        },
        "ProcessingResources": {
            "ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 30}
        },
        "ProcessingInputs": [
            {"InputName": n, "S3Input": {"S3Uri": uri, "LocalPath": path, "S3DataType": "S3Prefix"}}
            for n, (uri, path) in places.items()
        ],
    }
    if outputs:
        arguments["ProcessingOutputConfig"] = {
            "Outputs": [
                {"OutputName": n, "S3Output": {"S3Uri": uri, "LocalPath": path, "S3UploadMode": "EndOfJob"}}
                for n, (uri, path) in outputs.items()
            ]
        }
    arguments |= more.pop("arguments", {})
    return {"Name": name, "Type": "Processing", "Arguments": arguments, **more}


def here(*parts: str) -> Json:
    """A URI below this execution's own."""
    return {"Std:Join": {"On": "/", "Values": ["s3://b", {"Get": "Execution.PipelineExecutionId"}, *parts]}}


def output(step: str, name: str) -> Json:
    return {"Get": f"Steps.{step}.ProcessingOutputConfig.Outputs['{name}'].S3Output.S3Uri"}
