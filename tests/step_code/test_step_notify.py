"""notify.py, called as AWS Lambda calls it."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

EVENT = {"execution_id": "abc123", "status": "Succeeded", "output_uri": "s3://bucket/scores", "rows": 5000}


@pytest.fixture(scope="module")
def handler(step_code: Path) -> Any:
    return runpy.run_path(str(step_code / "notify.py"))["handler"]


def test_a_flat_dict_comes_back(handler: Any) -> None:
    message = "Batch scoring abc123: Succeeded, 5000 rows, scores in s3://bucket/scores"
    assert handler(EVENT, None) == {"message": message, "ok": 1, "rows": 5000}


def test_a_failure_is_not_ok_and_rows_may_be_unknown(handler: Any) -> None:
    event = {**EVENT, "status": "Failed", "rows": None}
    message = "Batch scoring abc123: Failed, scores in s3://bucket/scores"
    assert handler(event, None) == {"message": message, "ok": 0, "rows": 0}


def test_missing_arguments_are_named(handler: Any) -> None:
    with pytest.raises(ValueError, match="the step's arguments lack execution_id, output_uri"):
        handler({"status": "Succeeded"}, None)


def test_a_topic_gets_the_message(handler: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[dict[str, str]] = []
    sns = SimpleNamespace(publish=lambda **call: sent.append(call))
    monkeypatch.setitem(sys.modules, "boto3", SimpleNamespace(client={"sns": sns}.get))
    monkeypatch.setenv("TOPIC_ARN", "arn:aws:sns:us-east-1:111122223333:scores")
    said = handler(EVENT, None)["message"]
    assert [(call["TopicArn"], call["Message"]) for call in sent] == [
        ("arn:aws:sns:us-east-1:111122223333:scores", said)
    ]
