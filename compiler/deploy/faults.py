"""Errors from AWS become ours: what happened, what is missing, how to mend it. No secret is ever in a message."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from urllib.parse import quote

from compiler.deploy.unsent import SAME_AGAIN, unsent

DENIED = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError", "403")
NOT_FOUND = ("ResourceNotFound", "ResourceNotFoundException")
CONFLICT = ("ConflictException", "ResourceInUse", "ResourceInUseException")
THROTTLED = ("Throttling", "ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded", "SlowDown")
DIGEST = ("BadDigest", "InvalidDigest", "XAmzContentChecksumMismatch", "XAmzContentSHA256Mismatch")
ACTION = re.compile(r"not authorized to perform:? ([a-z0-9-]+:[A-Za-z]+)")
RESOURCE = re.compile(r"on resource:? \"?(arn:[^\s\"]+)")
DENY = re.compile(r"with an explicit deny in (an? [a-z -]+?)(?:[.:,]|$| that)", re.I)
LACKS = re.compile(r"because no ([a-z -]+?) allows", re.I)
ROLE = re.compile(r"\brole\b.*\b(assume|does not exist|invalid|trust|not exist)|\bassume\b.*\brole\b", re.I | re.S)
SECRETS = re.compile(
    r"(?:AKIA|ASIA)[A-Z0-9]{12,}"
    r"|(?<=://)[^/\s@]+(?=@)"  # user:password@host of a proxy
    r"|(?i:(?<=token=)|(?<=token:)|(?<=secret=)|(?<=signature=)|(?<=credential=))[^\s&\"',]+"
    r"|(?:IQoJ|FwoG|FQoG)[A-Za-z0-9/+=]{16,}"  # how session tokens begin
)  # fmt: skip
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
HELD = ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "AWS_ACCESS_KEY_ID")
SHORTEST = 12  # what is shorter is a word, such as `test`
NOWHERE = "`sagepipe list` shows the pipelines of this account and region, and `sagepipe upsert` makes one of a file"


class Mend(NamedTuple):
    """What an error of the service is called here, what to say of it, and how to mend it. "" says AWS's own words."""

    code: str
    said: str
    hint: str = ""


_EXPIRED = Mend(
    "aws-credentials",
    "the AWS credentials have expired",
    f"sign in again (`aws sso login`, or fresh keys), then {SAME_AGAIN}",
)
_UNKNOWN = Mend(
    "aws-credentials",
    "AWS does not know these credentials",
    "check the profile and its keys; `aws sts get-caller-identity` shows who you are",
)
_OTHER_REGION = Mend(
    "aws-region", "the bucket is in another region", "`pipeline.region` and the bucket's region must be the same"
)
_SLOW = Mend("aws-throttled", "AWS asks to slow down, and went on asking", f"wait a minute, then {SAME_AGAIN}")
_DIGEST = Mend("aws-checksum", "the bytes that arrived are not those that were sent", f"compile and {SAME_AGAIN}")
_AWS_FAILED = Mend("aws-network", "AWS failed, and went on failing", f"wait a minute, then {SAME_AGAIN}")
MENDS: dict[str, Mend] = {
    **dict.fromkeys(("ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"), _EXPIRED),
    **dict.fromkeys(
        ("InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId", "SignatureDoesNotMatch",
         "InvalidSignatureException", "IncompleteSignature", "MissingAuthenticationToken"), _UNKNOWN),
    **dict.fromkeys(
        ("PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException", "301"),
        _OTHER_REGION),
    **dict.fromkeys(THROTTLED, _SLOW),
    **dict.fromkeys(DIGEST, _DIGEST),
    "NoSuchBucket": Mend("aws-bucket", "the bucket does not exist", "create it, or mend `pipeline.bucket`"),
    "ResourceLimitExceeded": Mend("aws-refused", "", "ask for a higher quota, or delete what is no longer needed"),
}  # fmt: skip
S3_ACTIONS = {
    "HeadObject": "s3:GetObject",
    "GetObject": "s3:GetObject",
    "PutObject": "s3:PutObject",
    "CreateMultipartUpload": "s3:PutObject",
    "UploadPart": "s3:PutObject",
    "CompleteMultipartUpload": "s3:PutObject",
    "AbortMultipartUpload": "s3:AbortMultipartUpload",
}


class AwsFault(Exception):
    """Something that AWS refused or the network kept from being done.

    `code` is a key of the table of codes. `notes` are facts, such as what was done before; `hint` says how to mend.
    `answer` is the service's own code, "" where no answer came.
    """

    def __init__(
        self, code: str, message: str, *, hint: str = "", notes: tuple[str, ...] = (), answer: str = ""
    ) -> None:
        super().__init__(clean(message))
        self.code, self.message, self.hint, self.answer = code, clean(message), clean(hint), answer
        self.notes = tuple(clean(note) for note in notes)

    def with_notes(self, *notes: str) -> AwsFault:
        """The same fault with more facts."""
        return AwsFault(self.code, self.message, hint=self.hint, notes=(*self.notes, *notes), answer=self.answer)

    @property
    def transient(self) -> bool:
        """Whether the same call may succeed a moment later: the network, AWS itself, its pace, or a conflict."""
        return self.code in ("aws-network", "aws-throttled") or self.answer in CONFLICT


def clean(text: str) -> str:
    """The text without anything that is a credential, or looks like one, and without what steers a terminal."""
    held = (os.environ.get(name, "") for name in HELD)
    return SECRETS.sub("***", without(CONTROLS.sub("?", text), held))


def without(text: str, credentials: Iterable[str]) -> str:
    """The text without these credentials, as they are or as they stand in a URL."""
    for held in credentials:
        if len(held) >= SHORTEST:
            text = text.replace(held, "***").replace(quote(held, safe=""), "***")
    return text


@contextmanager
def told(doing: str) -> Iterator[None]:
    """Turn what boto3 raises inside into an AwsFault; `doing` says what was tried, as in `describe the pipeline`."""
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.parsers import ResponseParserError

    try:
        yield
    except ClientError as error:
        raise translate(error, doing) from None
    except ResponseParserError:
        hint = f"a proxy, or a network that wants one to sign in, may answer in its place; then {SAME_AGAIN}"
        raise AwsFault("aws-network", f"cannot {doing}: what answers is not AWS", hint=hint) from None
    except (BotoCoreError, OSError) as error:  # a process that fetches credentials is started here
        raise _local(error, doing) from None
    except ValueError as error:
        if "endpoint" not in str(error):
            raise
        raise _local(error, doing) from None


def error_code(error: Any) -> str:
    """The service's code of a ClientError."""
    return str(error.response.get("Error", {}).get("Code", ""))


def translate(error: Any, doing: str) -> AwsFault:
    """A ClientError in our words."""
    code = error_code(error)
    text = str(error.response.get("Error", {}).get("Message", "")) or code
    if code in DENIED:
        return _denied(error, text, doing, code)
    mend = MENDS.get(code)
    if mend is None and error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400) >= 500:
        mend = _AWS_FAILED
    if mend is not None:
        return AwsFault(mend.code, f"cannot {doing}: {mend.said or text}", hint=mend.hint, answer=code)
    if code in NOT_FOUND:
        hint = "" if str(error.operation_name).startswith(("Create", "Update")) else NOWHERE  # a role may be missing
        return AwsFault("aws-not-found", f"cannot {doing}: {text}", hint=hint, answer=code)
    if ROLE.search(text):
        hint = "the role must exist and trust sagemaker.amazonaws.com; `sagepipe iam` prints its policy"
        return AwsFault("aws-role", f"cannot {doing}: {text}", hint=hint, answer=code)
    return AwsFault("aws-refused", f"cannot {doing}: {text}", notes=(f"AWS answered {code}",), answer=code)


def _denied(error: Any, text: str, doing: str, code: str) -> AwsFault:
    """Names the permission, and the statement that grants it."""
    named, resource = ACTION.search(text), RESOURCE.search(text)
    action = named[1] if named else _action(str(error.operation_name))
    if denied := DENY.search(text):
        return AwsFault(
            "aws-denied",
            f"cannot {doing}: `{action}` is forbidden",
            hint=f"{denied[1]} denies it, and no statement can allow what is denied: whoever keeps that must change it",
            answer=code,
        )
    lacks = LACKS.search(text)
    where = lacks[1].lower().replace("identity-based policy", "policy") if lacks else "policy"
    statement = {"Effect": "Allow", "Action": action, "Resource": resource[1].rstrip(".,") if resource else "*"}
    return AwsFault(
        "aws-denied",
        f"cannot {doing}: `{action}` is not allowed",
        hint=f"have this statement added to your {where}: {json.dumps(statement)}",
        answer=code,
    )


def _action(operation: str) -> str:
    service = "scheduler" if operation.endswith("Schedule") else "sagemaker"
    return S3_ACTIONS.get(operation, f"{service}:{operation}")


def _local(error: Exception, doing: str) -> AwsFault:
    """A fault before or between requests: no credentials, no region, no network."""
    kind = type(error).__name__
    if kind == "ParamValidationError":
        return AwsFault("aws-refused", f"cannot {doing}: {error}", notes=("boto3 refused the request",))
    code, said, hint = unsent(error)
    return AwsFault(code, f"cannot {doing}: {said}", hint=hint, notes=(str(error) or kind,))
