"""An AWS endpoint on loopback: SageMaker, EventBridge Scheduler and the part of S3 that is used, over real HTTP.

Every request is checked against botocore's own model of the service. Faults happen on demand: see `Fault`.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import signal
import socket
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import botocore.session
from account import Account, Refused
from botocore.validate import ParamValidator

Json = dict[str, Any]
Answer = tuple[int, dict[str, str], bytes]
READS = ("Describe", "List", "Get", "Head")
_SESSION = botocore.session.get_session()
MODELS = {service: _SESSION.get_service_model(service) for service in ("sagemaker", "scheduler")}
ERRORS: dict[str, tuple[str, str, int]] = {
    "throttle": ("ThrottlingException", "Rate exceeded", 400),
    "500": ("InternalFailure", "We encountered an internal error.", 500),
    "conflict": ("ConflictException", "There was a conflict.", 400),
    "expired": ("ExpiredTokenException", "The security token included in the request is expired", 400),
    "digest": ("BadDigest", "The SHA256 you specified did not match what we received.", 400),
}


@dataclass
class Fault:
    """What goes wrong with an operation: `times` times, after `skip` sound ones, before or `after` the service acted.

    `how`: reset (the connection is cut), hang (no answer for `wait` seconds), kill (the process `Endpoint.victim`
    dies), a key of ERRORS, or an error as (code, message, status).
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
        target = self.headers.get("X-Amz-Target", "")
        json_service = bool(target) or self.path.startswith("/schedules/")
        operation, request = self._json_request(target, body) if json_service else self._s3_request()
        try:
            return self._acted(operation, request, body, json_service)
        except Refused as error:
            return _refusal(error, json_service)

    def _acted(self, operation: str, request: Json, body: bytes, json_service: bool) -> Answer:
        endpoint = self.endpoint
        with endpoint.lock:
            if "invalid" in request:
                endpoint.invalid.append(f"{operation}: {request['invalid']}")
                raise Refused("ValidationException", str(request["invalid"]))
            endpoint.calls.append((operation, request))
            fault = endpoint.due(operation, after=False)
        self._strike(fault)
        with endpoint.lock:
            try:
                answer = self._made(operation, request, body, json_service)
            except Refused as error:
                answer = _refusal(error, json_service)
            fault = endpoint.due(operation, after=True)
        self._strike(fault)
        return answer

    def _made(self, operation: str, request: Json, body: bytes, json_service: bool) -> Answer:
        if not json_service:
            return self._s3(operation, request, body)
        return 200, {}, json.dumps(self.endpoint.account.answer(operation, request)).encode()

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
            case Fault(how="hang", wait=wait):
                time.sleep(wait)
                raise Cut
            case Fault(how=str(how)):
                raise Refused(*ERRORS[how])
            case Fault(how=(code, message, status)):
                raise Refused(code, message, status)

    def _json_request(self, target: str, body: bytes) -> tuple[str, Json]:
        request = json.loads(body or b"{}")
        service, operation = ("sagemaker", target.partition(".")[2]) if target else ("scheduler", "")
        if service == "scheduler":
            verbs = {"POST": "Create", "PUT": "Update", "GET": "Get", "DELETE": "Delete"}
            operation = f"{verbs[self.command]}Schedule"
            request["Name"] = unquote(urlsplit(self.path).path.split("/")[2])
        shape = MODELS[service].operation_model(operation).input_shape
        report = ParamValidator().validate(request, shape)
        if report.has_errors():
            return operation, {"invalid": report.generate_report(), **request}
        return operation, request

    # ---- S3 ------------------------------------------------------------------------------------------------

    def _s3_request(self) -> tuple[str, Json]:
        url = urlsplit(self.path)
        bucket, _, key = unquote(url.path).lstrip("/").partition("/")
        query = {k: v[0] for k, v in parse_qs(url.query, keep_blank_values=True).items()}
        names = {
            ("POST", "uploads"): "CreateMultipartUpload", ("PUT", "uploadId"): "UploadPart",
            ("POST", "uploadId"): "CompleteMultipartUpload", ("DELETE", "uploadId"): "AbortMultipartUpload",
        }  # fmt: skip
        for (method, member), name in names.items():
            if method == self.command and member in query:
                return name, {"Bucket": bucket, "Key": key, **query}
        plain = {"PUT": "PutObject", "GET": "GetObject", "HEAD": "HeadObject"}
        return plain[self.command], {"Bucket": bucket, "Key": key, **query}

    def _s3(self, operation: str, request: Json, body: bytes) -> Answer:
        account, place = self.endpoint.account, (request["Bucket"], request["Key"])
        if request["Bucket"] not in account.buckets:
            raise Refused("NoSuchBucket", "The specified bucket does not exist", 404)
        checksum = self.headers.get("x-amz-checksum-sha256")
        if checksum and operation in ("PutObject", "UploadPart") and checksum != digest(body):
            raise Refused(*ERRORS["digest"])
        if self.headers.get("If-None-Match") == "*" and place in account.objects:
            raise Refused("PreconditionFailed", "At least one of the pre-conditions you specified did not hold", 412)
        match operation:
            case "PutObject":
                assert checksum, "an upload without a checksum"
                account.objects[place] = body
                return 200, {"ETag": '"x"'}, b""
            case "HeadObject" | "GetObject":
                if place not in account.objects:
                    raise Refused("NoSuchKey", "The specified key does not exist.", 404)
                content = account.objects[place]
                headers = {"x-amz-checksum-sha256": digest(content), "Content-Length": str(len(content)), "ETag": '"x"'}
                return 200, headers, content
            case "CreateMultipartUpload":
                name = f"upload-{len(account.parts)}"
                account.parts[name] = {}
                said = f"<InitiateMultipartUploadResult><UploadId>{name}</UploadId></InitiateMultipartUploadResult>"
                return 200, {}, said.encode()
            case "UploadPart":
                account.parts[request["uploadId"]][int(request["partNumber"])] = body
                return 200, {"ETag": '"x"', "x-amz-checksum-sha256": checksum or ""}, b""
            case "AbortMultipartUpload":
                account.parts.pop(request["uploadId"])
                return 204, {"Content-Length": "0"}, b""
        parts = account.parts.pop(request["uploadId"])
        account.objects[place] = b"".join(parts[number] for number in sorted(parts))
        return 200, {}, b"<CompleteMultipartUploadResult><ETag>x</ETag></CompleteMultipartUploadResult>"


def digest(content: bytes) -> str:
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


def _refusal(error: Refused, json_service: bool) -> Answer:
    if json_service:
        body = json.dumps({"__type": error.code, "message": error.message}).encode()
        return error.status, {"x-amzn-ErrorType": error.code, "Content-Type": "application/x-amz-json-1.1"}, body
    if error.code == "ThrottlingException":
        error = Refused("SlowDown", "Please reduce your request rate.", 503)
    said = f"<Error><Code>{error.code}</Code><Message>{error.message}</Message></Error>"
    return error.status, {"Content-Type": "application/xml"}, said.encode()


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
