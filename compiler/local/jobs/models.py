"""Models and model packages: nothing runs, a local registry keeps them. API: CreateModel, CreateModelPackage."""

from __future__ import annotations

import re
from typing import Any

from compiler.local.jobs.job import Done, Job, JobFailed
from compiler.local.jobs.places import ACCOUNT, REGION, arn

Json = Any
UNVERSIONED = "no-group"
_GROUP = re.compile(r"[A-Za-z0-9](-*[A-Za-z0-9]){0,62}")  # API: ModelPackageGroup names


def run_model(job: Job) -> Done:
    """A model under the job's name."""
    containers = [job.arguments.get("PrimaryContainer") or {}, *(job.arguments.get("Containers") or [])]
    _present(job, [c.get("ModelDataUrl") for c in containers])
    made = {**job.arguments, "ModelName": job.name, "ModelArn": arn(job, "model", job.name)}
    job.shop.registry.keep_model(job.name, made)
    return Done(made)


def run_register(job: Job) -> Done:
    """A package under the next version of its group."""
    containers = (job.arguments.get("InferenceSpecification") or {}).get("Containers") or []
    _present(job, [c.get("ModelDataUrl") for c in containers])
    group = str(job.arguments.get("ModelPackageGroupName") or UNVERSIONED)
    group = group.rpartition("/")[2]  # an ARN ends in the name
    if not _GROUP.fullmatch(group):
        raise JobFailed(f"`{group}` is no name of a model package group")
    status = job.arguments.get("ModelApprovalStatus") or "PendingManualApproval"
    kept = {
        **job.arguments, "ModelApprovalStatus": status, "pipeline": job.shop.pipeline,
        "execution": job.shop.execution_id, "step": job.step,
    }  # fmt: skip
    version = job.shop.registry.register(group, kept)
    job.note(f"registered {group} version {version}, {status}")
    made = {
        **job.arguments,
        "ModelPackageArn": f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:model-package/{group}/{version}",
        "ModelPackageName": f"{group}/{version}",
        "ModelPackageVersion": version,
        "ModelPackageStatus": "Completed",
        "ModelApprovalStatus": status,
    }
    return Done(made, metrics={"version": version, "group": group, "approval": status})


def _present(job: Job, uris: list[Json]) -> None:
    """The service refuses a model whose data is not there."""
    for uri in uris:
        if uri and not job.shop.store.find(str(uri)):
            raise JobFailed(f"no model data lies at `{uri}`")
