"""Batch transforms on a model that was made here. API: CreateTransformJob."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from compiler.local.jobs.archive import unpack
from compiler.local.jobs.filters import apply
from compiler.local.jobs.job import Done, Job, JobFailed, judge
from compiler.local.jobs.places import arn, rewrite_code
from compiler.local.store import Artifact

Json = Any
SERVER = Path(__file__).parents[1] / "inside" / "serve.py"
MEGABYTES = 6


def run(job: Job) -> Done:
    """Every object of the input through the model, each to an object named `<name>.out`."""
    container = _container(job)
    room = job.shop.machine.room(job.folder)
    staged = job.folder / "model.tar.gz"
    staged.write_bytes(job.shop.store.read(str(container["ModelDataUrl"])))
    unpack(staged, room.ml / "model")
    script = _script(job, container, room.ml / "code")
    if job.shop.machine.backend.rewrites:
        rewrite_code(room.ml, room)
    given, wanted = room.ml / "input" / "data", room.ml / "output" / "data"
    source = job.arguments["TransformInput"]["DataSource"]["S3DataSource"]["S3Uri"]
    job.shop.store.download(source, given)
    requests = [_requests(job, given, path) for path in sorted(p for p in given.rglob("*") if p.is_file())]
    calls = room.work / "calls.json"
    calls.write_text(json.dumps([text for file in requests for text in file.payloads]), encoding="utf-8")
    answers = room.work / "answers.json"
    content_type = job.arguments["TransformInput"].get("ContentType") or "text/csv"
    accept = job.arguments["TransformOutput"].get("Accept") or content_type
    command = ["python", str(SERVER), script, content_type, accept, str(calls), str(answers)]
    given_variables = {**(container.get("Environment") or {}), **(job.arguments.get("Environment") or {})}
    environment = {"SM_MODEL_DIR": "/opt/ml/model", **given_variables}
    judge(job.shop.machine.run(room, command, {k: str(v) for k, v in environment.items()}), "the transform")
    said = iter(json.loads(answers.read_text(encoding="utf-8")))
    for file in requests:
        target = wanted / f"{file.key}.out"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(_joined(job, file, [next(said) for _ in file.payloads]), encoding="utf-8")
    artifacts: list[Artifact] = job.shop.store.upload(wanted, job.arguments["TransformOutput"]["S3OutputPath"])
    made = {"TransformJobName": job.name, "TransformJobStatus": "Completed"}
    return Done({**job.arguments, **made, "TransformJobArn": arn(job, "transform-job", job.name)}, artifacts)


class Requests:
    """One object of the input: its records, and the payloads they are sent in."""

    def __init__(self, key: str, records: list[str], payloads: list[str]) -> None:
        self.key, self.records, self.payloads = key, records, payloads


def _container(job: Job) -> dict[str, Json]:
    model = job.shop.registry.model(str(job.arguments["ModelName"]))
    if model is None:
        raise JobFailed(f"no model is named `{job.arguments['ModelName']}` here; a Model step makes one")
    containers = [c for c in [model.get("PrimaryContainer"), *(model.get("Containers") or [])] if c]
    if len(containers) != 1:
        raise JobFailed("a model of several containers is not served here")
    found: dict[str, Json] = containers[0]
    if not found.get("ModelDataUrl"):
        raise JobFailed("the model has no ModelDataUrl")
    return found


def _script(job: Job, container: dict[str, Json], folder: Path) -> str:
    """The serving script in the job's folders, as it sees it; "" for the model of XGBoost without one."""
    given = container.get("Environment") or {}
    program, uri = given.get("SAGEMAKER_PROGRAM"), given.get("SAGEMAKER_SUBMIT_DIRECTORY")
    if not program:
        if "xgboost" not in str(container.get("Image")):
            raise JobFailed("the model has no serving script (SAGEMAKER_PROGRAM), and its image is not XGBoost's")
        return ""
    if uri and str(uri).startswith("s3://"):
        staged = job.folder / "code.tar.gz"
        staged.write_bytes(job.shop.store.read(str(uri)))
        unpack(staged, folder)
        return f"/opt/ml/code/{program}"
    return f"/opt/ml/model/code/{program}"


def _requests(job: Job, base: Path, path: Path) -> Requests:
    split = job.arguments["TransformInput"].get("SplitType")
    text = path.read_text(encoding="utf-8")
    key = path.relative_to(base).as_posix()
    if split != "Line":
        return Requests(key, [text], [text])
    records = [line for line in text.splitlines() if line]
    sent = [_filtered(job, "InputFilter", record) for record in records]
    if job.arguments.get("BatchStrategy") == "SingleRecord":
        return Requests(key, records, sent)
    return Requests(key, records, list(_packed(sent, int(job.arguments.get("MaxPayloadInMB") or MEGABYTES) << 20)))


def _packed(records: list[str], limit: int) -> list[str]:
    """Records put together, each payload below a size."""
    found: list[str] = []
    size = limit + 1
    for line in records:
        if size + len(line) + 1 > limit:
            found.append(line)
            size = len(line)
        else:
            found[-1] += "\n" + line
            size += len(line) + 1
    return found


def _joined(job: Job, file: Requests, answers: list[str]) -> str:
    """The answers as the output object holds them: filtered, and behind their records where that is asked for."""
    processing = job.arguments.get("DataProcessing") or {}
    if job.arguments["TransformInput"].get("SplitType") != "Line":
        return "".join(answers)
    lines = [line for answer in answers for line in answer.splitlines() if line]
    if processing.get("JoinSource") == "Input":
        if len(lines) != len(file.records):
            raise JobFailed(
                f"{len(file.records)} records were sent and {len(lines)} answers came: they cannot be joined"
            )
        lines = [_behind(record, line) for record, line in zip(file.records, lines, strict=True)]
    lines = [_filtered(job, "OutputFilter", line) for line in lines]
    end = "\n" if job.arguments["TransformOutput"].get("AssembleWith") == "Line" else ""
    return "".join(line + end for line in lines)


def _behind(record: str, answer: str) -> str:
    if record.lstrip().startswith("{"):
        return json.dumps({**json.loads(record), "SageMakerOutput": json.loads(answer)})
    return f"{record},{answer}"


def _filtered(job: Job, member: str, record: str) -> str:
    path = str((job.arguments.get("DataProcessing") or {}).get(member) or "$")
    if path == "$":
        return record
    try:
        if record.lstrip()[:1] in ("{", "["):
            return json.dumps(apply(path, json.loads(record)))
        kept = apply(path, record.split(","))
    except (KeyError, IndexError, TypeError, ValueError):
        raise JobFailed(f"{member} `{path}` finds nothing in a record: {record[:80]}") from None
    return ",".join(kept) if isinstance(kept, list) else str(kept)
