"""`sagepipe explain`: the table of codes, and the example of one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from compiler.cli import explain
from compiler.diagnostics import CODES

EXAMPLE = {
    "faulty": "a: {from: proces:train}\nb: 1\n",
    "told": "error[unknown-step]: no step is named `proces`\n\n1 error\n",
    "mended": "a: {from: process:train}\nb: 1\n",
}


@pytest.fixture
def codes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = {"codes": {"unknown-step": {"example": EXAMPLE}, "cycle": {}}}
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "codes.json").write_text(json.dumps(rows), "utf-8")
    monkeypatch.setattr(explain, "data_path", tmp_path.joinpath)


def told(*arguments: str) -> str:
    result = CliRunner().invoke(explain.command, arguments)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.usefixtures("codes")
def test_a_code_comes_with_what_is_said_of_its_example_and_what_mends_it() -> None:
    output = told("unknown-step")
    assert output.startswith(f"error[unknown-step]: {CODES['unknown-step'].summary}\n\n")
    assert output.endswith(
        "\nFor example:\n\n  error[unknown-step]: no step is named `proces`\n\n  1 error\n"
        "\nMended:\n\n  -a: {from: proces:train}\n  +a: {from: process:train}\n"
    )


@pytest.mark.usefixtures("codes")
def test_a_code_without_an_example_has_its_help() -> None:
    assert told("cycle").splitlines()[-1] in CODES["cycle"].help


def test_without_a_code_all_are_listed() -> None:
    assert [line.split()[0] for line in told().splitlines()] == list(CODES)


def test_every_shipped_example_can_be_told() -> None:
    for code in CODES:
        assert told(code).startswith(f"{CODES[code].severity}[{code}]")


def test_an_unknown_code_names_the_nearest() -> None:
    result = CliRunner().invoke(explain.command, ["unknown-stpe"])
    assert result.exit_code == 2 and "did you mean `unknown-step`?" in result.output
