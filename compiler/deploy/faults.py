"""Errors from AWS become ours: what happened, what is missing, how to mend it. No secret is ever in a message."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

DENIED = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError", "403")
EXPIRED = ("ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired")
UNKNOWN_KEY = ("InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId", "SignatureDoesNotMatch")
THROTTLED = ("Throttling", "ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded", "SlowDown")
NOT_FOUND = ("ResourceNotFound", "ResourceNotFoundException")
CONFLICT = ("ConflictException", "ResourceInUse", "ResourceInUseException")
ACTION = re.compile(r"not authorized to perform:? ([a-z0-9-]+:[A-Za-z]+)")
RESOURCE = re.compile(r"on resource:? (arn:[^\s]+)")
SECRETS = re.compile(r"(AKIA|ASIA)[A-Z0-9]{16}|(?i:(?<=token=)|(?<=secret=)|(?<=signature=))[^\s&\"']+")


class AwsFault(Exception):
    """Something that AWS refused or the network kept from being done.

    `code` is a key of the table of codes. `notes` are facts, such as what was done before; `hint` says how to mend.
    """

    def __init__(self, code: str, message: str, *, hint: str = "", notes: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.code, self.message, self.hint, self.notes = code, clean(message), clean(hint), notes

    def with_notes(self, *notes: str) -> AwsFault:
        """The same fault with more facts."""
        return AwsFault(self.code, self.message, hint=self.hint, notes=(*self.notes, *notes))


def clean(text: str) -> str:
    """The text without anything that looks like a credential."""
    return SECRETS.sub("***", text)


@contextmanager
def told(doing: str) -> Iterator[None]:
    """Turn what boto3 raises inside into an AwsFault; `doing` says what was tried, as in `describe the pipeline`."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        raise translate(error, doing) from None
    except BotoCoreError as error:
        raise _local(error, doing) from None


def error_code(error: Any) -> str:
    """The service's code of a ClientError."""
    return str(error.response.get("Error", {}).get("Code", ""))


def translate(error: Any, doing: str) -> AwsFault:
    """A ClientError in our words."""
    code = error_code(error)
    text = str(error.response.get("Error", {}).get("Message", "")) or code
    if code in DENIED:
        return _denied(error, text, doing)
    if code in EXPIRED:
        return AwsFault(
            "aws-credentials",
            f"cannot {doing}: the AWS credentials have expired",
            hint="sign in again (`aws sso login`, or fresh keys), then run the same command",
        )
    if code in UNKNOWN_KEY:
        return AwsFault(
            "aws-credentials",
            f"cannot {doing}: AWS does not know these credentials",
            hint="check the profile and its keys; `aws sts get-caller-identity` shows who you are",
        )
    if code == "NoSuchBucket":
        return AwsFault(
            "aws-bucket", f"cannot {doing}: the bucket does not exist", hint="create it, or mend `pipeline.bucket`"
        )
    if code in ("PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException"):
        return AwsFault(
            "aws-region",
            f"cannot {doing}: the bucket is in another region",
            hint="`pipeline.region` and the bucket's region must be the same",
        )
    if code in THROTTLED:
        return AwsFault(
            "aws-throttled",
            f"cannot {doing}: AWS asks to slow down, and went on asking",
            hint="wait a minute and run the same command again",
        )
    if code in NOT_FOUND:
        return AwsFault("aws-not-found", f"cannot {doing}: {text}")
    if "role" in text.lower() and (
        "assume" in text.lower() or "does not exist" in text.lower() or "invalid" in text.lower()
    ):
        return AwsFault(
            "aws-role",
            f"cannot {doing}: {text}",
            hint="the role must exist and trust sagemaker.amazonaws.com; `sagepipe iam` prints its policy",
        )
    return AwsFault("aws-refused", f"cannot {doing}: {text}", notes=(f"AWS answered {code}",))


def _denied(error: Any, text: str, doing: str) -> AwsFault:
    """Names the permission, and the statement that grants it."""
    named, resource = ACTION.search(text), RESOURCE.search(text)
    action = named[1] if named else _action(error)
    statement = {"Effect": "Allow", "Action": action, "Resource": resource[1].rstrip(".,") if resource else "*"}
    return AwsFault(
        "aws-denied",
        f"cannot {doing}: `{action}` is not allowed",
        hint=f"have this statement added to your policy: {json.dumps(statement)}",
    )


def _action(error: Any) -> str:
    operation = str(error.operation_name)
    s3 = {"PutObject": "s3:PutObject", "HeadObject": "s3:GetObject", "CreateMultipartUpload": "s3:PutObject"}
    return s3.get(operation, f"sagemaker:{operation}")


def _local(error: Any, doing: str) -> AwsFault:
    """A fault before or between requests: no credentials, no region, no network."""
    kind = type(error).__name__
    if kind in (
        "NoCredentialsError",
        "PartialCredentialsError",
        "CredentialRetrievalError",
        "ProfileNotFound",
        "TokenRetrievalError",
        "SSOTokenLoadError",
        "UnauthorizedSSOTokenError",
    ):
        return AwsFault(
            "aws-credentials",
            f"cannot {doing}: no AWS credentials are at hand",
            hint="set them up with `aws configure` or `aws sso login`, or name a profile with AWS_PROFILE",
        )
    if kind in ("NoRegionError", "InvalidRegionError"):
        return AwsFault("aws-region", f"cannot {doing}: no region is named", hint="set `pipeline.region`")
    if kind == "ParamValidationError":
        return AwsFault("aws-refused", f"cannot {doing}: {error}", notes=("boto3 refused the request",))
    return AwsFault(
        "aws-network",
        f"cannot {doing}: AWS cannot be reached",
        hint="check the network and `pipeline.region`, then run the same command again; it takes up where it stopped",
        notes=(clean(f"{kind}: {error}"),),
    )
