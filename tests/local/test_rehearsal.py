"""`sagepipe test`: branching proved without running anything."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from tiny import Done

from compiler.cli.init import templates
from compiler.data import data_path
from compiler.local.rehearsal import Failure

Json = Any
Sagepipe = Callable[..., Done]
FILE = "pipelines/fraud-detection.pipeline.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("pipelines", "step_code"):
        shutil.copytree(data_path(name), tmp_path / name)
    (tmp_path / "pyproject.toml").write_text("", encoding="utf-8")
    return tmp_path


def cases(folder: Path, text: str) -> None:
    (folder / "pipelines" / "fraud-detection.tests.yaml").write_text("version: 1\ncases:\n" + text, encoding="utf-8")


def test_the_shipped_cases_hold(folder: Path, sagepipe: Sagepipe) -> None:
    done = sagepipe("test", FILE, cwd=folder)
    assert (done.returncode, done.stderr) == (0, "3 cases, 0 failed\n"), done.stdout
    assert not (folder / ".sagepipe").exists()


def test_a_metric_that_the_step_has_not_is_a_fault(folder: Path, sagepipe: Sagepipe) -> None:
    metrics = "{evaluation:roc-auk: 0.9, evaluation:binary_classification_metrics.auc.value: 0.9}"
    cases(folder, f"  a:\n    metrics: {metrics}\n")
    done = sagepipe("test", FILE, cwd=folder)
    assert done.returncode == 1
    assert "tests.yaml:4: `evaluation` has no metric `roc-auk`; did you mean `evaluation:roc-auc`?" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_reports_hold_no_character_that_they_may_not(folder: Path, sagepipe: Sagepipe) -> None:
    cases(folder, '  "a \\e[2J": {metrics: {evaluation:roc-auc: 0.9}, expect: {status: Failed}}\n')
    done = sagepipe("test", FILE, "--format", "junit", cwd=folder)
    (case,) = ElementTree.fromstring(done.stdout).iter("testcase")
    assert case.get("name") == "a ␛[2J"
    shown = sagepipe("test", FILE, cwd=folder)
    assert "\x1b" not in shown.stdout and shown.stderr == "1 case, 1 failed\n"


WRONG = """
  poor:
    files: {evaluation: {report/evaluation.json: {binary_classification_metrics: {auc: {value: 0.7}}}}}
    expect:
      status: Failed
      steps: [process, train, evaluation, quality-gate, register]
      not_run: [tune]
      values: {tune: {HyperParameterTuningJobConfig.Strategy: Random, Nothing.here: 1}, register: {A: 1}}
"""
DIFFERENCES = [
    "status: expected Failed, got Succeeded",
    "steps, in their order (- expected, + got):",
    "    process",
    "    train",
    "    evaluation",
    "    quality-gate",
    "  - register",
    "  + tune",
    "`tune` was not to run, and ran",
    '`tune` HyperParameterTuningJobConfig.Strategy: expected "Random", got "Bayesian"',
    "`tune`: `Nothing.here`: there is no `Nothing`",
    "`register` did not run, so it has no `A`",
]


@pytest.mark.parametrize("form", ["human", "json", "junit"])
def test_every_difference_is_shown(folder: Path, sagepipe: Sagepipe, form: str) -> None:
    cases(folder, WRONG)
    done = sagepipe("test", FILE, "--format", form, cwd=folder)
    assert done.returncode == 1
    if form == "human":
        found = [line[6:] for line in done.stdout.splitlines()[1:]]
        assert done.stdout.startswith("FAIL  poor  (pipelines/fraud-detection.tests.yaml:4)")
    elif form == "json":
        found = json.loads(done.stdout)["differences"]
    else:
        failure = ElementTree.fromstring(done.stdout).find("testcase/failure")
        assert failure is not None and failure.text is not None
        found = failure.text.splitlines()
    assert found == DIFFERENCES


def test_a_value_that_no_case_gives_fails_the_case(folder: Path, sagepipe: Sagepipe) -> None:
    cases(folder, "  bare: {expect: {not_run: [tune]}}\n")
    done = sagepipe("test", FILE, cwd=folder)
    said = "step `quality-gate` failed: the case gives no value for `binary_classification_metrics.auc.value` of step"
    assert done.returncode == 1 and said in done.stdout


def test_faults_of_the_cases_are_told_with_their_lines(folder: Path, sagepipe: Sagepipe) -> None:
    cases(folder, "  odd:\n    metric: {}\n    fail: [trian]\n    metrics: {nobody:auc: 1}\n    expect: {step: []}\n")
    done = sagepipe("test", FILE, cwd=folder)
    assert done.returncode == 1
    name = "pipelines/fraud-detection.tests.yaml"
    assert done.stderr.splitlines() == [
        f"{name}:4: case `odd` has no key `metric`; these are: parameters, metrics, files, outputs, fail, expect",
        f"{name}:7: `expect` has no key `step`; these are: status, steps, not_run, values, attempts",
        f"{name}:6: `nobody:auc` names no step: write step:metric",
        f"{name}:4: no step is named `trian`; did you mean `train`?",
    ]
    (folder / name).unlink()
    assert sagepipe("test", FILE, cwd=folder).returncode == 2


def test_the_truth_table_shows_both_sides_of_the_threshold_and_the_threshold(folder: Path, sagepipe: Sagepipe) -> None:
    done = sagepipe("test", FILE, "--truth-table", "--format", "json", "-p", "AucThreshold=0.6", cwd=folder)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    name = "evaluation: binary_classification_metrics.auc.value"
    assert [(row["values"][name], row["gates"]["quality-gate"], row["steps"][4:]) for row in rows] == [
        (0.55, "then", ["tune"]), (0.6, "then", ["tune"]), (0.65, "else", ["register", "create-model"]),
    ]  # fmt: skip
    human = sagepipe("test", FILE, "--truth-table", cwd=folder)
    assert human.stderr == "in every case: process, train, evaluation, quality-gate\n"
    assert len(human.stdout.splitlines()) == 4


MORE = """
version: 1
x-function: &f "arn:aws:lambda:eu-west-1:111122223333:function:sagemaker-f"
pipeline: {name: more, region: eu-west-1, role: "arn:aws:iam::111122223333:role/R"}
parameters: {Mode: {type: string, default: full}}
steps:
  score: {type: lambda, function: *f, outputs: {grade: string, n: integer}}
  gate:
    type: condition
    if:
      all:
        - {value: "${{ steps.score.outputs.grade }}", in: [a, b]}
        - {any: [{value: "${{ steps.score.outputs.n }}", gt: 3}, {value: "${{ parameters.Mode }}", eq: quick}]}
    then:
      tell: {type: lambda, function: *f, arguments: {n: "${{ steps.score.outputs.n }}"}}
    else: {stop: {type: fail, message: "grade ${{ steps.score.outputs.grade }}"}}
  rescue: {type: lambda, function: *f, after: [{step: score, trigger: failed}]}
"""
MORE_CASES = """
version: 1
cases:
  good:
    outputs: {score: {grade: a, n: 7}}
    expect: {status: Succeeded, steps: [score, gate, tell], values: {tell: {n: 7}}}
  quick: {parameters: {Mode: quick}, outputs: {score: {grade: b, n: 1}}, expect: {steps: [score, gate, tell]}}
  bad: {outputs: {score: {grade: z, n: 7}}, expect: {status: Failed, steps: [score, gate, stop]}}
  broken: {fail: score, expect: {status: CompletedWithFailures, steps: [score, rescue], not_run: [gate, tell]}}
"""


def test_outputs_failures_and_run_conditions(tmp_path: Path, sagepipe: Sagepipe) -> None:
    (tmp_path / "more.pipeline.yaml").write_text(MORE, encoding="utf-8")
    (tmp_path / "more.tests.yaml").write_text(MORE_CASES, encoding="utf-8")
    done = sagepipe("test", "more.pipeline.yaml", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    table = sagepipe("test", "more.pipeline.yaml", "--truth-table", "--format", "json", cwd=tmp_path)
    rows = [json.loads(line) for line in table.stdout.splitlines()]
    assert len(rows) == 9, "a, b or another grade; below, at or above 3"
    assert sum(row["gates"]["gate"] == "then" for row in rows) == 2


def test_injected_failures_meet_the_retry_policies(folder: Path, sagepipe: Sagepipe) -> None:
    """The shipped pipeline tries a throttled or faulty call three times more."""
    good = "metrics: {evaluation:roc-auc: 0.93}"
    cases(
        folder,
        f"  mended: {{{good}, fail: {{train: {{exception: throttling, times: 3}}}}, "
        "expect: {attempts: {train: 4}}}\n"
        "  given up: {fail: {train: {exception: Step.SERVICE_FAULT, reason: gone}}, "
        "expect: {status: Failed, attempts: {process: 1, train: 4}}}\n"
        "  its own fault: {fail: {train: no rows}, expect: {status: Failed, attempts: {train: 2, evaluation: 0}}}\n",
    )
    done = sagepipe("test", FILE, cwd=folder)
    assert done.stdout.splitlines() == [
        "ok    mended", "ok    given up",
        "FAIL  its own fault  (pipelines/fraud-detection.tests.yaml:5)",
        "      `train` was to be tried 2 times, and was 1 times",
    ]  # fmt: skip


def test_a_policy_that_ends_after_some_time_ends() -> None:
    failure = Failure(exception="Step.THROTTLING")
    policy = {"ExceptionType": ["Step.THROTTLING"], "IntervalSeconds": 0, "BackoffRate": 0, "ExpireAfterMin": 5}
    assert failure.attempts([policy]) == (6, False)
    assert failure.attempts([]) == (1, False)


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("metrics: 3", "`metrics` must be a map"),
        ("expect: {steps: process}", "`steps` must be a list"),
        ("expect: {values: {train: 3}}", "`values` must be a map of steps, each to a map"),
        ("outputs: [a]", "`outputs` must be a map"),
        ("fail: {train: [a]}", "a failure must be a map"),
        ("fail: {train: {exception: bad-luck}}", "`bad-luck` is no exception of retry policies; these are: SageMaker."),
        ("fail: {train: {times: often}}", "`times` counts the attempts that fail, which `often` does not"),
    ],
)
def test_cases_of_a_wrong_form_are_told(folder: Path, sagepipe: Sagepipe, case: str, said: str) -> None:
    cases(folder, f"  odd: {{{case}}}\n")
    done = sagepipe("test", FILE, cwd=folder)
    assert done.returncode == 1
    assert done.stderr.startswith(f"pipelines/fraud-detection.tests.yaml:3: {said}"), done.stderr


def test_no_cases_are_a_fault(folder: Path, sagepipe: Sagepipe) -> None:
    cases(folder, "  {}\n")
    done = sagepipe("test", FILE, cwd=folder)
    assert done.returncode == 1
    assert "`cases` must be a map of names to cases, one at least" in done.stderr


@pytest.mark.parametrize("template", templates())
def test_every_starter_brings_cases_that_hold(tmp_path: Path, sagepipe: Sagepipe, template: str) -> None:
    done = sagepipe("init", "new", "--name", "scores", "--template", template, cwd=tmp_path)
    assert done.stdout.startswith("written: new/scores.pipeline.yaml, scores.tests.yaml and 7 files in new/step_code\n")
    assert "  sagepipe test new/scores.pipeline.yaml\n" in done.stdout
    tested = sagepipe("test", "new/scores.pipeline.yaml", cwd=tmp_path)
    assert tested.returncode == 0, tested.stdout + tested.stderr
    assert tested.stderr.endswith(" cases, 0 failed\n") and not tested.stderr.startswith("0 ")
    assert sagepipe("init", "new", "--name", "scores", cwd=tmp_path).returncode != 0, "nothing is overwritten"


def test_the_truth_table_leaves_open_what_no_gate_compares(folder: Path, sagepipe: Sagepipe) -> None:
    table = sagepipe("test", "pipelines/batch-scoring.pipeline.yaml", "--truth-table", "--format", "json", cwd=folder)
    rows = [json.loads(line) for line in table.stdout.splitlines()]
    assert [(row["gates"]["verdict"], row["status"]) for row in rows] == [("else", "Failed"), ("then", "Succeeded")]
    assert "publish" in rows[1]["steps"]


def test_only_the_cases_that_are_named_are_walked(folder: Path, sagepipe: Sagepipe) -> None:
    done = sagepipe("test", FILE, "--case", "a failed training stops everything", cwd=folder)
    assert done.stdout == "ok    a failed training stops everything\n"
    done = sagepipe("test", FILE, "--case", "a failed training stops everithing", cwd=folder)
    assert done.returncode == 2 and "did you mean `a failed training stops everything`?" in done.stderr


GATES = """
version: 1
x-f: &f "arn:aws:lambda:us-east-1:111122223333:function:sagemaker-f"
pipeline: {name: gates, region: us-east-1, role: "arn:aws:iam::111122223333:role/R"}
parameters: {Mode: {type: string, default: fast}}
steps:
  a: {type: lambda, function: *f, outputs: {auc: float, kind: string, ok: boolean}}
  outer:
    type: condition
    if: {value: "${{ steps.a.auc }}", gte: 0.8}
    then: {first: {type: lambda, function: *f}}
  inner:
    type: condition
    if:
      all:
        - {value: "${{ steps.outer.outcome }}", eq: true}
        - {any: [{value: "${{ steps.a.kind }}", in: [x, y]}, {not: {value: "${{ parameters.Mode }}", eq: fast}}]}
    then: {good: {type: lambda, function: *f}}
  last:
    type: condition
    if: {not: {value: "${{ steps.a.ok }}", eq: true}}
    then: {no: {type: lambda, function: *f}}
"""


@pytest.mark.parametrize("mode", ["fast", "slow"])
def test_a_truth_table_has_every_combination_of_gates_that_read_each_other(
    tmp_path: Path, sagepipe: Sagepipe, mode: str
) -> None:
    (tmp_path / "gates.pipeline.yaml").write_text(GATES, encoding="utf-8")
    table = ("test", "gates.pipeline.yaml", "--truth-table", "--format", "json", "-p", f"Mode={mode}")
    rows = [json.loads(line) for line in sagepipe(*table, cwd=tmp_path).stdout.splitlines()]
    seen = [tuple(row["values"].values()) for row in rows]
    kinds = ("x", "y", "something else")
    assert seen == [(auc, kind, ok) for auc in (0.75, 0.8, 0.85) for kind in kinds for ok in (False, True)]
    for row, (auc, kind, ok) in zip(rows, seen, strict=True):
        holds = {"outer": auc >= 0.8, "inner": auc >= 0.8 and (kind in ("x", "y") or mode == "slow"), "last": not ok}
        assert row["gates"] == {gate: "then" if held else "else" for gate, held in holds.items()}
        assert ("good" in row["steps"], "no" in row["steps"]) == (holds["inner"], holds["last"])
