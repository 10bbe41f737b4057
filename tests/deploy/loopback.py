"""An AWS endpoint on loopback: SageMaker, EventBridge Scheduler, and the part of S3 and STS that is used.

Every request is checked against botocore's own model of the service, as it came over the wire: see `wire`.
Faults happen on demand: see `Fault`.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

import objects
from account import Account, Refused
from wire import MODELS, Request, faults_of, query, rest

Json = dict[str, Any]
Answer = tuple[int, dict[str, str], bytes]
READS = ("Describe", "List", "Get", "Head")
ERRORS: dict[str, tuple[str, str, int]] = {
    "throttle": ("ThrottlingException", "Rate exceeded", 400),
    "500": ("InternalFailure", "We encountered an internal error.", 500),
    "conflict": ("ConflictException", "There was a conflict.", 400),
    "expired": ("ExpiredTokenException", "The security token included in the request is expired", 400),
    "digest": objects.BAD_DIGEST,
}


@dataclass
class Fault:
    """What goes wrong with an operation: `times` times, after `skip` sound ones, before or `after` the service acted.

    `how`: reset (the connection is cut), hang (no answer for `wait` seconds), kill (the process `Endpoint.victim`
    dies), meet (two requests wait for each other), portal (something else answers),
    a key of ERRORS, or an error as (code, message, status).
    """

    operation: str
    how: str | tuple[str, str, int]
    after: bool = False
    times: int = 1
    skip: int = 0
    wait: float = 1.5


@dataclass
class Endpoint:
    """The server, its account, the calls it saw and the faults to come."""

    account: Account = field(default_factory=Account)
    calls: list[tuple[str, Json]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    invalid: list[str] = field(default_factory=list)
    victim: int = 0
    url: str = ""
    meeting: threading.Barrier = field(default_factory=lambda: threading.Barrier(2, timeout=20))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def reset(self) -> None:
        self.account, self.calls, self.faults, self.invalid, self.victim = Account(), [], [], [], 0

    def fail(self, operation: str, how: str | tuple[str, str, int], **more: Any) -> None:
        self.faults.append(Fault(operation, how, **more))

    @property
    def operations(self) -> list[str]:
        return [operation for operation, _ in self.calls]

    @property
    def writes(self) -> list[str]:
        return [operation for operation in self.operations if not operation.startswith(READS)]

    def due(self, operation: str, after: bool) -> Fault | None:
        """The fault that strikes now, if any."""
        for fault in self.faults:
            if fault.after != after or fault.times == 0 or fault.operation not in (operation, "*"):
                continue
            if fault.skip:
                fault.skip -= 1
                continue
            fault.times -= 1
            return fault
        return None


PORTAL = "<html><body>Please sign in to the network.<br></body></html>"


class Cut(Exception):
    """The connection ends without an answer."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    endpoint: Endpoint

    def log_message(self, format: str, *arguments: Any) -> None:
        pass

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            status, headers, answer = self._answer(body)
        except Cut:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            self.close_connection = True
            self.connection.close()
            return
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if "Content-Length" not in headers:
            self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer)

    do_GET = do_PUT = do_HEAD = do_DELETE = do_POST

    def _answer(self, body: bytes) -> Answer:
        service, operation, request, wrong = self._read(body)
        try:
            return self._acted(service, operation, request, wrong)
        except Refused as error:
            return _refusal(error, service)

    def _acted(self, service: str, operation: str, request: Json, wrong: str) -> Answer:
        endpoint = self.endpoint
        with endpoint.lock:
            if wrong:
                endpoint.invalid.append(f"{operation}: {wrong}")
                raise Refused("ValidationException", wrong)
            endpoint.calls.append((operation, request))
            fault = endpoint.due(operation, after=False)
        self._strike(fault)
        with endpoint.lock:
            try:
                answer = self._made(service, operation, request)
            except Refused as error:
                answer = _refusal(error, service)
            fault = endpoint.due(operation, after=True)
        self._strike(fault)
        return answer

    def _made(self, service: str, operation: str, request: Json) -> Answer:
        account = self.endpoint.account
        match service:
            case "s3":
                return objects.answer(account, operation, request)
            case "sts":
                who = f"<Account>{account.caller}</Account><Arn>arn:aws:iam::{account.caller}:user/ci</Arn>"
                result = f"<GetCallerIdentityResult>{who}<UserId>U</UserId></GetCallerIdentityResult>"
                return 200, {}, f"<GetCallerIdentityResponse>{result}</GetCallerIdentityResponse>".encode()
        return 200, {}, json.dumps(account.answer(operation, request)).encode()

    def _strike(self, fault: Fault | None) -> None:
        match fault:
            case None:
                return
            case Fault(how="kill"):
                assert self.endpoint.victim > 0, "nobody to kill"  # 0 would be our own process group
                os.kill(self.endpoint.victim, signal.SIGKILL)
                raise Cut
            case Fault(how="reset"):
                raise Cut
            case Fault(how="portal"):
                raise Refused("", PORTAL, 511)
            case Fault(how="meet"):
                self.endpoint.meeting.wait()
            case Fault(how="hang", wait=wait):
                time.sleep(wait)
                raise Cut
            case Fault(how=str(how)):
                raise Refused(*ERRORS[how])
            case Fault(how=(code, message, status)):
                raise Refused(code, message, status)

    def _read(self, body: bytes) -> tuple[str, str, Json, str]:
        """Service, operation, members, and what the service's model has against them."""
        url, target = urlsplit(self.path), self.headers.get("X-Amz-Target", "")
        if target:
            operation, request = target.partition(".")[2], json.loads(body or b"{}")
            shape = MODELS["sagemaker"].operation_model(operation).input_shape
            return "sagemaker", operation, request, "; ".join(faults_of(request, shape))
        if url.path == "/" and body.startswith(b"Action="):
            return "sts", *query("sts", body)
        service = "scheduler" if url.path.startswith("/schedules/") else "s3"
        headers = {name.lower(): value for name, value in self.headers.items()}
        return service, *rest(service, Request(self.command, url.path, url.query, headers, body))


def _refusal(error: Refused, service: str) -> Answer:
    if not error.code:
        return error.status, {"Content-Type": "text/html"}, error.message.encode()
    if service in ("sagemaker", "scheduler"):
        body = json.dumps({"__type": error.code, "message": error.message}).encode()
        return error.status, {"x-amzn-ErrorType": error.code, "Content-Type": "application/x-amz-json-1.1"}, body
    if error.code == "ThrottlingException" and service == "s3":
        error = Refused("SlowDown", "Please reduce your request rate.", 503)
    said = f"<Error><Code>{error.code}</Code><Message>{escape(error.message)}</Message></Error>"
    whole = said if service == "s3" else f"<ErrorResponse>{said}</ErrorResponse>"
    return error.status, {"Content-Type": "application/xml"}, whole.encode()


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was killed does not read its answer."""


def serve() -> tuple[Endpoint, Server]:
    """An endpoint that answers in threads of this process, on a free port of loopback."""
    endpoint = Endpoint()
    server = Server(("127.0.0.1", 0), type("Bound", (Handler,), {"endpoint": endpoint}))
    endpoint.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    return endpoint, server
