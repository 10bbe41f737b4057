"""Stands in for AWS while a script of the SageMaker SDK builds a pipeline; usable with SDK 2.x and 3.x.

    python stub.py SCRIPT OUTPUT      runs SCRIPT, writes the definition of its `pipeline` to OUTPUT

Nothing leaves the machine: one botocore `before-send` hook answers every request, and sockets refuse to connect.
"""

import json
import os
import runpy
import socket
import sys
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

ACCOUNT = "111122223333"
REGION = "us-east-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/sm-pipeline"

ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",  # the example key of AWS's documentation
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_DEFAULT_REGION": REGION,
    "AWS_REGION": REGION,
    "SAGEMAKER_ADMIN_CONFIG_OVERRIDE": str(Path(__file__).with_name("sdk-defaults.yaml")),  # telemetry off
    "SAGEMAKER_SUPPRESS_V2_WARNING": "1",
    "SAGEMAKER_VALIDATE_ROLE": "false",
}

IDENTITY = f"""<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>{ROLE}</Arn><UserId>stub</UserId><Account>{ACCOUNT}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"""
BUCKETS = f"""<ListAllMyBucketsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Buckets><Bucket>
<Name>ml-dev-{ACCOUNT}</Name><CreationDate>2024-01-01T00:00:00.000Z</CreationDate></Bucket></Buckets></ListAllMyBucketsResult>"""
MODEL = json.dumps(
    {
        "ModelName": "stub",
        "ModelArn": f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:model/stub",
        "PrimaryContainer": {
            "Image": f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/stub:1",
            "ModelDataUrl": "s3://stub/m",
        },
    }
)


class Body:
    """The part of urllib3's response that botocore reads."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def stream(self, *_: Any, **__: Any) -> Any:
        yield self.content

    def read(self, *_: Any, **__: Any) -> bytes:
        content, self.content = self.content, b""
        return content


def answer(request: Any, **_: Any) -> Any:
    """The reply to any AWS request: an identity, a bucket, no permission on IAM, a model, or `{}`."""
    from botocore.awsrequest import AWSResponse

    url = urlsplit(request.url)
    status, text = reply(url.hostname or "", url.path, request.headers.get("X-Amz-Target", b""))
    headers = {"ETag": '"d41d8cd98f00b204e9800998ecf8427e"', "Content-Length": str(len(text))}
    return AWSResponse(request.url, status, headers, Body(text.encode()))


def reply(host: str, path: str, target: str | bytes) -> tuple[int, str]:
    """HTTP status and body by service; `target` is the operation of a JSON service (`SageMaker.DescribeModel`)."""
    if host.startswith("sts."):
        return 200, IDENTITY
    if host.startswith("s3.") and path == "/":
        return 200, BUCKETS
    if host.startswith("s3.") or ".s3." in host:
        return 200, ""
    if host.startswith("iam."):
        return 403, ""
    return 200, MODEL if target in ("SageMaker.DescribeModel", b"SageMaker.DescribeModel") else "{}"


def refuse(*_: Any, **__: Any) -> NoReturn:
    raise OSError("the network is off while a parity script runs")


def install() -> None:
    """Put the stand-in in place; call before the SDK is imported."""
    import botocore.handlers

    os.environ.update(ENVIRONMENT)
    os.environ.pop("AWS_PROFILE", None)
    botocore.handlers.BUILTIN_HANDLERS.append(("before-send", answer))  # every botocore session registers these
    socket.socket.connect = refuse  # type: ignore[method-assign]


def main(script: str, output: str) -> None:
    """Run `script` and write the definition that its global `pipeline` compiles to, as indented JSON."""
    install()
    pipeline = runpy.run_path(script, run_name="__main__")["pipeline"]
    definition = json.loads(pipeline.definition())
    Path(output).write_text(json.dumps(definition, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
