"""What README.md and REFERENCE.md show is compiled, run and compared; README.ko.md shows the same.

A comment right above a block of code says what the block is:

    <!-- steps -->          YAML: entries of `steps`, put into a pipeline that has the steps and parameters of FRAME
    <!-- top -->            YAML: keys of a document; `version`, `pipeline` and `steps` are added where they are missing
    <!-- faulty: CODE -->   the same as `steps`, but at fault: exactly one fault, of that code
    <!-- gives: POINTER --> JSON: what the last compiled block gives at that JSON pointer
    <!-- shown -->          not checked: a file for another program
    <!-- edit: OLD => NEW --> console: run with that changed in the pipeline in the scratch folder; ` ;; ` for more
    <!-- from: FILE -->     Python: lines that stand in that file

YAML that begins with `version:` is a whole pipeline. Nothing may be said of a block, warnings included. `console` and
`pycon` blocks run in a scratch folder, one after the other; SAGEPIPE_BLESS=1 writes anew what the former print.
"""

from __future__ import annotations

import doctest
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from test_seeded import MISTAKES

from compiler import Result, compile_text
from compiler.cli.application import VERBS
from compiler.devtools.reference import named_tables
from compiler.devtools.reference_tables import tables
from compiler.diagnostics import Report
from compiler.diagnostics.render import render
from compiler.driver.compile import Options, validate_source
from compiler.model.document import DOCUMENT
from compiler.steps import STEP_TYPES
from compiler.text import Source

ROOT = Path(__file__).parent.parent
PLACE = ROOT / "pipelines" / "example.pipeline.yaml"
PAGES = ("README.md", "REFERENCE.md")
DOCUMENTS = (*PAGES, "README.ko.md", "compiler/ARCHITECTURE.md", "schemas/README.md", "step_code/README.md")
BLESS = bool(os.environ.get("SAGEPIPE_BLESS"))

_BLOCK = re.compile(r"(?:^<!-- ([^\n]+?) -->\n)?^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)

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


class Block(NamedTuple):
    """A block of code: what the comment above it says, its language, its text, and the line it begins on."""

    page: str
    said: str
    language: str
    text: str
    line: int

    @property
    def name(self) -> str:
        return f"{self.page}:{self.line}"


def blocks(page: str) -> Iterator[Block]:
    text = (ROOT / page).read_text("utf-8")
    for found in _BLOCK.finditer(text):
        yield Block(page, found[1] or "", found[2], found[3], text.count("\n", 0, found.start(3)) + 1)


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


EXAMPLES = [block for page in PAGES for block in blocks(page) if block.language == "yaml" and block.said != "shown"]
CONSOLE = [page for page in PAGES if any(block.language in ("console", "pycon") for block in blocks(page))]


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
        if block.language == "python":
            assert block.text in (ROOT / block.said.removeprefix("from: ")).read_text("utf-8"), block.name


@pytest.fixture(scope="session")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("docs")


def printed(commands: list[str], folder: Path) -> str:
    """What the commands print, both streams together, with each command above it."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    surroundings = {**os.environ, "PATH": path, "COLUMNS": "100", "NO_COLOR": "1"}
    lines = []
    for command in commands:
        run = subprocess.run(
            ["bash", "-c", command], cwd=folder, env=surroundings, text=True, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, check=False,
        )  # fmt: skip
        assert "internal error" not in run.stdout, run.stdout
        lines.append(f"$ {command}\n{run.stdout}")
    return "".join(lines)


def changed(folder: Path, edits: str) -> tuple[Path, str]:
    """The one pipeline below the folder, which is changed, and its former text."""
    (file,) = folder.rglob("*.pipeline.yaml")
    former = text = file.read_text("utf-8")
    for edit in edits.split(" ;; "):
        old, new = edit.split(" => ")
        assert old in text
        text = text.replace(old, new, 1)
    file.write_text(text, "utf-8")
    return file, former


@pytest.mark.parametrize("page", CONSOLE)
def test_shown_commands_print_what_is_shown(page: str, scratch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = scratch / page
    folder.mkdir()
    for block in blocks(page):
        if block.language == "console":
            former = changed(folder, block.said.removeprefix("edit: ")) if block.said.startswith("edit: ") else None
            commands = [line.removeprefix("$ ") for line in block.text.splitlines() if line.startswith("$ ")]
            found = printed(commands, folder)
            if former:
                former[0].write_text(former[1], "utf-8")
            _same(block, found)
        elif block.language == "pycon":
            monkeypatch.chdir(folder)
            _doctest(block)


def _same(block: Block, found: str) -> None:
    if BLESS and found != block.text:
        for page in (block.page, "README.ko.md") if block.page == "README.md" else (block.page,):
            text = (ROOT / page).read_text("utf-8")
            (ROOT / page).write_text(text.replace(f"```console\n{block.text}```", f"```console\n{found}```"), "utf-8")
        return
    assert found == block.text, block.name


def _doctest(block: Block) -> None:
    test = doctest.DocTestParser().get_doctest(block.text, {}, block.name, block.page, block.line)
    output: list[str] = []
    result = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=output.append)
    assert result.failed == 0 and result.attempted, "".join(output)


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


def slug(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").strip().lower()
    return re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")


def anchors(text: str) -> list[str]:
    prose = _BLOCK.sub("", text)
    found: list[str] = []
    for heading in _HEADING.findall(prose):
        name = slug(heading)
        same = [a for a in found if a == name or re.fullmatch(rf"{re.escape(name)}-\d+", a)]
        found.append(f"{name}-{len(same)}" if same else name)
    return found


@pytest.mark.parametrize("page", DOCUMENTS)
def test_links_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    lost = []
    for link in _LINK.findall(_BLOCK.sub("", text)):
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
    for group in re.findall(r"(?:^\|.*\|\n)+", _BLOCK.sub("", (ROOT / page).read_text("utf-8")), re.MULTILINE):
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
