"""Mistakes people make, each made once in the fraud pipeline: one error each, with its code, line and underlined text.

The SageMaker SDK builds a definition out of most of these, and the service or the running pipeline refuses it later.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from compiler.diagnostics import Report
from compiler.driver.compile import Options, validate_source
from compiler.syntax.read import decode_source

PIPELINE = Path(__file__).parents[1] / "pipelines" / "fraud-detection.pipeline.yaml"


class Mistake(NamedTuple):
    """`old` is replaced by `new`; the error has `code` and underlines `marked`, which stands in `new`."""

    name: str
    old: str
    new: str
    code: str
    marked: str


DATA = "model_data: train:model\n        image: train:image\n        package_group"
MISTAKES = (
    Mistake(
        "the gate reads a metric of a step that is not there",
        "metric: evaluation:roc",
        "metric: evaluate:roc",
        "unknown-step",
        "evaluate",
    ),
    Mistake(
        "a property is misspelt",
        DATA,
        DATA.replace("train:model", "${{ steps.train.properties.ModelArtifact.S3ModelArtifacts }}"),
        "unknown-property",
        "ModelArtifact",
    ),
    Mistake(
        "a parameter is pasted into text without the brackets",
        "approval: ${{ parameters.ModelApprovalStatus }}",
        "approval: parameters.ModelApprovalStatus",
        "almost-expression",
        "parameters.ModelApprovalStatus",
    ),
    Mistake(
        "a parameter is pasted into text as in a shell",
        "${{ parameters.InputData }} ",
        "s3://bucket/${parameters.InputData} ",
        "almost-expression",
        "parameters.InputData",
    ),
    Mistake("two steps have one name", "  evaluation:\n", "  train:\n", "duplicate-key", "train"),
    Mistake(
        "two steps have one name, one of them in a branch",
        "      register:\n",
        "      process:\n",
        "duplicate-step",
        "process",
    ),
    Mistake(
        "a parameter is used that is not declared",
        'lte: "${{ parameters.AucThreshold }}',
        'lte: "${{ parameters.MinAuc }}',
        "unknown-parameter",
        "MinAuc",
    ),
    Mistake(
        "a parameter is declared twice", "  ModelApprovalStatus: ", "  AucThreshold: ", "duplicate-key", "AucThreshold"
    ),
    Mistake(
        "the gate reads a metric that the step does not declare",
        "evaluation:roc-auc,",
        "evaluation:pr-auc,",
        "unknown-metric",
        "pr-auc",
    ),
    Mistake(
        "a metric's file lies under an output that is not there",
        "file: report/evaluation",
        "file: reports/evaluation",
        "property-file-output",
        "reports",
    ),
    Mistake(
        "an output is misspelt where it is read",
        "steps.evaluation.outputs.report",
        "steps.evaluation.outputs.reprot",
        "unknown-output",
        "reprot",
    ),
    Mistake("the cache expires in words", "cache: 7d", "cache: seven days", "duration", "seven days"),
    Mistake("the cache is on and never expires", "cache: 7d", "cache: true", "cache-expiry", "true"),
    Mistake(
        "steps wait for each other",
        "    arguments: [--split-rate, 0.2]",
        "    after: [evaluation]",
        "cycle",
        "evaluation",
    ),
    Mistake(
        "the pipeline's name has an underscore",
        "name: fraud-detection",
        "name: fraud_detection",
        "pipeline-name",
        "fraud_detection",
    ),
    Mistake("a step's name has a dot", "      create-model:\n", "      create.model:\n", "step-name", "create.model"),
    Mistake(
        "a step outside a branch waits for one inside",
        "    arguments: [--split-rate, 0.2]",
        "    after: [register]",
        "branch-reference",
        "register",
    ),
)


def test_the_pipeline_itself_is_sound() -> None:
    assert list(_validate(PIPELINE.read_text("utf-8"))) == []


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_the_mistake_is_told_once_and_in_its_place(mistake: Mistake) -> None:
    text = PIPELINE.read_text("utf-8")
    assert text.count(mistake.old) == 1
    at = text.index(mistake.old)
    faulty = text.replace(mistake.old, mistake.new)
    (found,) = _validate(faulty)
    assert found.span is not None
    assert (found.severity, found.code, found.span.text) == ("error", mistake.code, mistake.marked)
    assert found.span.start == at + mistake.new.index(mistake.marked)


def _validate(text: str) -> Report:
    report = Report()
    source = decode_source(text, PIPELINE.name, report)
    return validate_source(source, report, Options(), PIPELINE).report
