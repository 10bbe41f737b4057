"""What is to be deployed: the compiled definition, the requests, and the bytes to upload."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from compiler.assets import bucket_and_key
from compiler.driver import Result
from compiler.emit.bytes import digest_of
from compiler.model.account import account_of, partition_of
from compiler.model.pipeline import Parameter

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Upload:
    """One object to be in S3: its URI, SHA-256 (hex) and bytes."""

    uri: str
    sha256: str
    content: bytes = field(repr=False)

    @property
    def bucket(self) -> str:
        return bucket_and_key(self.uri)[0]

    @property
    def key(self) -> str:
        return bucket_and_key(self.uri)[1]


@dataclass(frozen=True, slots=True)
class Bundle:
    """A compiled pipeline as the deploy verbs take it. `places`: JSON pointer to (file, line, column)."""

    name: str
    region: str
    account: str
    partition: str
    target: str
    definition: Json
    create: Json
    update: Json
    uploads: tuple[Upload, ...]
    schedule: Json | None
    parameters: dict[str, Parameter]
    places: Json = field(default_factory=dict, repr=False)

    @property
    def digest(self) -> str:
        """SHA-256 of all that an upsert would send."""
        sent = [self.create, self.update, self.schedule, [u.uri for u in self.uploads]]
        return digest_of(sent)

    @property
    def arn(self) -> str:
        """The ARN that the pipeline has or will have; no ARN where the region or the account is not known."""
        return f"arn:{self.partition}:sagemaker:{self.region}:{self.account}:pipeline/{self.name}"

    @property
    def tags(self) -> dict[str, str]:
        return {t["Key"]: t["Value"] for t in self.create.get("Tags", [])}


def bundle(result: Result) -> Bundle:
    """The bundle of a sound result."""
    files = result.files()
    assert result.definition is not None and result.program is not None
    request = json.loads(files["upsert.json"])
    rows = json.loads(files["assets.json"])["assets"]
    settings = result.program.settings
    return Bundle(
        name=request["create"]["PipelineName"],
        region=settings.text("region"),
        account=account_of(settings),
        partition=partition_of(settings),
        target=result.target,
        definition=result.definition,
        create=request["create"],
        update=request["update"],
        uploads=tuple(Upload(row["uri"], row["sha256"], files[row["path"]]) for row in rows),
        schedule=json.loads(files["schedule.json"]) if "schedule.json" in files else None,
        parameters=result.program.pipeline.parameters,
        places=json.loads(files["sourcemap.json"]),
    )
