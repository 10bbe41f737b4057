"""Errors of AWS in our words, one test a code; and no credential is ever told."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from loopback import Endpoint
from small import KEY, SECRET, TOKEN, Sagepipe, edited

from compiler.deploy import faults
from compiler.deploy.faults import AwsFault, told, translate
from compiler.diagnostics.codes.aws import AWS

DENIED = (
    "User: arn:aws:iam::111122223333:user/ann is not authorized to perform: iam:PassRole on resource: "
    "arn:aws:iam::111122223333:role/sm-pipeline because no identity-based policy allows the iam:PassRole action"
)
ROLE = "Could not assume role arn:aws:iam::111122223333:role/sm-pipeline. Please ensure that the role exists"
EXPIRED = "The security token included in the request is expired"
STATEMENT = '{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::111122223333:role/sm-pipeline"}'
ALLOW = "have this statement added to your policy"
# the call that fails, the answer of AWS, our code, what is said of it, and what mends it
CASES: list[tuple[str, tuple[str, str, int], str, str, str]] = [
    (
        "CreatePipeline",
        ("AccessDeniedException", DENIED, 400),
        "aws-denied",
        "`iam:PassRole` is not allowed",
        STATEMENT,
    ),
    ("PutObject", ("AccessDenied", "Access Denied", 403), "aws-denied", "`s3:PutObject` is not allowed", ALLOW),
    ("CreateSchedule", ("AccessDeniedException", "no", 403), "aws-denied", "`scheduler:CreateSchedule` is", ALLOW),
    ("CreatePipeline", ("ExpiredTokenException", EXPIRED, 400), "aws-credentials", "have expired", "aws sso login"),
    ("CreatePipeline", ("UnrecognizedClientException", "x", 400), "aws-credentials", "does not know", "aws sts"),
    ("HeadObject", ("ExpiredToken", "", 400), "aws-credentials", "S3 refuses the request", "have expired"),
    ("PutObject", ("NoSuchBucket", "", 404), "aws-bucket", "the bucket does not exist", "mend `pipeline.bucket`"),
    ("PutObject", ("PermanentRedirect", "", 301), "aws-region", "the bucket is in another region", "must be the same"),
    ("CreatePipeline", ("ValidationException", ROLE, 400), "aws-role", "Could not assume role", "sagepipe iam"),
    ("CreatePipeline", ("ThrottlingException", "Rate", 400), "aws-throttled", "asks to slow down", "wait a minute"),
    ("CreatePipeline", ("InternalFailure", "", 500), "aws-network", "AWS failed", "wait a minute"),
    ("CreatePipeline", ("ResourceLimitExceeded", "100 at most", 400), "aws-refused", "100 at most", "higher quota"),
    ("UpdatePipeline", ("ResourceNotFound", "not there", 400), "aws-not-found", "not there", "run the same command"),
    ("CreatePipeline", ("SomethingNew", "a new one", 400), "aws-refused", "a new one", "AWS answered SomethingNew"),
    ("PutObject", ("BadDigest", "did not match", 400), "aws-checksum", "not those that were sent", "compile"),
]


@pytest.mark.parametrize(
    ("operation", "error", "code", "said", "hint"), CASES, ids=[f"{c[0]}-{c[1][0]}" for c in CASES]
)
def test_an_error_in_our_words(
    aws: Endpoint,
    run: Sagepipe,
    pipeline: Path,
    operation: str,
    error: tuple[str, str, int],
    code: str,
    said: str,
    hint: str,
) -> None:
    edited(pipeline, "  parallelism: 4\n", "  parallelism: 4\n  schedule: {expression: rate(1 day)}\n")
    if operation == "UpdatePipeline":
        run("upsert", pipeline, "--yes")
        edited(pipeline, "default: 100", "default: 200")
    aws.fail(operation, error, times=-1)
    failed = run("upsert", pipeline, "--yes")
    assert failed.exit_code == 3
    assert f"error[{code}]: cannot " in failed.stderr and said in failed.stderr and hint in failed.stderr


def test_the_other_codes(run: Sagepipe, pipeline: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    gone = run("plan", pipeline)
    assert (
        gone.exit_code == 3 and "error[aws-network]: cannot describe the pipeline: AWS cannot be reached" in gone.stderr
    )
    nowhere = run("list")
    assert (
        nowhere.exit_code == 3 and "error[aws-region]: cannot talk to sagemaker: no region is named" in nowhere.stderr
    )
    profile = run("plan", pipeline, "--profile", "nobody")
    assert profile.exit_code == 3 and "error[aws-credentials]: cannot find AWS credentials" in profile.stderr
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name)
    none = run("plan", pipeline)
    assert none.exit_code == 3 and "no AWS credentials are at hand" in none.stderr and "aws configure" in none.stderr


@pytest.mark.parametrize("operation", ["HeadObject", "PutObject", "DescribePipeline", "CreatePipeline"])
def test_where_something_else_answers(aws: Endpoint, run: Sagepipe, pipeline: Path, operation: str) -> None:
    """A proxy, or a network that wants one to sign in: a page of HTML."""
    aws.fail(operation, "portal", times=-1)
    failed = run("upsert", pipeline, "--yes")
    assert failed.exit_code == 3 and "error[aws-network]: cannot " in failed.stderr, failed.output


def test_every_code_is_declared_and_every_declared_one_is_used() -> None:
    folder = Path(inspect.getfile(faults)).parents[1]
    sources = [*folder.glob("deploy/*.py"), folder / "cli/upsert.py", folder / "cli/start.py"]
    texts = {
        node.value
        for source in sources
        for node in ast.walk(ast.parse(source.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    used = {text for text in texts if text in AWS}
    assert used == set(AWS)
    assert {text for text in texts if text.startswith("aws-") and " " not in text} - {"aws-cn", "aws-us-gov"} <= used


@pytest.mark.parametrize(
    ("message", "line"),
    [
        ("Unable to parse pipeline definition. Step 'train': unknown member.", "  train:"),
        ("Step 'train': Invalid value at HyperParameters.", "    hyperparameters:"),
        ("Unknown Argument member 'AppSpecification'", "  prepare:"),
        ("Parameter Rounds has a bad default", "  Rounds:"),
    ],
)
@pytest.mark.parametrize("call", ["CreatePipeline", "UpdatePipeline"])
def test_a_refused_definition_is_traced_to_the_file(
    aws: Endpoint, run: Sagepipe, pipeline: Path, message: str, line: str, call: str
) -> None:
    if call == "UpdatePipeline":
        run("upsert", pipeline, "--yes")
        edited(pipeline, "default: 100", "default: 200")
    aws.fail(call, ("ValidationException", message, 400), times=-1)
    failed = run("upsert", pipeline, "--yes")
    note = next(text for text in failed.stderr.splitlines() if "this seems to be about" in text)
    number = int(note.rsplit(":", 2)[1])
    assert pipeline.read_text().splitlines()[number - 1].startswith(line), note


SECRETS = (
    f"key {KEY} secret={SECRET} token {TOKEN} http://me:{SECRET}@proxy X-Amz-Credential={KEY}/x&X-Amz-Signature=abc123"
)


@pytest.mark.parametrize("flag", ["", "--verbose", "--debug"])
def test_no_credential_is_told(aws: Endpoint, run: Sagepipe, pipeline: Path, flag: str, tmp_path: Path) -> None:
    """`run` looks for the canaries in all that is printed; a saved plan is looked through here."""
    codes = ("ValidationException", "SignatureDoesNotMatch", "AccessDeniedException")
    operations = ("HeadObject", "PutObject", "CreatePipeline", "ListTags", "AddTags", "DescribePipeline")
    before, after = ([flag], []) if flag == "--debug" else ([], [flag] if flag else [])
    for number, operation in enumerate(operations):
        aws.faults.clear()
        aws.fail(operation, (codes[number % 3], SECRETS, 400), times=-1)
        saved = tmp_path / "plan.json"
        run(*before, "plan", pipeline, "-o", saved, *after)
        assert "abc123" not in run(*before, "upsert", pipeline, "--yes", *after).output
        assert not saved.exists() or SECRET not in saved.read_text()


def test_verbose_tells_calls(aws: Endpoint, run: Sagepipe, pipeline: Path) -> None:
    told = run("upsert", pipeline, "--yes", "--verbose").stderr
    assert "sagemaker DescribePipeline: 400" in told and "s3 PutObject: 200" in told


def test_without_the_environment_patterns_find_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in faults.HELD:
        monkeypatch.delenv(name, raising=False)
    said = faults.clean(SECRETS)
    assert KEY not in said and TOKEN not in said and "abc123" not in said and "me:" not in said
    plain = "s3://ml-dev-111122223333/small/code/" + "0123456789abcdef" * 4 + "/sourcedir.tar.gz"
    assert faults.clean(plain) == plain


def stubbed(operation: str, code: str, status: int = 400) -> ClientError:
    """The error boto3 raises for an answer, as botocore's own Stubber gives it."""
    client = boto3.client("sagemaker", region_name="us-east-1")
    with Stubber(client) as stub, pytest.raises(ClientError) as raised:
        stub.add_client_error(operation, code, "text", status)
        getattr(client, operation)(PipelineName="small")
    return raised.value


@pytest.mark.parametrize(
    ("code", "ours", "transient"),
    [("ConflictException", "aws-refused", True), ("ThrottlingException", "aws-throttled", True),
     ("AccessDeniedException", "aws-denied", False), ("ResourceNotFound", "aws-not-found", False),
     ("ResourceInUse", "aws-refused", True), ("ServiceUnavailable", "aws-network", True)],
)  # fmt: skip
def test_single_errors(code: str, ours: str, transient: bool) -> None:
    error = stubbed("describe_pipeline", code, 503 if code == "ServiceUnavailable" else 400)
    fault = translate(error, "describe the pipeline")
    assert (fault.code, fault.transient, fault.answer) == (ours, transient, code)


def test_a_request_that_boto3_refuses() -> None:
    client: Any = boto3.client("sagemaker", region_name="us-east-1")
    with pytest.raises(AwsFault) as raised, told("describe the pipeline"):
        client.describe_pipeline(PipelineName=1)
    assert raised.value.code == "aws-refused" and "boto3 refused the request" in raised.value.notes
