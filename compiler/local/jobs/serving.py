"""Which containers a model is served by, and what each of them answers to a list of payloads. API: CreateModel."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any, NamedTuple

from compiler.local.backends import Room
from compiler.local.jobs.archive import unpack
from compiler.local.jobs.job import Job, JobFailed, judge
from compiler.local.jobs.places import rewrite_code
from compiler.local.manifest import download
from compiler.local.registry import Registry

Json = Any
SERVER = Path(__file__).parents[1] / "inside" / "serve.py"
SCRIPT, SUBMIT, ACCEPT = "SAGEMAKER_PROGRAM", "SAGEMAKER_SUBMIT_DIRECTORY", "SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT"


class NoServer(Exception):
    """A model cannot be served here; the text says why."""


class Payload(NamedTuple):
    """What is sent to a container, or what it answers."""

    content_type: str
    body: bytes


def served(model: dict[str, Json], registry: Registry | None) -> list[dict[str, Json]]:
    """The containers of a model, in the order that a payload goes through them. Raises `NoServer`.

    Without a registry packages stay as they are; values that are not known yet are None and not judged.
    """
    given = [c for c in [model.get("PrimaryContainer"), *(model.get("Containers") or [])] if c]
    if not given:
        raise NoServer("it has no container")
    found = [inner for container in given for inner in _of_package(container, registry)]
    for container in found:
        _judge(container)
    return found


def _of_package(container: dict[str, Json], registry: Registry | None) -> list[dict[str, Json]]:
    """A container that names a model package, as the containers of that package."""
    name = container.get("ModelPackageName")
    if name is None or registry is None:
        return [container]
    package = registry.package(str(name))
    if package is None:
        raise NoServer(f"no model package is `{name}` here")
    inner = (package.get("InferenceSpecification") or {}).get("Containers") or []
    own = container.get("Environment") or {}
    return [{**one, "Environment": {**(one.get("Environment") or {}), **own}} for one in inner]


def _judge(container: dict[str, Json]) -> None:
    if "ModelPackageName" in container:
        return
    if container.get("Mode") == "MultiModel":
        raise NoServer("a container that serves many models is not served here")
    if "ModelDataUrl" not in container and "ModelDataSource" not in container:
        raise NoServer("the model has no ModelDataUrl")
    image, scripted = container.get("Image"), SCRIPT in (container.get("Environment") or {})
    if not scripted and image is not None and "xgboost" not in str(image):
        raise NoServer(f"the model has no serving script ({SCRIPT}), and its image is not XGBoost's")


def through(job: Job, container: dict[str, Json], folder: Path, payloads: list[Payload], accept: str) -> list[Payload]:
    """What one container answers, in order. `accept` "": as the container says, CSV where it says nothing."""
    room = job.shop.machine.room(folder)
    _model(job, container, room)
    script = _script(job, container, room.ml / "code")
    if job.shop.machine.backend.rewrites:
        rewrite_code(room.ml, room)
    given = {**(container.get("Environment") or {}), **(job.arguments.get("Environment") or {})}
    environment = {"SM_MODEL_DIR": "/opt/ml/model", **{str(k): str(v) for k, v in given.items()}}
    calls, answers = room.work / "calls.json", room.work / "answers.json"
    calls.write_text(json.dumps([_written(payload) for payload in payloads]), encoding="utf-8")
    wanted = accept or environment.get(ACCEPT, "text/csv")
    command = ["python", str(SERVER), script, wanted, str(calls), str(answers)]
    judge(job.shop.machine.run(room, command, environment), "the transform")
    return [Payload(kind, base64.b64decode(body)) for kind, body in json.loads(answers.read_bytes())]


def _written(payload: Payload) -> list[str]:
    return [payload.content_type, base64.b64encode(payload.body).decode()]


def _model(job: Job, container: dict[str, Json], room: Room) -> None:
    """The model's files in /opt/ml/model: unpacked, or as they lie. API: ModelDataSource."""
    source = (container.get("ModelDataSource") or {}).get("S3DataSource") or {}
    if source.get("CompressionType") == "None":
        download(job.shop.store, source, room.ml / "model")
        return
    staged = room.folder / "model.tar.gz"
    staged.write_bytes(job.shop.store.read(str(container.get("ModelDataUrl") or source.get("S3Uri"))))
    unpack(staged, room.ml / "model")


def _script(job: Job, container: dict[str, Json], folder: Path) -> str:
    """The serving script in the job's folders, as it sees it; "" for the model of XGBoost without one."""
    given = container.get("Environment") or {}
    program, uri = given.get(SCRIPT), str(given.get(SUBMIT) or "")
    if not program:
        return ""
    if not uri.startswith("s3://"):
        return f"/opt/ml/model/code/{program}"
    staged = folder.parent.parent / "code.tar.gz"
    staged.write_bytes(job.shop.store.read(uri))
    unpack(staged, folder)
    return f"/opt/ml/code/{program}"


def containers_of(job: Job) -> list[dict[str, Json]]:
    """The containers behind a transform's model. Raises `JobFailed`."""
    name = str(job.arguments["ModelName"])
    model = job.shop.registry.model(name)
    if model is None:
        raise JobFailed(f"no model is named `{name}` here; a Model step makes one")
    try:
        return served(model, job.shop.registry)
    except NoServer as problem:
        raise JobFailed(str(problem)) from None
