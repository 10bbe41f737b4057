"""Training jobs: a script in a framework container, a command, or XGBoost without a script. API: CreateTrainingJob."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

from compiler.local.backends import Room
from compiler.local.backends.table import ML
from compiler.local.jobs import toolkit
from compiler.local.jobs.archive import pack, unpack
from compiler.local.jobs.job import Done, Job, JobFailed, judge, message_in, time_limit
from compiler.local.jobs.metrics import final_metrics, read_metrics
from compiler.local.jobs.places import arn, hosts, rewrite_code
from compiler.local.manifest import download
from compiler.local.store import Artifact

Json = Any
BUILT_IN = Path(__file__).parents[1] / "inside" / "builtin_xgboost.py"


class Start(NamedTuple):
    """How a training job is started."""

    command: list[str]
    variables: dict[str, str]
    folder: str


def run(job: Job) -> Done:
    """Channels down, the script, the model and all other outputs up."""
    room = job.shop.machine.room(job.folder)
    channels = _channels(room, job)
    resources = hosts((job.arguments.get("ResourceConfig") or {}).get("InstanceType", ""))
    _configure(room, job, channels, resources)
    checkpoints = _checkpoints(room, job)
    start = _start(room, job, channels, resources)
    variables = {**start.variables, **_text(job.arguments.get("Environment") or {}), "TRAINING_JOB_NAME": job.name}
    ended = job.shop.machine.run(
        room, start.command, variables, folder=start.folder, seconds=time_limit(job.arguments)
    )  # fmt: skip
    judge(ended, "the job", message_in(room.ml / "output" / "failure"))
    artifacts = _upload(room, job) + (job.shop.store.upload(*checkpoints) if checkpoints else [])
    specification = job.arguments.get("AlgorithmSpecification") or {}
    found = read_metrics(
        job.folder / "log.txt", specification.get("MetricDefinitions") or [], image_of(job.arguments)
    )  # fmt: skip
    return Done(properties(job, found), artifacts, dict(found))


def properties(job: Job, metrics: dict[str, float]) -> dict[str, Json]:
    """What DescribeTrainingJob would say. API: DescribeTrainingJobResponse."""
    return {
        **job.arguments,
        "TrainingJobName": job.name,
        "TrainingJobArn": arn(job, "training-job", job.name),
        "TrainingJobStatus": "Completed",
        "SecondaryStatus": "Completed",
        "ModelArtifacts": {"S3ModelArtifacts": model_uri(job)},
        "FinalMetricDataList": final_metrics(metrics),
    }


def model_uri(job: Job) -> str:
    """Where the service puts a job's model."""
    return f"{_output(job)}/model" + ("" if _is_plain(job) else ".tar.gz")


def image_of(arguments: dict[str, Json]) -> str:
    return str((arguments.get("AlgorithmSpecification") or {}).get("TrainingImage") or "")


def _output(job: Job) -> str:
    return f"{job.arguments['OutputDataConfig']['S3OutputPath'].rstrip('/')}/{job.name}/output"


def _is_plain(job: Job) -> bool:
    return bool(job.arguments["OutputDataConfig"].get("CompressionType") == "NONE")


def _channels(room: Room, job: Job) -> dict[str, Json]:
    """Fill the channels' folders, and describe them as `inputdataconfig.json` does."""
    described = {}
    for channel in job.arguments.get("InputDataConfig") or []:
        name, source = channel["ChannelName"], channel["DataSource"]["S3DataSource"]
        download(job.shop.store, source, room.ml / "input" / "data" / name)
        facts = {
            "ContentType": channel.get("ContentType"),
            "TrainingInputMode": channel.get("InputMode") or "File",
            "S3DistributionType": source.get("S3DataDistributionType") or "FullyReplicated",
            "RecordWrapperType": channel.get("RecordWrapperType") or "None",
        }
        described[name] = {key: value for key, value in facts.items() if value is not None}
    return described


def _configure(room: Room, job: Job, channels: dict[str, Json], resources: dict[str, Json]) -> None:
    folder = room.ml / "input" / "config"
    folder.mkdir(parents=True)
    hyperparameters = _text(job.arguments.get("HyperParameters") or {})
    for name, content in (
        ("hyperparameters", hyperparameters), ("inputdataconfig", channels), ("resourceconfig", resources),
    ):  # fmt: skip
        (folder / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    for place in ("model", "output/data", "output/intermediate"):
        (room.ml / place).mkdir(parents=True)


def _start(room: Room, job: Job, channels: dict[str, Json], resources: dict[str, Json]) -> Start:
    given = toolkit.decoded(_text(job.arguments.get("HyperParameters") or {}))
    specification = job.arguments.get("AlgorithmSpecification") or {}
    variables = toolkit.script_variables(given, channels, resources, job.name)
    entrypoint = specification.get("ContainerEntrypoint")
    if entrypoint:
        if job.shop.machine.backend.rewrites:
            rewrite_code(room.ml / "input" / "data", room)
        return Start([*entrypoint, *(specification.get("ContainerArguments") or [])], variables, str(room.work))
    if toolkit.PROGRAM not in given:
        return Start(["python", str(BUILT_IN)], variables, str(room.work))
    _code(room, job, str(given.get(toolkit.SUBMIT, "")))
    script = {name: value for name, value in given.items() if not toolkit.is_own(name)}
    program = str(given[toolkit.PROGRAM])
    shell = [] if program.endswith(".py") else ["/bin/sh"]
    command = [*(shell or ["python"]), program, *toolkit.script_arguments(script)]
    return Start(command, {**variables, "PYTHONPATH": toolkit.CODE}, toolkit.CODE)


def _code(room: Room, job: Job, uri: str) -> None:
    """The script's folder, as the container unpacks it, and what its `requirements.txt` wants installed."""
    folder = room.ml / "code"
    if uri.startswith("s3://"):
        staged = job.folder / "code.tar.gz"
        staged.write_bytes(job.shop.store.read(uri))
        unpack(staged, folder)
        staged.unlink()
    elif (source := room.outside(uri)) and source.is_dir():
        folder.symlink_to(source)
    else:
        raise JobFailed(f"the script's folder `{uri}` is neither on S3 nor below /opt/ml")
    if job.shop.machine.backend.rewrites:
        rewrite_code(folder, room)
    if (folder / "requirements.txt").is_file():
        ended = job.shop.machine.run(room, ["pip", "install", "-r", "requirements.txt"], {}, folder=toolkit.CODE)
        judge(ended, "the installation", "InstallRequirementsError: see the log")


def _checkpoints(room: Room, job: Job) -> tuple[Path, str] | None:
    config = job.arguments.get("CheckpointConfig")
    if not config:
        return None
    local = room.outside(config.get("LocalPath") or f"{ML}/checkpoints")
    if local is None:
        raise JobFailed(f"`{config['LocalPath']}` is not below /opt/ml")
    local.mkdir(parents=True)
    if job.shop.store.find(config["S3Uri"]):
        job.shop.store.download(config["S3Uri"], local)
    return local, config["S3Uri"]


def _upload(room: Room, job: Job) -> list[Artifact]:
    """The model, and what else was left in /opt/ml/output/data, as the service packs them."""
    store, base = job.shop.store, _output(job)
    data = room.ml / "output" / "data"
    artifacts: list[Artifact] = []
    for folder, name in ((room.ml / "model", "model"), (data, "output")):
        if folder == data and not any(data.iterdir()):
            continue
        if _is_plain(job):
            artifacts += store.upload(folder, f"{base}/{name}")
            continue
        archive = job.folder / f"{name}.tar.gz"
        pack(folder, archive)
        artifacts += store.upload(archive, f"{base}/{name}.tar.gz")
    return artifacts


def _text(values: dict[str, Json]) -> dict[str, str]:
    return {str(name): value if isinstance(value, str) else json.dumps(value) for name, value in values.items()}
