"""HTTP requests of the REST services read back by botocore's own model, and checked against it.

Path, query, headers and body become the members that the client was given: a parameter that the model does not know,
one that is missing and a value of another type are each found on the wire, not in the client.
"""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote

import botocore.session
from botocore.model import OperationModel, ServiceModel, Shape
from botocore.validate import ParamValidator

Json = dict[str, Any]
_SESSION = botocore.session.get_session()
MODELS: dict[str, ServiceModel] = {
    service: _SESSION.get_service_model(service) for service in ("sagemaker", "scheduler", "s3", "sts")
}
USED = {
    "s3": ("PutObject", "HeadObject", "GetObject", "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload",
           "AbortMultipartUpload", "HeadBucket"),
    "scheduler": ("CreateSchedule", "UpdateSchedule", "GetSchedule", "DeleteSchedule"),
}  # fmt: skip
TRANSPORT = (
    "x-amz-date", "x-amz-content-sha256", "x-amz-security-token", "x-amz-user-agent", "x-amz-decoded-content-length",
    "x-amz-trailer",
)  # fmt: skip
OF_THE_CLIENT = ("x-id",)


class Request(NamedTuple):
    """What came over the wire: query in order, header names in lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def asked(self) -> dict[str, str]:
        return dict(parse_qsl(self.query, keep_blank_values=True))


def rest(service: str, request: Request) -> tuple[str, Json, str]:
    """The operation of a REST request, its members, and what is wrong with them, "" when nothing is."""
    fitting = [operation for operation in _operations(service) if _fits(operation, request)]
    if not fitting:
        return "Unknown", {}, f"{request.method} {request.path}?{request.query} is no operation that is used"
    operation = max(fitting, key=lambda one: len(_literals(one)) + len(_asked(one)))
    members = _members(operation, request)
    faults = [*_strange(operation, request), *faults_of(members, operation.input_shape)]
    return operation.name, members, "; ".join(faults)


def faults_of(members: Json, shape: Any) -> list[str]:
    """What botocore's model has against the members of a request; enumerations too, which the client lets pass."""
    report = ParamValidator().validate(members, shape)
    return [*([report.generate_report()] if report.has_errors() else []), *_outside(members, shape)]


def query(service: str, body: bytes) -> tuple[str, Json, str]:
    """The same for a service that speaks the query protocol, without nested members."""
    members: Json = dict(parse_qsl(body.decode(), keep_blank_values=True))
    model, name = MODELS[service], members.pop("Action")
    if members.pop("Version") != model.api_version:
        return name, members, "the version of the API is another"
    return name, members, "; ".join(faults_of(members, model.operation_model(name).input_shape))


def _outside(value: Any, shape: Any, at: str = "") -> Iterator[str]:
    match shape.type_name:
        case "structure" if isinstance(value, dict):
            for name, inner in value.items():
                if name in shape.members:
                    yield from _outside(inner, shape.members[name], f"{at}.{name}")
                else:
                    yield f"{at}.{name} is not known"
        case "list" if isinstance(value, list):
            for inner in value:
                yield from _outside(inner, shape.member, at)
        case "string" if shape.enum and value not in shape.enum:
            yield f"{at} is {value!r}, none of {shape.enum}"


def _operations(service: str) -> Iterator[OperationModel]:
    for name in USED[service]:
        yield MODELS[service].operation_model(name)


def _template(operation: OperationModel) -> str:
    return str(operation.http["requestUri"]).partition("?")[0]


def _literals(operation: OperationModel) -> dict[str, str]:
    return dict(parse_qsl(str(operation.http["requestUri"]).partition("?")[2], keep_blank_values=True))


def _asked(operation: OperationModel) -> list[str]:
    """The query parameters that the operation cannot be without."""
    shape = operation.input_shape
    rows = [shape.members[name].serialization for name in shape.required_members]
    return [row["name"] for row in rows if row.get("location") == "querystring"]


def _path(operation: OperationModel, path: str) -> re.Match[str] | None:
    """The path as the template says: `{Key+}` takes slashes, `{Bucket}` does not."""
    words = re.split(r"(\{\w+\+?\})", _template(operation))
    patterns = [
        f"(?P<{word.strip('{+}')}>{'.+' if '+' in word else '[^/]+'})" if word.startswith("{") else re.escape(word)
        for word in words
    ]
    return re.fullmatch("".join(patterns), path)


def _fits(operation: OperationModel, request: Request) -> bool:
    given = request.asked
    wanted = [*_literals(operation), *_asked(operation)]
    return (
        operation.http["method"] == request.method
        and _path(operation, request.path) is not None
        and all(name in given for name in wanted)
    )


def _members(operation: OperationModel, request: Request) -> Json:
    """Each member of the operation's input from the place that the model gives it."""
    shape, given = operation.input_shape, request.asked
    placed = _path(operation, request.path)
    assert placed is not None
    found: Json = {}
    for name, member in shape.members.items():
        where = member.serialization
        match where.get("location"):
            case "uri":
                text = unquote(placed[where["name"]])
            case "querystring":
                text = given.get(where["name"])
            case "header":
                text = request.headers.get(where["name"].lower())
            case _:
                continue
        if text is not None:
            found[name] = _typed(text, member)
    return found | _body(shape, request.body)


def _typed(text: str, shape: Shape) -> Any:
    """Text of a path, a query or a header as the model's type; text that is none stays, and is then at fault."""
    match shape.type_name:
        case "integer" | "long" if re.fullmatch(r"-?\d+", text):
            return int(text)
        case "boolean" if text in ("true", "false"):
            return text == "true"
    return text


def _body(shape: Any, body: bytes) -> Json:
    payload = shape.serialization.get("payload")
    if payload is None:
        return json.loads(body) if body else {}
    if shape.members[payload].type_name == "blob":
        return {payload: body}
    return {payload: _of_xml(ElementTree.fromstring(body), shape.members[payload])} if body else {}


def _of_xml(node: ElementTree.Element, shape: Any) -> Any:
    """An element by its shape; lists of S3's requests are flat: an element for each item."""
    if shape.type_name != "structure":
        return _typed(node.text or "", shape)
    names = {member.serialization.get("name", name): name for name, member in shape.members.items()}
    found: Json = {}
    for child in node:
        tag = child.tag.rpartition("}")[2]
        name = names.get(tag, tag)
        member = shape.members.get(name)
        if member is not None and member.type_name == "list":
            found.setdefault(name, []).append(_of_xml(child, member.member))
        else:
            found[name] = _of_xml(child, member) if member is not None else child.text
    return found


def _strange(operation: OperationModel, request: Request) -> Iterator[str]:
    """Parameters on the wire that the model has no place for."""
    rows = [member.serialization for member in operation.input_shape.members.values()]
    queries = [row["name"] for row in rows if row.get("location") == "querystring"]
    headers = [row["name"].lower() for row in rows if row.get("location") == "header"]
    for name in request.asked:
        if name not in (*queries, *_literals(operation), *OF_THE_CLIENT):
            yield f"the query has {name}"
    for name in request.headers:
        if name.startswith("x-amz-") and name not in (*headers, *TRANSPORT):
            yield f"the headers have {name}"
