"""What must hold after whatever went wrong: the state that the file asks for, nothing lost, nothing twice."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

from loopback import Endpoint
from small import Sagepipe, edited


def change(file: Path) -> None:
    """Change all that an upsert may write."""
    edited(file, "default: 100", "default: 200")
    edited(file, "stage: dev", "stage: prod")
    edited(file, "rate(1 day)", "rate(2 days)")
    (file.parent / "prepare.py").write_text("print('better')\n")


def nothing_partial(aws: Endpoint) -> None:
    """Every object is whole: its key has the hash of its content; of an archive, that of what is packed."""
    for (_, key), content in aws.account.objects.items():
        unpacked = gzip.decompress(content) if key.endswith(".gz") else content
        assert hashlib.sha256(unpacked).hexdigest() in key


def check(aws: Endpoint, run: Sagepipe, file: Path, versions: int, objects: int, *options: str) -> None:
    """The live state is as the file says, nothing is there twice, and another upsert writes nothing."""
    aws.faults.clear()
    live = aws.account.pipelines["small"]
    assert len(live.versions) == versions and len(aws.account.objects) == objects
    assert list(aws.account.pipelines) == ["small"] and list(aws.account.schedules) == ["small"]
    nothing_partial(aws)
    aws.calls.clear()
    again = run("upsert", file, "--yes", *options)
    assert again.exit_code == 0 and "No change" in again.stderr and aws.writes == []
