"""boto3 clients, made when first asked for, with retries and timeouts of their own."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from compiler.deploy.faults import told

Client = Any  # boto3 makes its clients when running; there is no type to name


class Session:
    """The clients of one region. Credentials, profile and endpoints are boto3's own to find."""

    def __init__(self, region: str, profile: str | None = None) -> None:
        self.region = region
        self.profile = profile

    @cached_property
    def _session(self) -> Any:
        import boto3

        with told("find AWS credentials"):
            return boto3.session.Session(region_name=self.region or None, profile_name=self.profile)

    def _client(self, service: str) -> Client:
        from botocore.config import Config

        config = Config(
            retries={"mode": "standard", "max_attempts": 6},
            connect_timeout=10,
            read_timeout=60,
            user_agent_extra="sagepipe",
        )
        with told(f"talk to {service}"):
            return self._session.client(service, config=config)

    @cached_property
    def sagemaker(self) -> Client:
        return self._client("sagemaker")

    @cached_property
    def s3(self) -> Client:
        return self._client("s3")

    @cached_property
    def scheduler(self) -> Client:
        return self._client("scheduler")


def paged(operation: Any, key: str, **request: Any) -> list[Any]:
    """All items of a paged listing, every page fetched."""
    found: list[Any] = []
    token: dict[str, str] = {}
    while True:
        page = operation(**request, **token)
        found += page.get(key, [])
        if not page.get("NextToken"):
            return found
        token = {"NextToken": page["NextToken"]}
