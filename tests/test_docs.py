"""What README.md and REFERENCE.md show is compiled and compared; README.ko.md shows the same. See `documents`."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from typing import Any

import click
import pytest
import yaml
from documents import BLOCK, DOCUMENTS, PAGES, ROOT, Block, anchors, blocks
from test_seeded import MISTAKES

from compiler import Result, compile_text
from compiler.cli.application import VERBS, sagepipe
from compiler.devtools.reference import named_tables
from compiler.devtools.reference_tables import tables
from compiler.diagnostics import Report
from compiler.diagnostics.render import render
from compiler.driver.compile import Options, validate_source
from compiler.model.document import DOCUMENT
from compiler.steps import STEP_TYPES
from compiler.text import Source

PLACE = ROOT / "pipelines" / "example.pipeline.yaml"
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")

HEAD = """\
version: 1
"""
PIPELINE = """\
pipeline: {name: example, region: us-east-1, role: "arn:aws:iam::111122223333:role/sm-pipeline", bucket: ml-dev}
"""
PARAMETERS = """\
parameters:
  InputData: {type: string, default: "s3://ml-dev/claims/"}
  InstanceType: {type: string, default: ml.m5.xlarge}
  Threshold: {type: float, default: 0.8}
  Regions: {type: string, default: '["us", "eu"]'}
"""
FRAME = {
    "prepare": """\
  prepare:
    type: processing
    framework: {name: sklearn, version: 1.2-1}
    code: ../step_code/preprocess.py
    instance_type: ml.m5.xlarge
    inputs: {claims: "s3://ml-dev/claims/"}
    outputs: {train: /opt/ml/processing/output/train, test: /opt/ml/processing/output/test}
""",
    "train": """\
  train:
    type: training
    framework: {name: xgboost, version: 1.7-1}
    code: ../step_code/train.py
    instance_type: ml.m5.xlarge
    inputs: {train: {from: prepare:train, content_type: text/csv}}
""",
    "evaluate": """\
  evaluate:
    type: processing
    framework: {name: xgboost, version: 1.7-1}
    code: ../step_code/evaluate.py
    instance_type: ml.m5.xlarge
    inputs:
      model: {from: train:model, path: /opt/ml/processing/model}
      test: {from: prepare:test, path: /opt/ml/processing/test}
    outputs: {report: /opt/ml/processing/evaluation}
    metrics: {auc: {file: report/evaluation.json, json_path: binary_classification_metrics.auc.value}}
""",
    "model": """\
  model: {type: create-model, image: train:image, model_data: train:model}
""",
}


def whole(block: Block) -> tuple[str, int]:
    """The pipeline that a block stands for, and the line in it at which the block begins."""
    keys = _keys(block.text)
    if block.said == "top":
        head = "".join(part for key, part in (("version", HEAD), ("pipeline", PIPELINE)) if key not in keys)
        steps = "" if "steps" in keys else "steps:\n" + "".join(FRAME.values())
        return head + block.text + steps, head.count("\n") + 1
    if block.text.startswith("version:"):
        return block.text, 1
    head = HEAD + PIPELINE + PARAMETERS + "steps:\n" + "".join(t for n, t in FRAME.items() if n not in keys)
    return head + "".join(f"  {line}" for line in block.text.splitlines(keepends=True)), head.count("\n") + 1


def _keys(text: str) -> list[str]:
    return re.findall(r"^([\w-]+):", text, re.MULTILINE)


def told(text: str, begin: int, lines: int) -> Report:
    """What is said of the lines of a block, for every target of its pipeline, and all errors wherever they stand."""
    found = validate_source(Source("example.pipeline.yaml", text), Report(), Options(), PLACE).report
    return Report(
        d for d in found
        if d.severity == "error" or (d.span and begin <= d.span.position[0] < begin + lines)
    )  # fmt: skip


EXAMPLES = [
    block for page in PAGES for block in blocks(page)
    if block.language == "yaml" and block.said != "shown" and not block.told("file") and not block.told("from")
]  # fmt: skip


@pytest.mark.parametrize("block", EXAMPLES, ids=lambda block: block.name)
def test_an_example_is_what_it_says(block: Block) -> None:
    assert block.said in ("steps", "top") or block.said.startswith("faulty: ") or block.text.startswith("version:")
    text, begin = whole(block)
    report = told(text, begin, block.text.count("\n"))
    if block.said.startswith("faulty: "):
        assert [d.code for d in report] == [block.said.removeprefix("faulty: ")], render(report, "human")
    else:
        assert render(report, "human") == ""


def pointed(definition: Any, pointer: str) -> Any:
    for word in pointer.split("/")[1:]:
        if isinstance(definition, list):
            by_name = [item for item in definition if isinstance(item, dict) and item.get("Name") == word]
            definition = by_name[0] if by_name else definition[int(word)]
        else:
            definition = definition[word]
    return definition


@pytest.mark.parametrize("page", PAGES)
def test_a_shown_definition_is_what_compiling_gives(page: str) -> None:
    compiled: Result | None = None
    for block in blocks(page):
        if block in EXAMPLES and not block.said.startswith("faulty"):
            compiled = compile_text(whole(block)[0], path=PLACE)
        elif block.language == "json":
            assert block.said.startswith("gives: ") and compiled is not None, block.name
            made = pointed(compiled.definition, block.said.removeprefix("gives: "))
            assert json.loads(block.text) == made, f"{block.name}: {json.dumps(made)}"


@pytest.mark.parametrize("page", PAGES)
def test_shown_lines_of_a_file_stand_in_it(page: str) -> None:
    for block in blocks(page):
        if block.language == "python" or block.told("from"):
            assert block.text in (ROOT / block.told("from")).read_text("utf-8"), block.name


def test_examples_for_ci_call_what_there_is() -> None:
    """The verb and the options of each `run: sagepipe …` exist."""
    files = sorted((ROOT / ".github").rglob("*.yml"))
    jobs = [job for file in files for job in yaml.safe_load(file.read_text("utf-8"))["jobs"].values()]
    runs = [step["run"] for job in jobs for step in job["steps"] if step.get("run", "").startswith("sagepipe ")]
    assert len(runs) >= 5
    for run in runs:
        verb, *words = shlex.split(re.split(r" (?:>|\|\|) ", run)[0])[1:]
        command = sagepipe.get_command(click.Context(sagepipe), verb)
        assert command is not None, run
        known = [option for parameter in command.params for option in parameter.opts]
        assert [word for word in words if word.startswith("-") and word not in known] == [], run


def test_the_korean_page_shows_the_same() -> None:
    english, korean = ((ROOT / page).read_text("utf-8") for page in ("README.md", "README.ko.md"))
    levels = [[h.split(" ")[0] for h in re.findall(r"^#{1,6} .+$", text, re.MULTILINE)] for text in (english, korean)]
    assert levels[0] == levels[1]
    assert [b[1:4] for b in blocks("README.md")] == [b[1:4] for b in blocks("README.ko.md")]
    tables = [re.findall(r"^\|", text, re.MULTILINE) for text in (english, korean)]
    assert len(tables[0]) == len(tables[1])


def test_the_readme_counts_right() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    files = ("pipelines/fraud-detection.pipeline.yaml", *(f"tests/parity/fraud-detection/sdk{n}.py" for n in (2, 3)))
    lines = [len((ROOT / file).read_text("utf-8").splitlines()) for file in files]
    assert re.findall(r"^\| lines \| (\d+), .* \| (\d+) \| (\d+) \|$", text, re.MULTILINE) == [tuple(map(str, lines))]
    assert f"[{len(STEP_TYPES)} step types]" in text


def test_what_is_not_there_yet_is_not_there() -> None:
    missing = (ROOT / "README.md").read_text("utf-8").partition("## What is not there yet")[2].partition("\n\n## ")[0]
    assert [verb for verb in VERBS if f"`{verb}`" in missing] == []


@pytest.mark.parametrize("page", DOCUMENTS)
def test_links_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    lost = []
    for link in LINK.findall(BLOCK.sub("", text)):
        target, _, anchor = link.partition("#")
        if "://" in target:
            continue
        file = (ROOT / page).parent / target if target else ROOT / page
        if not file.exists() or (anchor and anchor not in anchors(file.read_text("utf-8"))):
            lost.append(link)
    assert lost == []


@pytest.mark.parametrize("page", DOCUMENTS)
def test_tables_are_even(page: str) -> None:
    """Every line of a table has as many cells as its head."""
    for group in re.findall(r"(?:^\|.*\|\n)+", BLOCK.sub("", (ROOT / page).read_text("utf-8")), re.MULTILINE):
        counts = [len(re.findall(r"(?<!\\)\|", line)) for line in group.splitlines()]
        assert len(set(counts)) == 1, group.splitlines()[0]


def test_the_reference_has_every_table_once() -> None:
    assert sorted(named_tables((ROOT / "REFERENCE.md").read_text("utf-8"))) == sorted(tables())


def test_the_reference_tells_every_step_type_with_an_example() -> None:
    shown = [yaml.safe_load(b.text) for b in EXAMPLES if b.page == "REFERENCE.md" and b.said == "steps"]
    types = [step["type"] for steps in shown for step in _steps(steps)]
    assert [name for name in STEP_TYPES if name not in types] == []
    headings = anchors((ROOT / "REFERENCE.md").read_text("utf-8"))
    assert [name for name in (*STEP_TYPES, *DOCUMENT) if name not in headings] == []


def _steps(steps: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for step in steps.values():
        yield step
        for key in ("then", "else", "steps"):
            yield from _steps(step.get(key) or {})


def test_the_readme_tells_of_mistakes_what_the_compiler_tells() -> None:
    """`test_seeded` makes each of them; the codes stand here in the same order."""
    rows = re.findall(r"^\| \d+ \|.*\| `([a-z-]+)` \|$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    made = iter([mistake.code for mistake in MISTAKES])
    assert len(rows) == 15 and [code for code in rows if code not in made] == []
