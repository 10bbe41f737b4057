"""Every fault of the front end, with its full rendering: `cases/reject/<code>/<name>.yaml` and the `.txt` beside it.

SAGEPIPE_BLESS=1 writes the renderings anew.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from compiler.diagnostics import CODES, Report, allow
from compiler.diagnostics.codes.text import TEXT
from compiler.diagnostics.render import render
from compiler.syntax import find_allowances, parse, read_source
from compiler.syntax.read import MAX_BYTES

REJECT = Path(__file__).parent / "cases" / "reject"
FRONT_END = (*TEXT, "expression-syntax", "expression-in-key", "unquoted-expression")
CASES = [
    path
    for code in FRONT_END
    for path in sorted((REJECT / code).glob("*.yaml"))
    if not path.name.endswith(".pipeline.yaml")  # those are for the whole compiler
]


def read(path: str | Path, shown: str) -> Report:
    """What the front end alone has to say of a file."""
    report = Report()
    source = read_source(path, display=shown, report=report)
    root = parse(source, report) if source else None
    if source is None or root is None:
        return report
    allowances = find_allowances(source, root, report)
    return allow(report, allowances)


def expect(report: Report, code: str, golden: Path) -> None:
    """The report is of that code alone, and renders as the golden file says."""
    assert list(dict.fromkeys(diagnostic.code for diagnostic in report)) == [code]
    rendered = render(report, "human", width=100)
    if os.environ.get("SAGEPIPE_BLESS"):
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(rendered, encoding="utf-8")
    assert rendered == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_rejected_with_this_rendering(path: Path) -> None:
    expect(read(path, path.name), path.parent.name, path.with_suffix(".txt"))


def test_missing_file_names_its_neighbour(tmp_path: Path) -> None:
    (tmp_path / "fraud.pipeline.yaml").touch()
    report = read(tmp_path / "farud.pipeline.yaml", "farud.pipeline.yaml")
    expect(report, "file-not-found", REJECT / "file-not-found" / "misspelt.txt")


def test_folder_is_no_file(tmp_path: Path) -> None:
    expect(read(tmp_path, "pipelines"), "file-unreadable", REJECT / "file-unreadable" / "folder.txt")


def test_path_that_no_system_takes() -> None:
    expect(read("a\0b", "a\0b"), "file-unreadable", REJECT / "file-unreadable" / "no-path.txt")


def test_file_of_too_many_bytes(tmp_path: Path) -> None:
    path = tmp_path / "big.yaml"
    path.write_bytes(b"#" * (MAX_BYTES + 1))
    expect(read(path, "big.yaml"), "file-too-large", REJECT / "file-too-large" / "bytes.txt")


def test_file_of_too_many_values(tmp_path: Path) -> None:
    path = tmp_path / "wide.yaml"
    path.write_text("[" + "1," * 500_001 + "]", encoding="utf-8")
    expect(read(path, "wide.yaml"), "file-too-large", REJECT / "file-too-large" / "values.txt")


def test_every_code_of_the_front_end_has_a_rendering() -> None:
    assert [code for code in FRONT_END if not list((REJECT / code).glob("*.txt"))] == []


def test_no_code_stands_in_two_tables() -> None:
    from compiler.diagnostics.codes import TABLES

    assert sum(map(len, TABLES)) == len(CODES)


@pytest.mark.parametrize("code", CODES)
def test_code_is_well_declared(code: str) -> None:
    declared = CODES[code]
    assert code == code.lower().replace("_", "-")
    assert not declared.summary.endswith(".") and declared.summary
    assert declared.help.endswith((".", "`.")) and "TODO" not in declared.help
