"""Code into S3: only what is missing, each object checked. A key holds its content's hash, so what is there stays."""

from __future__ import annotations

import base64
import hashlib
from typing import Any, Literal

from compiler.deploy.bundle import Upload
from compiler.deploy.faults import AwsFault, error_code, told
from compiler.deploy.session import Session, Tell

PART = 32 * 1024 * 1024
TAKEN = ("PreconditionFailed", "ConditionalRequestConflict", "412", "409")
ENDED = "NoSuchUpload"  # completed by a call whose answer was lost, or given up by the bucket's own rules
TRIES = 3
HEAD = "most often the credentials have expired: sign in again, then run the same command again"
REPLACES = "run the same command again: it replaces them"
LEFT = (
    "parts of {uri} were sent and could not be taken back: they are no object, and stay in the bucket until a rule of "
    "its lifecycle removes them"
)
State = Literal["missing", "present", "wrong", "unknown"]


def state_of(session: Session, upload: Upload) -> State:
    """What S3 holds at the place of an upload; unknown where we may not look.

    S3 answers 403 for an object that is missing, too, when the bucket may not be listed.
    """
    try:
        with told(f"look for {upload.uri}"):
            found = session.s3.head_object(Bucket=upload.bucket, Key=upload.key, ChecksumMode="ENABLED")
    except AwsFault as fault:
        if fault.answer in ("404", "NoSuchKey", "NotFound"):
            return "missing"
        if fault.answer in ("403", "AccessDenied", "Forbidden"):
            return "unknown"
        if fault.answer == "400":  # an answer to HEAD has no text
            message = f"cannot look for {upload.uri}: S3 refuses the request"
            raise AwsFault("aws-credentials", message, hint=HEAD) from None
        raise
    if found.get("ContentLength") != len(upload.content):
        return "wrong"
    return "present" if _sound(upload.content, found.get("ChecksumSHA256")) else "wrong"


def _sound(content: bytes, checksum: str | None) -> bool:
    """Whether S3's checksum of an object is that of these bytes, put whole or in our parts. None was copied without."""
    known = (checksum_of(content), composite_of(content))
    return checksum is None or checksum.partition("-")[0] in known


def ensure(session: Session, upload: Upload, state: State, tell: Tell) -> str:
    """See that S3 holds an upload, whose state is known; says uploaded, replaced or present. Raises AwsFault.

    A missing object is put on condition that it still is: who loses a race finds the winner's bytes, and checks them.
    """
    if hashlib.sha256(upload.content).hexdigest() != upload.sha256:
        raise AwsFault("aws-checksum", f"{upload.uri} would be uploaded with other bytes than were compiled")
    for _ in range(TRIES):
        if state == "present":
            return "present"
        if _put(session.s3, upload, {} if state == "wrong" else {"IfNoneMatch": "*"}, tell):
            return "replaced" if state == "wrong" else "uploaded"
        state = state_of(session, upload)
        if state == "unknown":
            return "present"
    raise AwsFault("aws-refused", f"{upload.uri} is being written by someone else", hint="run the same command again")


def _put(s3: Any, upload: Upload, condition: dict[str, str], tell: Tell) -> bool:
    """Whether the object was written; not, where it has come into being meanwhile."""
    from botocore.exceptions import ClientError

    with told(f"upload {upload.uri}"):
        try:
            if len(upload.content) > 2 * PART:
                _put_parts(s3, upload, condition, tell)
            else:
                place = {"Bucket": upload.bucket, "Key": upload.key}
                checksum = checksum_of(upload.content)
                s3.put_object(**place, Body=upload.content, ChecksumSHA256=checksum, **condition)
        except ClientError as error:
            if error_code(error) not in (*TAKEN, ENDED):
                raise
            return False
    return True


def _put_parts(s3: Any, upload: Upload, condition: dict[str, str], tell: Tell) -> None:
    """Multipart, each part with its checksum; given up as a whole when one fails.

    The object comes into being when the last call is answered, or not at all. S3 answers with the checksum of the
    parts' checksums, which must be ours. Who is killed leaves parts behind that no object is made of; a second run
    begins anew, and a lifecycle rule of the bucket (AbortIncompleteMultipartUpload) removes them.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    place = {"Bucket": upload.bucket, "Key": upload.key}
    made = s3.create_multipart_upload(**place, ChecksumAlgorithm="SHA256")["UploadId"]
    try:
        parts = []
        for number, start in enumerate(range(0, len(upload.content), PART), 1):
            body = upload.content[start : start + PART]
            checksum = checksum_of(body)
            sent = s3.upload_part(**place, UploadId=made, PartNumber=number, Body=body, ChecksumSHA256=checksum)
            parts.append({"PartNumber": number, "ETag": sent["ETag"], "ChecksumSHA256": checksum})
            tell(f"  {min(100, 100 * (start + PART) // len(upload.content))} % of {upload.uri}")
        whole = s3.complete_multipart_upload(**place, UploadId=made, MultipartUpload={"Parts": parts}, **condition)
    except BaseException:
        try:
            s3.abort_multipart_upload(**place, UploadId=made)
        except (BotoCoreError, ClientError):
            tell(f"  {LEFT.format(uri=upload.uri)}")
        raise
    if not _sound(upload.content, whole.get("ChecksumSHA256")):
        raise AwsFault("aws-checksum", f"{upload.uri} was uploaded, and S3 holds other bytes", hint=REPLACES)


def checksum_of(content: bytes) -> str:
    """SHA-256 as S3 writes it."""
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


def composite_of(content: bytes) -> str:
    """What S3 calls the SHA-256 of an object of several parts: the hash of the parts' hashes."""
    parts = (content[start : start + PART] for start in range(0, len(content), PART))
    return base64.b64encode(hashlib.sha256(b"".join(hashlib.sha256(p).digest() for p in parts)).digest()).decode()
