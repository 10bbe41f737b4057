"""`start`: what is refused before any call, parts of a pipeline, files of parameters, options that go together."""

from __future__ import annotations

from pathlib import Path

import pytest
from loopback import Endpoint
from small import Sagepipe, edited

from compiler.diff.graph import between, upstream

ACCOUNT = "arn:aws:sagemaker:us-east-1:111122223333:pipeline/small"


@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        (["--params", "nowhere.yaml"], 2, "there is no file `nowhere.yaml`"),
        (["--params", "."], 2, "is a folder"),
        (["--name", "by_hand!"], 2, "letters, digits and hyphens within"),
        (["--name", "a" * 83], 2, "at most 82"),
        (["--alias", "123"], 2, "not digits alone"),
        (["--alias", "a b"], 2, "letters, digits"),
        (["--alias", "prod", "--version", "1"], 2, "exclude each other"),
        (["--only", "train", "--from", "train"], 2, "exclude each other"),
        (["--source", "latest"], 2, "--source means something only with --only or --from"),
        (["--junit", "report.xml"], 2, "give --watch, too"),
        (["--watch", "--junit", "nowhere/report.xml"], 2, "`nowhere` is no folder"),
        (["--watch", "--junit", "."], 2, "it is a folder"),
    ],
)
def test_refused_before_any_call(
    aws: Endpoint, run: Sagepipe, pipeline: Path, options: list[str], code: int, told: str
) -> None:
    started = run("start", pipeline, *options)
    assert started.exit_code == code and told in started.stderr, started.output
    assert aws.calls == []


@pytest.mark.parametrize("empty", ["null", "~", ""])
def test_a_parameter_without_a_value_is_no_value(aws: Endpoint, run: Sagepipe, pipeline: Path, empty: str) -> None:
    params = pipeline.parent / "params.yaml"
    params.write_text(f"Data: {empty}\n")
    started = run("start", pipeline, "--params", params)
    assert started.exit_code == 1 and "a name and a value each are wanted" in started.stderr
    assert aws.calls == []


def test_a_pattern_that_would_be_matched_for_ever_is_left_out(aws: Endpoint, run: Sagepipe, pipeline: Path) -> None:
    run(
        "upsert",
        edited(pipeline, "steps:\n", "  Code: {type: string, default: ab, pattern: '(a+)+b'}\nsteps:\n"),
        "--yes",
    )
    assert run("start", pipeline, "-p", f"Code={'a' * 60}").exit_code == 0
    assert run("start", pipeline, "-p", "Code=aaa").exit_code == 1


def test_of_a_file_that_names_the_pipeline_warnings_are_not_told(aws: Endpoint, run: Sagepipe, pipeline: Path) -> None:
    edited(pipeline, "steps:\n", "  Unused: {type: string, default: a}\nsteps:\n")
    assert "unused-parameter" in run("upsert", pipeline, "--yes").stderr
    for verb in ("start", "list", "describe"):
        assert run(verb, pipeline).stderr == ""
    edited(pipeline, "type: processing", "type: procesing")
    broken = run("describe", pipeline)
    assert broken.exit_code == 1 and "did you mean `processing`?" in broken.stderr


def test_arns_of_other_things(aws: Endpoint, run: Sagepipe) -> None:
    for given in ("arn:aws:iam::111122223333:role/x", "arn:aws:sagemaker:us-east-1:111122223333:model/x"):
        told = run("watch", given)
        assert told.exit_code == 2 and "is the ARN of no pipeline and of no execution" in told.stderr
    assert aws.calls == []


def test_an_execution_that_never_was_does_not_go_on(aws: Endpoint, run: Sagepipe, pipeline: Path) -> None:
    run("upsert", pipeline, "--yes")
    lost = run("watch", f"{ACCOUNT}/execution/zzz")
    assert lost.exit_code == 3 and "does not exist" in lost.stderr and "goes on" not in lost.stderr


def test_steps_that_need_nothing_of_others_need_no_earlier_execution(
    aws: Endpoint, run: Sagepipe, pipeline: Path
) -> None:
    run("upsert", pipeline, "--yes")
    assert run("start", pipeline, "--only", "prepare").exit_code == 0
    assert aws.calls[-1][1]["SelectiveExecutionConfig"] == {"SelectedSteps": [{"StepName": "prepare"}]}
    assert run("start", pipeline, "--only", "train", "--source", "000000000001").exit_code == 0
    source = aws.calls[-1][1]["SelectiveExecutionConfig"]["SourcePipelineExecutionArn"]
    assert source == f"{ACCOUNT}/execution/000000000001"


THIRD = """\
  test:
    type: processing
    image: 111122223333.dkr.ecr.us-east-1.amazonaws.com/claims:1
    code: prepare.py
    instance_type: ml.m5.xlarge
    inputs: {model: {from: train:model, path: /opt/ml/processing/model}}
"""


def test_a_gap_between_chosen_steps_is_named(aws: Endpoint, run: Sagepipe, pipeline: Path) -> None:
    pipeline.write_text(pipeline.read_text() + THIRD)
    run("upsert", pipeline, "--yes")
    gap = run("start", pipeline, "--only", "prepare", "--only", "test")
    assert gap.exit_code == 2 and "would be left out: give train, too" in gap.stderr
    assert run("start", pipeline, "--only", "prepare", "--only", "train", "--only", "test").exit_code == 0
    assert "StartPipelineExecution" in aws.operations


def test_ways_between_steps() -> None:
    def step(name: str, *needs: str) -> dict[str, object]:
        return {"Name": name, "Type": "Lambda", "DependsOn": [*needs]}

    definition = {"Steps": [step("a"), step("b", "a"), step("c", "b"), step("d", "a"), step("e")]}
    assert between(definition, ("a", "c")) == ("b",)
    assert between(definition, ("a", "b", "c")) == between(definition, ("b", "e")) == ()
    assert upstream(definition, ("c", "d")) == ("a", "b") and upstream(definition, ("a", "e")) == ()


@pytest.mark.parametrize("verb", [("start",), ("watch",), ("delete", "--yes"), ("promote", "--alias", "prod")])
def test_a_pipeline_that_is_not_there_yet(aws: Endpoint, run: Sagepipe, pipeline: Path, verb: tuple[str, ...]) -> None:
    told = run(verb[0], pipeline, *verb[1:])
    assert told.exit_code == 3 and "error[aws-not-found]" in told.stderr
    assert "`sagepipe upsert` makes one of a file" in told.stderr


def test_what_else_may_be_missing_is_not_taken_for_a_pipeline(aws: Endpoint, run: Sagepipe, pipeline: Path) -> None:
    aws.fail("CreatePipeline", ("ResourceNotFound", "The bucket of the definition is not there.", 400))
    told = run("upsert", pipeline, "--yes")
    assert told.exit_code == 3 and "cannot create the pipeline: The bucket" in told.stderr
    assert "makes one of a file" not in told.stderr


def test_results_are_taken_from_the_newest_execution_that_has_ended(
    aws: Endpoint, run: Sagepipe, pipeline: Path
) -> None:
    run("upsert", pipeline, "--yes")
    ended = run("start", pipeline).stdout.strip()
    aws.account.future = [("Executing", [])]
    run("start", pipeline)
    assert run("start", pipeline, "--only", "train").exit_code == 0
    assert aws.calls[-1][1]["SelectiveExecutionConfig"]["SourcePipelineExecutionArn"] == ended
