"""boto3 clients, made when first asked for, with retries and timeouts of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

from compiler.deploy.faults import AwsFault, told, without

Client = Any  # boto3 makes its clients when running; there is no type to name
Tell = Callable[[str], None]
ATTEMPTS, CONNECT, READ = 6, 10.0, 60.0  # a call is tried so often; seconds to wait for a connection, and an answer
GLANCE: Any = {"attempts": 2, "connect": 3.0}  # for a look that need not succeed


class Session:
    """The clients of one region. Credentials, profile and endpoints are boto3's own to find.

    `tell` is told each call with its status, never what was sent.
    """

    def __init__(self, region: str, profile: str | None = None, tell: Tell | None = None) -> None:
        self.given, self.profile, self.tell = region, profile, tell

    @cached_property
    def _session(self) -> Any:
        import boto3

        with told("find AWS credentials"):
            return boto3.session.Session(region_name=self.given or None, profile_name=self.profile)

    @property
    def region(self) -> str:
        """The region given, or the one boto3 finds; "" without either."""
        return str(self._session.region_name or "")

    def _client(self, service: str, attempts: int = ATTEMPTS, connect: float = CONNECT) -> Client:
        from botocore.config import Config

        config = Config(
            retries={"mode": "standard", "total_max_attempts": attempts},
            connect_timeout=connect,
            read_timeout=READ,
            user_agent_extra="sagepipe",
        )
        with told(f"talk to {service}"):
            client = self._session.client(service, config=config)
        client.meta.events.register(f"after-call.{service}", self._hushed)
        if self.tell is not None:
            client.meta.events.register(f"after-call.{service}", self._told)
        return client

    def _hushed(self, parsed: Any, **_: Any) -> None:
        """AWS repeats what it was sent in some of its messages: they go on without this session's credentials."""
        if error := parsed.get("Error"):
            error["Message"] = without(str(error.get("Message", "")), self._held())

    def _held(self) -> tuple[str, ...]:
        """The credentials, wherever boto3 found them."""
        with told("find AWS credentials"):
            held = self._session.get_credentials()
            frozen = held.get_frozen_credentials() if held else ()
        return tuple(str(value) for value in frozen if value)

    def _told(self, model: Any, http_response: Any, parsed: Any, **_: Any) -> None:
        request = parsed.get("ResponseMetadata", {}).get("RequestId", "")
        if self.tell is not None:
            self.tell(
                f"{model.service_model.service_name} {model.name}: {http_response.status_code} {request}".rstrip()
            )

    @cached_property
    def caller(self) -> tuple[str, str]:
        """The account of the credentials and the ARN that AWS knows them by; "" and "" where STS does not say.

        API: sts GetCallerIdentity, which needs no permission, but may be out of reach in a closed network: it is given
        up soon. Whatever is wrong with the credentials is told by the call that comes next.
        """
        try:
            with told("ask whose the credentials are"):
                found = self._client("sts", **GLANCE).get_caller_identity()
        except AwsFault:
            return "", ""
        return str(found.get("Account", "")), str(found.get("Arn", ""))

    @cached_property
    def sagemaker(self) -> Client:
        return self._client("sagemaker")

    @cached_property
    def once(self) -> Client:
        """SageMaker without repeats of its own, for calls where a lost answer must be looked into before the next."""
        return self._client("sagemaker", attempts=1)

    @cached_property
    def s3(self) -> Client:
        return self._client("s3")

    @cached_property
    def scheduler(self) -> Client:
        return self._client("scheduler")

    @cached_property
    def scheduler_glance(self) -> Client:
        """EventBridge Scheduler, given up soon: for a look that need not succeed."""
        return self._client("scheduler", **GLANCE)


def paged(doing: str, operation: Any, key: str, **request: Any) -> Iterator[Any]:
    """The items of a paged listing, a page fetched when it is needed. Raises AwsFault; `doing` is as in `told`."""
    token: dict[str, str] = {}
    while True:
        with told(doing):
            page = operation(**request, **token)
        yield from page.get(key, [])
        if not page.get("NextToken"):
            return
        token = {"NextToken": page["NextToken"]}
