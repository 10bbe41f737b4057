"""What the jobs of several kinds find in the same way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from compiler.local.backends import Room
from compiler.local.backends.table import ML
from compiler.local.jobs.job import Job

Json = Any
ACCOUNT, REGION = "000000000000", "local"
CODE = (".py", ".sh", ".json", ".yaml", ".yml", ".toml", ".cfg", ".ini", ".txt", ".R", ".r")


def arn(job: Job, kind: str, name: str) -> str:
    """An ARN in the service's form, of no account and a region that is none."""
    return f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:{kind}/{name}"


def hosts(instance_type: str) -> dict[str, Json]:
    """What a container finds in `resourceconfig.json` when it is the only one."""
    group = {"instance_group_name": "homogeneousCluster", "instance_type": instance_type, "hosts": ["algo-1"]}
    return {
        "current_host": "algo-1",
        "current_instance_type": instance_type,
        "current_group_name": "homogeneousCluster",
        "hosts": ["algo-1"],
        "instance_groups": [group],
        "network_interface_name": "eth0",
    }


def rewrite_code(folder: Path, room: Room) -> None:
    """Replace /opt/ml in the job's copy of its code."""
    for path in sorted(folder.rglob("*")):
        if path.suffix not in CODE or not path.is_file():
            continue
        content = path.read_bytes()
        if ML.encode() in content:
            path.write_bytes(content.replace(ML.encode(), str(room.ml).encode()))
