"""Small pipelines with one fault each, what is said of them, and the same pipelines mended; and sound near misses.

`cases/reject/<code>/<name>.pipeline.yaml` has its full rendering in `<name>.txt` and its mended twin in
`<name>.mended.pipeline.yaml`. Everything below `cases/accept/` is sound, and so is every pipeline we ship or compare.
A first line `# $ sagepipe validate --target prod` gives options. SAGEPIPE_BLESS=1 writes the renderings anew.
"""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import pytest

from compiler.diagnostics import CODES, Report
from compiler.diagnostics.codes.aws import AWS
from compiler.diagnostics.render import render
from compiler.driver.compile import Options, validate_source
from compiler.syntax import read_source

TESTS = Path(__file__).parent
REJECT, ACCEPT = TESTS / "cases" / "reject", TESTS / "cases" / "accept"
ENDING, MENDED = ".pipeline.yaml", ".mended.pipeline.yaml"
FAULTY = [path for path in sorted(REJECT.glob(f"*/*{ENDING}")) if not path.name.endswith(MENDED)]
SOUND = [
    *sorted(REJECT.glob(f"*/*{MENDED}")),
    *sorted(ACCEPT.glob(f"**/*{ENDING}")),
    *sorted((TESTS / "parity").glob(f"*/*{ENDING}")),
    *sorted((TESTS.parent / "pipelines").glob(f"*{ENDING}")),
]


def validate(path: Path) -> Report:
    """What `sagepipe validate` says of a case, with the options that its first line gives."""
    report = Report()
    source = read_source(path, display=path.name, report=report)
    return validate_source(source, report, _options(path.read_text("utf-8").partition("\n")[0]), path).report


def _options(line: str) -> Options:
    words = shlex.split(line.removeprefix("# $ sagepipe validate")) if line.startswith("# $") else []
    given = list(zip(words[::2], words[1::2], strict=True))
    variables = dict(value.split("=", 1) for flag, value in given if flag == "--set")
    allowed = frozenset(value for flag, value in given if flag == "--allow")
    return Options(dict(given).get("--target"), None, variables, allowed)


def name(path: Path) -> str:
    return path.relative_to(TESTS.parent).as_posix().removesuffix(ENDING).removeprefix("tests/")


@pytest.mark.parametrize("path", FAULTY, ids=name)
def test_rejected_with_this_rendering(path: Path) -> None:
    report = validate(path)
    assert list(dict.fromkeys(found.code for found in report)) == [path.parent.name]
    rendered = render(report, "human", width=120)
    golden = path.with_name(path.name.removesuffix(ENDING) + ".txt")
    if os.environ.get("SAGEPIPE_BLESS"):
        golden.write_text(rendered, encoding="utf-8")
    assert rendered == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", SOUND, ids=name)
def test_sound_pipeline_is_met_with_silence(path: Path) -> None:
    assert render(validate(path), "human") == ""


def test_every_rejected_case_has_its_mended_twin() -> None:
    assert [name(path) for path in FAULTY if not path.with_name(path.name.replace(ENDING, MENDED)).exists()] == []


def test_every_rendering_belongs_to_a_case() -> None:
    known = {path.parent.name for path in FAULTY}
    stems = {path.with_name(path.name.removesuffix(ENDING)) for path in FAULTY}
    assert [str(t) for t in REJECT.glob("*/*.txt") if t.parent.name in known and t.with_suffix("") not in stems] == []


@pytest.mark.parametrize("code", [code for code in CODES if code not in AWS])
def test_every_code_has_a_case(code: str) -> None:
    assert list((REJECT / code).glob("*.txt"))
