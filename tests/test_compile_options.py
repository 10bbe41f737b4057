"""What a target, `--set` and the project's folder change, against the definitions of the compile cases."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from compiler import compile_file, compile_text

CASES = Path(__file__).parent / "cases" / "compile"
TARGETS = CASES / "processing" / "targets" / "targets.pipeline.yaml"
MATRIX = CASES / "processing" / "matrix" / "matrix.pipeline.yaml"


def arguments(path: Path, **options: Any) -> dict[str, Any]:
    """The arguments of each top-level step, by its name."""
    result = compile_file(path, **options)
    assert result.definition is not None, [d.message for d in result.report]
    return {step["Name"]: step["Arguments"] for step in result.definition["Steps"]}


def test_another_target_leaves_what_the_default_one_patches() -> None:
    clean = arguments(TARGETS, target="dev")["clean"]
    assert clean["Environment"] == {"LEVEL": "debug"}
    assert clean["ProcessingResources"]["ClusterConfig"] == {
        "InstanceType": "ml.m5.large", "InstanceCount": {"Get": "Parameters.Count"}, "VolumeSizeInGB": 30,
    }  # fmt: skip
    assert clean["RoleArn"] == "arn:aws:iam::111122223333:role/R"
    assert "KmsKeyId" not in clean["ProcessingOutputConfig"]


def test_set_beats_the_variables_of_the_document_and_of_the_target() -> None:
    result = compile_file(TARGETS, variables={"day": "2025-01-31"})
    assert result.definition is not None
    assert result.definition["Parameters"][0]["DefaultValue"] == "s3://ml-prod/prod/2025-01-31"


def test_set_takes_a_list() -> None:
    assert list(arguments(MATRIX, variables={"regions": "[south, north]"}))[:1] == ["score-south-0-1"]
    result = compile_file(MATRIX, variables={"regions": "[east]"})
    assert [d.code for d in result.report] == ["unknown-step"]


@pytest.mark.parametrize("name", ["tuning/base", "clarify-check/kinds", "processing/extends"])
def test_the_definition_does_not_depend_on_where_the_files_lie(name: str, tmp_path: Path) -> None:
    case = CASES / name
    elsewhere = tmp_path / "project" / "deep"
    shutil.copytree(case, elsewhere)
    (tmp_path / "project" / "pyproject.toml").touch()
    result = compile_file(next(elsewhere.glob("*.pipeline.yaml")))
    assert result.definition == json.loads((case / "definition.json").read_text("utf-8"))


def test_set_of_an_unknown_variable_names_the_near_one() -> None:
    result = compile_text(TARGETS.read_text("utf-8"), path=TARGETS, variables={"dya": "x"})
    assert [(d.code, d.hint) for d in result.report] == [("unknown-variable", "did you mean `day`?")]
