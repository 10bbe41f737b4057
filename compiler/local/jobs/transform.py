"""Batch transforms on a model that was made here. API: CreateTransformJob."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

from compiler.local.jobs.filters import apply
from compiler.local.jobs.job import Done, Job, JobFailed
from compiler.local.jobs.places import arn
from compiler.local.jobs.serving import Payload, containers_of, through
from compiler.local.jobs.splitting import packed, split
from compiler.local.manifest import download
from compiler.local.store import Artifact

Json = Any
MEGABYTES = 6


def run(job: Job) -> Done:
    """Every object of the input through the model, each to an object named `<name>.out`."""
    containers = containers_of(job)
    given, wanted = job.folder / "input", job.folder / "output"
    download(job.shop.store, job.arguments["TransformInput"]["DataSource"]["S3DataSource"], given)
    files = [_requests(job, given, path) for path in sorted(p for p in given.rglob("*") if p.is_file())]
    content_type = job.arguments["TransformInput"].get("ContentType") or "text/csv"
    accept = job.arguments["TransformOutput"].get("Accept") or content_type
    payloads = [Payload(content_type, body) for file in files for body in file.payloads]
    for number, container in enumerate(containers, 1):
        folder = job.folder if len(containers) == 1 else job.folder / f"container-{number}"
        payloads = through(job, container, folder, payloads, accept if number == len(containers) else "")
    answers = iter(payloads)
    for file in files:
        target = wanted / f"{file.key}.out"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(_assembled(job, file, [next(answers).body for _ in file.payloads]))
    artifacts: list[Artifact] = job.shop.store.upload(wanted, job.arguments["TransformOutput"]["S3OutputPath"])
    made = {"TransformJobName": job.name, "TransformJobStatus": "Completed"}
    return Done({**job.arguments, **made, "TransformJobArn": arn(job, "transform-job", job.name)}, artifacts)


class Requests(NamedTuple):
    """One object of the input: its records, and the payloads they are sent in."""

    key: str
    records: list[bytes]
    payloads: list[bytes]


def _requests(job: Job, base: Path, path: Path) -> Requests:
    kind = str(job.arguments["TransformInput"].get("SplitType") or "None")
    records = split(path.read_bytes(), kind)
    key = path.relative_to(base).as_posix()
    if kind == "None":
        return Requests(key, records, records)
    sent = records if kind != "Line" else [_filtered(job, "InputFilter", r.decode()).encode() for r in records]
    if job.arguments.get("BatchStrategy") == "SingleRecord":
        return Requests(key, records, sent)
    limit = int(job.arguments.get("MaxPayloadInMB") or MEGABYTES) << 20
    return Requests(key, records, list(packed(sent, limit, b"\n" if kind == "Line" else b"")))


def _assembled(job: Job, file: Requests, answers: list[bytes]) -> bytes:
    """The answers as the output object holds them: filtered, and behind their records where that is asked for."""
    end = b"\n" if job.arguments["TransformOutput"].get("AssembleWith") == "Line" else b""
    kind = job.arguments["TransformInput"].get("SplitType")
    if kind in (None, "None"):
        return b"".join(answers)
    if kind != "Line":
        return b"".join(answer + end for answer in answers)
    lines = [line.decode() for answer in answers for line in split(answer, "Line")]
    if (job.arguments.get("DataProcessing") or {}).get("JoinSource") == "Input":
        if len(lines) != len(file.records):
            raise JobFailed(
                f"{len(file.records)} records were sent and {len(lines)} answers came: they cannot be joined"
            )
        lines = [_behind(record.decode(), line) for record, line in zip(file.records, lines, strict=True)]
    return b"".join(_filtered(job, "OutputFilter", line).encode() + end for line in lines)


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
