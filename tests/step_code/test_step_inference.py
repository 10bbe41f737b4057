"""inference.py, called as the serving container calls it."""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from typing import Any

import pytest
from step_runs import Chain


@pytest.fixture(scope="module")
def serving(step_code: Path) -> dict[str, Any]:
    return runpy.run_path(str(step_code / "inference.py"))


@pytest.fixture(scope="module")
def rows(chain: Chain) -> list[list[str]]:
    """Test rows without their label, as a batch transform with `$[1:]` sends them."""
    return [line.split(",")[1:] for line in chain.test.read_text().splitlines()[:50]]


def answer(serving: dict[str, Any], chain: Chain, body: str | bytes, content_type: str, accept: str) -> str:
    model = serving["model_fn"](str(chain.folder / "model"))
    scores = serving["predict_fn"](serving["input_fn"](body, content_type), model)
    return str(serving["output_fn"](scores, accept))


def test_csv_in_csv_out(serving: dict[str, Any], chain: Chain, rows: list[list[str]]) -> None:
    body = "\n".join(map(",".join, rows)).encode()
    scores = answer(serving, chain, body, "text/csv; charset=utf-8", "text/csv").splitlines()
    assert len(scores) == 50
    assert all(0 < float(score) < 1 for score in scores)
    assert len(set(scores)) > 10


def test_json_gives_the_same_scores(serving: dict[str, Any], chain: Chain, rows: list[list[str]]) -> None:
    from_csv = answer(serving, chain, "\n".join(map(",".join, rows)), "text/csv", "*/*").splitlines()
    numbers = [[float(cell) for cell in row] for row in rows]
    for body in (numbers, {"instances": numbers}):
        said = answer(serving, chain, json.dumps(body), "application/json", "application/json")
        assert json.loads(said)["predictions"] == [float(score) for score in from_csv]


def test_what_is_not_known_may_be_left_empty(serving: dict[str, Any], chain: Chain, rows: list[list[str]]) -> None:
    as_csv = answer(serving, chain, ",".join(["", *rows[0][1:]]), "text/csv", "text/csv")
    as_json = answer(serving, chain, json.dumps([[None, *map(float, rows[0][1:])]]), "application/json", "text/csv")
    assert as_csv == as_json


@pytest.mark.parametrize(
    ("body", "content_type", "accept", "reason"),
    [
        ("1,2,3", "text/csv", "text/csv", "a row must hold 27 features and no label, not 3 values"),
        (",".join("1" * 28), "text/csv", "text/csv", "a row must hold 27 features and no label, not 28 values"),
        ("a" + ",1" * 26, "text/csv", "text/csv", "could not convert string to float: 'a'"),
        ("1,2\n1", "text/csv", "text/csv", "all rows must be equally long"),
        ("", "text/csv", "text/csv", "at least one row"),
        ("1:2", "text/libsvm", "text/csv", "text/libsvm is not supported; text/csv and application/json are"),
        (",".join("1" * 27), "text/csv", "image/png", "image/png is not supported"),
    ],
)
def test_what_does_not_fit_is_refused(
    serving: dict[str, Any], chain: Chain, body: str, content_type: str, accept: str, reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
        answer(serving, chain, body, content_type, accept)
