"""The account of the credentials, the target's, and what is refused before anything is looked at."""

from __future__ import annotations

from pathlib import Path

import pytest
from loopback import Endpoint
from small import Sagepipe, edited

OTHER = "999988887777"
TARGETS = """\
targets:
  dev: {default: true}
  prod: {account: 444455556666, role: arn:aws:iam::444455556666:role/sm-pipeline}
"""


@pytest.mark.parametrize("verb", [("plan",), ("upsert", "--yes"), ("delete", "--yes")], ids=lambda verb: verb[0])
def test_another_account_is_refused(aws: Endpoint, run: Sagepipe, pipeline: Path, verb: tuple[str, ...]) -> None:
    aws.account.caller = OTHER
    refused = run(verb[0], pipeline, *verb[1:])
    assert refused.exit_code == 3 and aws.operations == ["GetCallerIdentity"]
    assert refused.stderr == (
        "error[aws-account]: the pipeline is for account 111122223333, and these credentials are of account"
        f" {OTHER}\n  = note: AWS knows you as arn:aws:iam::{OTHER}:user/ci\n"
        "  = note: nothing was uploaded or changed\n"
        "  = hint: take a profile of account 111122223333 (--profile), or another --target\n"
    )


VERBS = [
    ("start",), ("start", "--only", "train"), ("promote", "--alias", "prod"), ("rollback", "--alias", "prod"),
    ("stop",), ("retry",),
]  # fmt: skip


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: "".join(verb[:2]))
def test_another_account_is_refused_by_what_runs_it(
    aws: Endpoint, run: Sagepipe, pipeline: Path, verb: tuple[str, ...]
) -> None:
    """In the other account there is a pipeline of that name, too, with an execution and an alias."""
    run("upsert", pipeline, "--yes", "--alias", "prod")
    run("start", pipeline)
    aws.calls.clear()
    aws.account.caller = OTHER
    refused = run(verb[0], pipeline, *verb[1:])
    assert refused.exit_code == 3 and "error[aws-account]" in refused.stderr
    assert aws.operations == ["GetCallerIdentity"]
    assert "aws-account" not in run(verb[0], "small", "--region", "us-east-1", *verb[1:]).stderr  # a name says none


@pytest.mark.parametrize("options", [["-p", "Rounds=x"], ["--only", "train", "-p", "Rounds=x"]], ids=len)
def test_parameters_are_checked_before_anybody_is_asked_whose_the_credentials_are(
    aws: Endpoint, run: Sagepipe, pipeline: Path, options: list[str]
) -> None:
    aws.account.caller = OTHER
    started = run("start", pipeline, *options)
    assert started.exit_code == 1 and "of type integer" in started.stderr and aws.calls == []


@pytest.mark.parametrize("how", ["throttle", "500", "reset"])
def test_it_is_refused_though_sts_fails_once(aws: Endpoint, run: Sagepipe, pipeline: Path, how: str) -> None:
    aws.account.caller = OTHER
    aws.fail("GetCallerIdentity", how)
    assert "error[aws-account]" in run("upsert", pipeline, "--yes").stderr
    assert aws.operations == ["GetCallerIdentity"] * 2


def test_the_account_of_the_target_counts(aws: Endpoint, run: Sagepipe, pipeline: Path) -> None:
    edited(pipeline, "parameters:\n", f"{TARGETS}parameters:\n")
    refused = run("upsert", pipeline, "--target", "prod", "--yes")
    assert "target `prod` is for account 444455556666, and these credentials are of account 1111" in refused.stderr
    assert aws.operations == ["GetCallerIdentity"]
    assert run("upsert", pipeline, "--target", "dev", "--yes").exit_code == 0


def test_where_no_account_is_named(aws: Endpoint, run: Sagepipe, pipeline: Path) -> None:
    """A role by its name alone says no account: whoever asks is right."""
    edited(pipeline, "role: arn:aws:iam::111122223333:role/sm-pipeline", "role: sm-pipeline")
    aws.account.caller = OTHER
    assert "error[aws-account]" not in run("upsert", pipeline, "--yes").stderr


def test_the_question_says_where(aws: Endpoint, run: Sagepipe, pipeline: Path) -> None:
    asked = run("upsert", pipeline, answer="n\n")
    assert "Apply this plan in account 111122223333, us-east-1? [y/N]: " in asked.stderr
    aws.fail("GetCallerIdentity", ("AccessDenied", "no", 403))
    assert "Apply this plan? [y/N]: " in run("upsert", pipeline, answer="n\n").stderr
    assert aws.writes == []
