"""What policies are made of: statements, and the ARNs of where a pipeline lives."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

Json = Any


class Place(NamedTuple):
    """Where the pipeline lives: the ARN partition, the region and the account; `*` for what is not known."""

    partition: str
    region: str
    account: str

    def arn(self, service: str, resource: str) -> str:
        """The ARN of something of that service in the account and the region."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"

    def sagemaker(self, resource: str) -> str:
        return self.arn("sagemaker", resource)

    def role(self, name: str) -> str:
        """The ARN of a role given by its ARN or, as EMR takes it, by its name."""
        return name if name.startswith("arn:") else f"arn:{self.partition}:iam::{self.account}:role/{name}"

    def bucket(self, path: str) -> str:
        return f"arn:{self.partition}:s3:::{path}"


def document(statements: Iterable[Json]) -> Json:
    """A policy document."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def trust(service: str) -> Json:
    """The policy that lets a service assume a role."""
    return document([{"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}])


def allow(sid: str, actions: Iterable[str], resources: Iterable[str], **more: Json) -> Json:
    return {"Sid": sid, "Effect": "Allow", "Action": sorted(set(actions)), "Resource": sorted(set(resources)), **more}


def pass_role(sid: str, roles: Iterable[str], service: str) -> Json:
    """The right to hand these roles to that service and no other."""
    return allow(sid, ["iam:PassRole"], roles, Condition={"StringEquals": {"iam:PassedToService": [service]}})


def spelt(name: str) -> list[str]:
    """A name as given and as the service may write it in an ARN, in small letters."""
    return list(dict.fromkeys([name, name.lower()]))
