"""The part of S3 that is used: objects with their checksums, conditional puts, and uploads in parts.

Strict where S3 is: a body must have the checksum that comes with it, parts are checked when they are put together, an
upload that has ended is unknown, and nothing is seen of one that has not.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any
from xml.sax.saxutils import escape

from account import REGION, Account, Refused

Json = dict[str, Any]
Answer = tuple[int, dict[str, str], bytes]
BAD_DIGEST = ("BadDigest", "The SHA256 you specified did not match what we received.", 400)


def digest(content: bytes) -> str:
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


def composite(parts: list[bytes]) -> str:
    """The checksum of an object of parts: of the parts' checksums, and how many they are."""
    return f"{digest(b''.join(hashlib.sha256(part).digest() for part in parts))}-{len(parts)}"


def answer(account: Account, operation: str, request: Json) -> Answer:
    """S3's answer. Raises Refused."""
    if request["Bucket"] not in account.buckets:
        raise Refused("NoSuchBucket", "The specified bucket does not exist", 404)
    if operation == "HeadBucket":
        return 200, {"x-amz-bucket-region": REGION}, b""
    place = (request["Bucket"], request["Key"])
    if operation in ("PutObject", "UploadPart") and request.get("ChecksumSHA256") != digest(request["Body"]):
        raise Refused(*BAD_DIGEST)
    if operation in ("PutObject", "CompleteMultipartUpload") and "IfNoneMatch" in request and place in account.objects:
        raise Refused("PreconditionFailed", "At least one of the pre-conditions you specified did not hold", 412)
    match operation:
        case "PutObject":
            account.objects[place], account.checksums[place] = request["Body"], digest(request["Body"])
            return 200, {"ETag": '"x"'}, b""
        case "HeadObject" | "GetObject":
            return _found(account, place)
        case "CreateMultipartUpload":
            account.started += 1
            account.parts[name := f"upload-{account.started}"] = {}
            return _said("InitiateMultipartUploadResult", UploadId=name)
    parts = account.parts.get(request["UploadId"])
    if parts is None:
        raise Refused("NoSuchUpload", "The specified upload does not exist.", 404)
    match operation:
        case "UploadPart":
            parts[request["PartNumber"]] = request["Body"]
            return 200, {"ETag": '"x"', "x-amz-checksum-sha256": request["ChecksumSHA256"]}, b""
        case "AbortMultipartUpload":
            account.parts.pop(request["UploadId"])
            return 204, {"Content-Length": "0"}, b""
    return _complete(account, place, request)


def _found(account: Account, place: tuple[str, str]) -> Answer:
    if place not in account.objects:
        raise Refused("NoSuchKey", "The specified key does not exist.", 404)
    content = account.objects[place]
    headers = {"Content-Length": str(len(content)), "ETag": '"x"'}
    if (checksum := account.checksums.get(place)) is not None:
        headers["x-amz-checksum-sha256"] = checksum
    return 200, headers, content


def _complete(account: Account, place: tuple[str, str], request: Json) -> Answer:
    held = account.parts[request["UploadId"]]
    named = {row["PartNumber"]: row.get("ChecksumSHA256") for row in request["MultipartUpload"]["Parts"]}
    if named != {number: digest(body) for number, body in sorted(held.items())}:
        raise Refused("InvalidPart", "One or more of the specified parts could not be found.")
    parts = list(account.parts.pop(request["UploadId"]).values())
    if account.garbled:
        account.garbled -= 1
        parts[-1] = parts[-1][::-1]
    account.objects[place], account.checksums[place] = b"".join(parts), composite(parts)
    return _said("CompleteMultipartUploadResult", ETag="x", ChecksumSHA256=account.checksums[place])


def _said(name: str, **members: str) -> Answer:
    inner = "".join(f"<{key}>{escape(value)}</{key}>" for key, value in members.items())
    return 200, {}, f"<{name}>{inner}</{name}>".encode()
