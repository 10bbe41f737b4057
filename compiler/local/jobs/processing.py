"""Processing jobs. API: CreateProcessingJob; the paths are those of the container contract of processing jobs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from compiler.local.backends import Room
from compiler.local.jobs.job import Done, Job, JobFailed, judge, message_in, time_limit
from compiler.local.jobs.places import arn, hosts, rewrite_code
from compiler.local.manifest import download
from compiler.local.store import Artifact

Json = Any


def run(job: Job) -> Done:
    """Inputs down, the command, outputs up."""
    shop = job.shop
    room = shop.machine.room(job.folder)
    inputs, outputs = job.arguments.get("ProcessingInputs") or [], outputs_of(job.arguments)
    for item in inputs:
        source = item["S3Input"]
        download(shop.store, source, _outside(room, source["LocalPath"]))
    for output in outputs:
        _outside(room, output["S3Output"]["LocalPath"]).mkdir(parents=True, exist_ok=True)
    _configure(room, job)
    command = command_of(job.arguments)
    if shop.machine.backend.rewrites:
        for item in inputs:
            if any(word.startswith(item["S3Input"]["LocalPath"]) for word in command):
                rewrite_code(_outside(room, item["S3Input"]["LocalPath"]), room)
    environment = {str(k): str(v) for k, v in (job.arguments.get("Environment") or {}).items()}
    ended = shop.machine.run(room, command, environment, seconds=time_limit(job.arguments))
    said = message_in(room.ml / "output" / "message")
    judge(ended, "the job", said)
    artifacts: list[Artifact] = []
    for output in outputs:
        place = output["S3Output"]
        if not _outside(room, place["LocalPath"]).exists():
            raise JobFailed(f"the job removed `{place['LocalPath']}`, the folder of output `{output['OutputName']}`")
        artifacts += shop.store.upload(_outside(room, place["LocalPath"]), place["S3Uri"])
    return Done(properties(job, said), artifacts)


def properties(job: Job, message: str = "") -> dict[str, Json]:
    """What DescribeProcessingJob would say. API: DescribeProcessingJobResponse."""
    given = dict(job.arguments)
    return given | {
        "ProcessingJobName": job.name,
        "ProcessingJobArn": arn(job, "processing-job", job.name),
        "ProcessingJobStatus": "Completed",
        "ExitMessage": message,
    }


def command_of(arguments: dict[str, Json]) -> list[str]:
    """Entrypoint and arguments as one command."""
    said = arguments.get("AppSpecification") or {}
    return [str(word) for word in (said.get("ContainerEntrypoint") or []) + (said.get("ContainerArguments") or [])]


def outputs_of(arguments: dict[str, Json]) -> list[dict[str, Json]]:
    return (arguments.get("ProcessingOutputConfig") or {}).get("Outputs") or []


def _configure(room: Room, job: Job) -> None:
    """The two files that a container finds in /opt/ml/config."""
    folder = room.ml / "config"
    folder.mkdir()
    cluster = (job.arguments.get("ProcessingResources") or {}).get("ClusterConfig") or {}
    described = {
        "ProcessingJobArn": arn(job, "processing-job", job.name),
        "ProcessingJobName": job.name,
        **job.arguments,
    }
    (folder / "processingjobconfig.json").write_text(json.dumps(described), encoding="utf-8")
    (folder / "resourceconfig.json").write_text(json.dumps(hosts(cluster.get("InstanceType", ""))), encoding="utf-8")


def _outside(room: Room, path: str) -> Path:
    found = room.outside(path)
    if found is None:
        raise JobFailed(f"`{path}` is not below /opt/ml")
    return found
