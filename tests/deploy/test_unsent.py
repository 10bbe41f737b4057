"""What goes wrong before AWS is asked, as a beginner meets it: each told in our words, with what to do, exit code 3."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import botocore.exceptions
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from loopback import Endpoint
from small import Sagepipe

from compiler.deploy.faults import AwsFault, told, translate
from compiler.deploy.unsent import UNSENT

CONFIG = """
[profile sso]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = dev
[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = us-east-1
sso_registration_scopes = sso:account:access
[profile fails]
credential_process = /bin/false
[profile absent]
credential_process = /nonexistent/fetch
[profile nowhere]
role_arn = arn:aws:iam::111122223333:role/x
source_profile = missing
[profile circle]
role_arn = arn:aws:iam::111122223333:role/x
source_profile = circle
[profile half]
aws_access_key_id = AKIAIOSFODNN7EXAMPLE
"""
KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with profiles of all sorts and a sign-in that has ended; no keys in the environment."""
    (tmp_path / "config").write_text(CONFIG)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    for name in KEYS:
        monkeypatch.delenv(name)
    return tmp_path


@pytest.mark.parametrize(
    ("profile", "said", "hint"),
    [
        ("nobody", "there is no such AWS profile", "`aws configure list-profiles`"),
        ("sso", "the sign-in to AWS has ended, or never was", "`aws sso login`"),
        ("fails", "the AWS credentials could not be fetched", "stands in the profile"),
        ("absent", "the AWS credentials could not be fetched", "stands in the profile"),
        ("nowhere", "the AWS configuration is faulty", "mend `~/.aws/config`"),
        ("circle", "the AWS configuration is faulty", "mend `~/.aws/config`"),
        ("half", "the AWS credentials are not whole", "both the key and its secret"),
    ],
)
def test_profiles(run: Sagepipe, pipeline: Path, home: Path, profile: str, said: str, hint: str) -> None:
    given = run("plan", pipeline, "--profile", profile)
    assert given.exit_code == 3, given.output
    assert given.stderr.startswith("error[aws-credentials]: cannot ") and said in given.stderr and hint in given.stderr


def test_a_sign_in_that_has_expired(run: Sagepipe, pipeline: Path, home: Path) -> None:
    cache = home / ".aws/sso/cache"
    cache.mkdir(parents=True)
    token = {"startUrl": "https://corp.awsapps.com/start", "region": "us-east-1", "accessToken": "never-to-be-told",
             "expiresAt": "2020-01-01T00:00:00Z"}  # fmt: skip
    (cache / f"{hashlib.sha1(b'corp').hexdigest()}.json").write_text(json.dumps(token))
    given = run("plan", pipeline, "--profile", "sso", "--verbose")
    assert given.exit_code == 3 and "the sign-in to AWS has ended" in given.stderr, given.output
    assert "never-to-be-told" not in given.output


def test_no_credentials_and_half_of_them(
    run: Sagepipe, pipeline: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "no AWS credentials are at hand" in run("plan", pipeline).stderr
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    assert "the AWS credentials are not whole" in run("plan", pipeline).stderr


def test_a_configuration_that_cannot_be_read(run: Sagepipe, pipeline: Path, home: Path) -> None:
    (home / "config").write_text("no such [[[\n")
    given = run("plan", pipeline)
    assert given.exit_code == 3 and "the AWS configuration is faulty" in given.stderr


@pytest.mark.parametrize(
    ("region", "said"),
    [(None, "no region is named"), ("US East", "that is no region"), ("us-est-1", "did you mean `us-east-1`?"),
     ("narnia", "boto3 knows no region `narnia`")],
)  # fmt: skip
def test_regions(run: Sagepipe, monkeypatch: pytest.MonkeyPatch, region: str | None, said: str) -> None:
    def no_address(self: Any, request: Any) -> None:
        raise EndpointConnectionError(endpoint_url=request.url)

    monkeypatch.setattr("botocore.httpsession.URLLib3Session.send", no_address)
    given = run("list", *(("--region", region) if region else ()))
    assert given.exit_code == 3 and "error[aws-region]: cannot " in given.stderr and said in given.stderr


@pytest.mark.parametrize(
    ("url", "said"),
    [("http://127.0.0.1:9", "AWS cannot be reached"), ("nonsense", "the address of the endpoint is none")],
)
def test_endpoints(run: Sagepipe, pipeline: Path, monkeypatch: pytest.MonkeyPatch, url: str, said: str) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", url)
    given = run("plan", pipeline)
    assert given.exit_code == 3 and "error[aws-network]: cannot " in given.stderr and said in given.stderr


def test_a_proxy_and_a_certificate(
    aws: Endpoint, run: Sagepipe, pipeline: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws.url.replace("http:", "https:"))
    assert "its certificate is not trusted" in run("plan", pipeline).stderr
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    monkeypatch.setenv("HTTPS_PROXY", "http://ann:open-sesame@127.0.0.1:9")
    given = run("plan", pipeline)
    assert "the proxy cannot be reached" in given.stderr and "check HTTPS_PROXY" in given.stderr
    assert "open-sesame" not in given.output


def test_the_table_names_errors_that_are_there() -> None:
    """Newer ones of botocore may be missing in an older one, but most are in each."""
    known = {name for name in UNSENT if hasattr(botocore.exceptions, name)}
    assert {"NoCredentialsError", "ProfileNotFound", "SSOTokenLoadError", "TokenRetrievalError"} <= known
    assert len(UNSENT) - len(known) <= 8


def test_a_fault_of_ours_is_not_taken_for_one_of_aws() -> None:
    with pytest.raises(ValueError, match="ours"), told("add"):
        raise ValueError("ours")


ANN = "User: arn:aws:iam::111122223333:user/ann is not authorized to perform: s3:PutObject on resource:"
OBJECT = "arn:aws:s3:::ml-dev-111122223333/small/x"


@pytest.mark.parametrize(
    ("text", "said", "hint"),
    [
        (f'{ANN} "{OBJECT}" because no identity-based policy allows the s3:PutObject action', "is not allowed",
         "added to your policy: "),
        (f"{ANN} {OBJECT} because no permissions boundary allows the s3:PutObject action", "is not allowed",
         "added to your permissions boundary: "),
        (f"{ANN} {OBJECT} because no service control policy allows the s3:PutObject action", "is not allowed",
         "added to your service control policy: "),
        (f"{ANN} {OBJECT} with an explicit deny in a service control policy", "is forbidden",
         "a service control policy denies it"),
        (f"{ANN} {OBJECT} with an explicit deny in an identity-based policy.", "is forbidden",
         "an identity-based policy denies it"),
    ],
)  # fmt: skip
def test_what_is_denied_and_where(text: str, said: str, hint: str) -> None:
    answer = {"Error": {"Code": "AccessDenied", "Message": text}, "ResponseMetadata": {"HTTPStatusCode": 403}}
    fault: AwsFault = translate(ClientError(answer, "PutObject"), "upload")  # type: ignore[arg-type]
    assert fault.code == "aws-denied" and f"`s3:PutObject` {said}" in fault.message and hint in fault.hint
    if said == "is not allowed":
        statement = json.loads(fault.hint.partition(": ")[2])
        assert statement == {"Effect": "Allow", "Action": "s3:PutObject", "Resource": OBJECT}
