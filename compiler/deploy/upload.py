"""Code into S3: only what is missing, each object checked. A key holds its content's hash, so what is there stays."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable
from typing import Any

from compiler.deploy.bundle import Upload
from compiler.deploy.faults import AwsFault, error_code, told
from compiler.deploy.session import Session

PART = 32 * 1024 * 1024
TAKEN = ("PreconditionFailed", "ConditionalRequestConflict", "412", "409")
Progress = Callable[[Upload, str], None]


def upload_all(session: Session, uploads: Iterable[Upload], progress: Progress) -> None:
    """Upload what S3 does not have; `progress` is told each object as present, uploaded or replaced.

    Raises AwsFault; what was uploaded before stays, and a second run goes on from there.
    """
    for upload in uploads:
        state = _state(session.s3, upload)
        if state == "missing":
            _put(session.s3, upload, {"IfNoneMatch": "*"})
            progress(upload, "uploaded")
        elif state == "wrong":
            _put(session.s3, upload, {})
            progress(upload, "replaced")
        else:
            progress(upload, "present")


def _state(s3: Any, upload: Upload) -> str:
    """missing, present or wrong. Where we may not look it counts as missing: the put is conditional."""
    from botocore.exceptions import ClientError

    with told(f"look for {upload.uri}"):
        try:
            found = s3.head_object(Bucket=upload.bucket, Key=upload.key, ChecksumMode="ENABLED")
        except ClientError as error:
            if error_code(error) in ("404", "NoSuchKey", "NotFound", "403", "AccessDenied"):
                return "missing"
            raise
    checksum = found.get("ChecksumSHA256")
    known = checksum is not None and "-" not in checksum
    right = found.get("ContentLength") == len(upload.content) and (not known or checksum == _checksum(upload.content))
    return "present" if right else "wrong"


def _put(s3: Any, upload: Upload, condition: dict[str, str]) -> None:
    from botocore.exceptions import ClientError

    if hashlib.sha256(upload.content).hexdigest() != upload.sha256:
        raise AwsFault("aws-checksum", f"{upload.uri} would be uploaded with other bytes than were compiled")
    with told(f"upload {upload.uri}"):
        try:
            if len(upload.content) > 2 * PART:
                _put_parts(s3, upload, condition)
            else:
                s3.put_object(
                    Bucket=upload.bucket,
                    Key=upload.key,
                    Body=upload.content,
                    ChecksumSHA256=_checksum(upload.content),
                    **condition,
                )
        except ClientError as error:
            if error_code(error) not in TAKEN:
                raise


def _put_parts(s3: Any, upload: Upload, condition: dict[str, str]) -> None:
    """Multipart, each part with its checksum; given up as a whole when one fails."""
    place = {"Bucket": upload.bucket, "Key": upload.key}
    made = s3.create_multipart_upload(**place, ChecksumAlgorithm="SHA256")["UploadId"]
    try:
        parts = []
        for number, start in enumerate(range(0, len(upload.content), PART), 1):
            body = upload.content[start : start + PART]
            checksum = _checksum(body)
            sent = s3.upload_part(**place, UploadId=made, PartNumber=number, Body=body, ChecksumSHA256=checksum)
            parts.append({"PartNumber": number, "ETag": sent["ETag"], "ChecksumSHA256": checksum})
        s3.complete_multipart_upload(**place, UploadId=made, MultipartUpload={"Parts": parts}, **condition)
    except BaseException:
        s3.abort_multipart_upload(**place, UploadId=made)
        raise


def _checksum(content: bytes) -> str:
    return base64.b64encode(hashlib.sha256(content).digest()).decode()
