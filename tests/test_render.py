"""Diagnostics as people, terminals, CI servers and code scanning read them; warnings allowed and refused."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compiler.diagnostics import Diagnostic, Place, Report, allow, strict
from compiler.diagnostics.render import FORMATS, Format, render, summary
from compiler.diagnostics.render.screen import row, visible
from compiler.syntax import find_allowances, parse
from compiler.text import Source, Span

DATA = Path(__file__).parent / "data"
LAWS = settings(max_examples=2 * settings().max_examples)

ONE = Source("pipelines/one.yaml", "version: 1\nsteps:\n  train: {type: training}\n\n\n\n\n  train: {type: fail}\n")
TWO = Source("two words.yaml", "\tname: 漢字é x\n")


def at(source: Source, text: str, which: int = 0) -> Span:
    """Where `text` stands, for the first time or a later one."""
    start = [found.start() for found in re.finditer(re.escape(text), source.text)][which]
    return Span(source, start, start + len(text))


def one(code: str, message: str, span: Span | None, **more: object) -> list[Diagnostic]:
    return [Diagnostic.of(code, message, span, **more)]  # type: ignore[arg-type]


# Human ------------------------------------------------------------------------------------------------------------


def test_places_that_disagree_stand_together() -> None:
    found = one(
        "duplicate-key", "the key `train` stands twice", at(ONE, "train", 2), label="again here", hint="rename it",
        notes=("a note\nof two lines",),
        places=(Place(at(ONE, "train"), "first here"), Place(at(ONE, "type", 1), ""), Place(at(TWO, "x"), "and here")),
    )
    assert render(found, "human") == """\
error[duplicate-key]: the key `train` stands twice
 --> pipelines/one.yaml:8:3
  |
3 |   train: {type: training}
  |   ----- first here
...
8 |   train: {type: fail}
  |   ^^^^^ again here
  |           ----
 ::: two words.yaml:1:12
  |
1 |     name: 漢字é x
  |                 - and here
  = note: a note
          of two lines
  = hint: rename it

1 error
"""


def test_gutter_is_as_wide_as_the_largest_number() -> None:
    source = Source("x.yaml", "a\n" * 100)
    found = one("yaml-key", "m", Span(source, 198, 199), places=(Place(Span(source, 0, 1), "first"),))
    assert render(found, "human").splitlines()[1:8] == [
        "   --> x.yaml:100:1", "    |", "  1 | a", "    | - first", "...", "100 | a", "    | ^",
    ]


def test_span_of_several_lines_shows_the_first() -> None:
    text = render(one("yaml-key", "m", Span(ONE, at(ONE, "{type").start, len(ONE.text)), label="here"), "human")
    assert "3 |   train: {type: training}\n  |          ^^^^^^^^^^^^^^^^ here\n" in text


def test_span_of_nothing_has_one_caret() -> None:
    text = render(one("yaml-key", "m", Span(ONE, len("version: 1"), len("version: 1"))), "human")
    assert "1 | version: 1\n  |           ^\n" in text
    assert render(one("yaml-key", "m", Span(Source("x", ""), 0, 0)), "human").endswith("1 |\n  | ^\n\n1 error\n")


def test_file_as_a_whole() -> None:
    assert render(one("file-not-found", "gone", None, path="x.yaml"), "human") == (
        "error[file-not-found]: gone\n --> x.yaml\n\n1 error\n"
    )


def test_colour_adds_nothing_but_colour() -> None:
    found = one("yaml-key", "m", at(TWO, "é"), hint="h", places=(Place(at(ONE, "steps"), "p"),))
    coloured = render(found, "human", color=True)
    assert coloured.startswith("\x1b[1;31merror[yaml-key]\x1b[0m")
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == render(found, "human")


def test_summary_counts() -> None:
    found = [*one("yaml-key", "m", None), *one("yaml-key", "n", None), *one("unused-allowance", "w", None)]
    assert summary(found) == "2 errors, 1 warning"
    assert summary(found[2:]) == "1 warning"
    assert render([], "human") == ""


@pytest.mark.parametrize("width", [40, 80])
def test_long_line_is_cut_round_the_mark(width: int) -> None:
    source = Source("x", "a" * 300 + "MARK" + "b" * 300)
    found = one("yaml-key", "m", at(source, "MARK"), places=(Place(Span(source, 0, 1), "start"),))
    lines = render(found, "human", width=width).splitlines()
    assert all(len(line) <= width for line in lines[3:7] if "start" not in line)
    begin = lines[4].index("^^^^")
    assert lines[3][begin : begin + 4] == "MARK" and lines[3][4] == lines[3][-1] == "…"
    assert lines[5] == "1 | " + "a" * (width - 6) + "…"
    assert lines[6] == "  | - start"


def test_mark_longer_than_the_line_is_cut() -> None:
    source = Source("x", "a" * 5000)
    lines = render(one("yaml-key", "m", Span(source, 10, 4000)), "human", width=60).splitlines()
    assert len(lines[3]) <= 60 and len(lines[4]) <= 60


# What a terminal shows --------------------------------------------------------------------------------------------

_AWKWARD = st.sampled_from("ab \t漢字é́אב\x1b\x07\x9b\u202e\u200d😀\x7f\u0301\ue000")
AWKWARD = st.text(_AWKWARD | st.characters(), max_size=40)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain é 漢", "plain é 漢"),
        ("\x1b[31mred", "␛[31mred"),
        ("a\r\nb\tc\x00", "a␍␊b␉c␀"),
        ("\x7f\x9b31m", "␡<U+009B>31m"),
        ("\u202eevil\u2066", "<U+202E>evil<U+2066>"),
        ("\u200b\ufeff\u2028\ud800\U000e0041", "<U+200B><U+FEFF><U+2028><U+D800><U+E0041>"),
        ("שלום e\u0301", "שלום e\u0301"),
    ],
)
def test_visible(text: str, shown: str) -> None:
    assert visible(text) == shown


@LAWS
@given(AWKWARD)
def test_nothing_steers_the_terminal(text: str) -> None:
    source = Source(text, text)
    found = one("yaml-key", text, Span(source, 0, len(text)), label=text, hint=text, notes=(text,), path=text)
    for format in ("human", "plain", "github"):
        shown = render(found, format)
        assert not [c for c in shown if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") and c != "\n"]


@LAWS
@given(AWKWARD.filter(lambda text: "\n" not in text and "\r" not in text), st.data(), st.integers(20, 60))
def test_mark_stands_under_its_text(line: str, data: st.DataObject, room: int) -> None:
    start = data.draw(st.integers(0, len(line)))
    end = data.draw(st.integers(start, len(line)))
    shown = row(line, start, end, room)
    assert shown.length >= 1
    assert cells(shown.text) <= room
    if cells(line.replace("\t", "    ")) < room // 8 and line.isprintable():
        assert shown.begin == cells(line[:start])
        assert shown.length == max(1, cells(line[start:end]))


def cells(text: str) -> int:
    """Terminal cells of what `visible` leaves."""
    spacing = [c for c in text if unicodedata.category(c) not in ("Mn", "Me")]
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in spacing)


# For machines -----------------------------------------------------------------------------------------------------

ODD = Source("odd, 100%: dir/ü.yaml", 'k: "é<&>\x08"\n  x\n')
MANY = [
    *one("yaml-key", "a, b: 100%\nnext", Span(ODD, 3, 9), label="l", hint="h, i: %", notes=("n",),
         places=(Place(at(ONE, "steps"), "there"),)),
    *one("duplicate-key", "over lines", Span(ODD, 3, 13)),
    *one("unused-allowance", "a warning", at(ONE, "version")),
    *one("file-not-found", "gone", None, path="gone.yaml"),
]


def test_plain() -> None:
    assert render(MANY, "plain").splitlines() == [
        "odd, 100%: dir/ü.yaml:1:4: error[yaml-key]: a, b: 100%␊next (h, i: %)",
        "odd, 100%: dir/ü.yaml:1:4: error[duplicate-key]: over lines",
        "pipelines/one.yaml:1:1: warning[unused-allowance]: a warning",
        "gone.yaml:1:1: error[file-not-found]: gone",
    ]


def test_github() -> None:
    assert render(MANY, "github").splitlines() == [
        "::error file=odd%2C 100%25%3A dir/ü.yaml,line=1,col=4,endLine=1,endColumn=10,title=yaml-key"
        "::a, b: 100%25␊next%0Ahint: h, i: %25",
        "::error file=odd%2C 100%25%3A dir/ü.yaml,line=1,endLine=2,title=duplicate-key::over lines",
        "::warning file=pipelines/one.yaml,line=1,col=1,endLine=1,endColumn=8,title=unused-allowance::a warning",
        "::error file=gone.yaml,line=1,title=file-not-found::gone",
    ]


def test_json_holds_everything() -> None:
    first, *_, last = [json.loads(line) for line in render(MANY, "json").splitlines()]
    assert first == {
        "code": "yaml-key", "severity": "error", "message": "a, b: 100%\nnext", "path": ODD.path,
        "line": 1, "column": 4, "end_line": 1, "end_column": 10, "label": "l", "hint": "h, i: %", "notes": ["n"],
        "places": [
            {"path": ONE.path, "line": 2, "column": 1, "end_line": 2, "end_column": 6, "label": "there"},
        ],
    }
    assert (last["path"], last["line"], last["end_column"]) == ("gone.yaml", None, None)


def sarif_schema() -> jsonschema.Draft4Validator:
    schema = json.loads((DATA / "sarif-2.1.0.schema.json").read_text(encoding="utf-8"))
    return jsonschema.Draft4Validator(schema, format_checker=jsonschema.Draft4Validator.FORMAT_CHECKER)


def test_sarif() -> None:
    log = json.loads(render(MANY, "sarif"))
    sarif_schema().validate(log)
    (run,) = log["runs"]
    first = run["results"][0]
    location = first["locations"][0]["physicalLocation"]
    assert run["columnKind"] == "unicodeCodePoints"
    assert location["artifactLocation"]["uri"] == "odd%2C%20100%25%3A%20dir/%C3%BC.yaml"
    assert location["region"] == {
        "startLine": 1, "startColumn": 4, "endLine": 1, "endColumn": 10, "charOffset": 3, "charLength": 6,
    }
    assert first["relatedLocations"][0]["message"]["text"] == "there"
    assert [run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] for result in run["results"]] == [
        "yaml-key", "duplicate-key", "unused-allowance", "file-not-found",
    ]
    assert "region" not in run["results"][3]["locations"][0]["physicalLocation"]


def test_sarif_of_nothing_and_of_an_absolute_path() -> None:
    sarif_schema().validate(json.loads(render([], "sarif")))
    log = json.loads(render(one("file-not-found", "gone", None, path="/a b.yaml"), "sarif"))
    sarif_schema().validate(log)
    assert '"uri": "file:///a%20b.yaml"' in json.dumps(log)


def test_junit() -> None:
    root = ElementTree.fromstring(render(MANY, "junit", checked=("clean.yaml", ONE.path)))
    assert root.attrib == {"name": "sagepipe", "tests": "6", "failures": "3", "errors": "0"}
    assert [(suite.get("name"), suite.get("tests"), suite.get("failures")) for suite in root] == [
        ("clean.yaml", "1", "0"), (ONE.path, "2", "0"), (ODD.path, "2", "2"), ("gone.yaml", "1", "1"),
    ]
    failure = root.find(".//failure")
    assert failure is not None and failure.text is not None
    assert (failure.get("type"), failure.get("message")) == ("yaml-key", "a, b: 100%␊next")
    assert 'k: "é<&>␈"' in failure.text
    assert [case.get("name") for case in root.findall("testsuite[@name='pipelines/one.yaml']/testcase")] == [
        "unused-allowance at 1:1", "valid",
    ]


@LAWS
@given(AWKWARD, AWKWARD, st.sampled_from(FORMATS))
def test_every_format_takes_every_text(text: str, path: str, format: Format) -> None:
    found = one("yaml-key", text, Span(Source(path, text), 0, len(text)), label=text, hint=text, path=path)
    shown = render(found, format, checked=(path,))
    assert shown.endswith("\n")
    shown.encode()
    match format:
        case "junit":
            assert ElementTree.fromstring(shown.encode()).get("failures") == "1"
        case "json":
            assert json.loads(shown)["message"] == text
        case "sarif":
            location = json.loads(shown)["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
            assert unquote(location["artifactLocation"]["uri"], errors="surrogatepass").removeprefix("file://") == path
        case _:
            assert "yaml-key" in shown


# Allowed and refused ----------------------------------------------------------------------------------------------

WARNING = "unused-allowance"  # the one warning of the front end; any would do


def allowances(text: str) -> list[tuple[str, int]]:
    report = Report()
    source = Source("x.yaml", text)
    root = parse(source, report)
    assert root is not None
    found = find_allowances(source, root, report)
    assert not len(report)
    return [(allowance.code, allowance.line) for allowance in found]


COMMENTS = {
    "behind a value": ("a: 1 # sagepipe: allow c-1\n", [("c-1", 1)]),
    "several codes": ("a: 1 #sagepipe:allow  c-1,c-2 , c-3  \n", [("c-1", 1), ("c-2", 1), ("c-3", 1)]),
    "on a line of its own": ("# sagepipe: allow c\n\n# more\n  \na: 1\n", [("c", 5)]),
    "two above each other": ("# sagepipe: allow c\n# sagepipe: allow d\na: 1\n", [("c", 3), ("d", 3)]),
    "at the end": ("a: 1\n# sagepipe: allow c\n", [("c", 2)]),
    "behind the sign of a block": ("a: | # sagepipe: allow c\n  text\n", [("c", 1)]),
    "in a block": ("a: |\n  # sagepipe: allow c\n", []),
    "in quotes": ("a: ' # sagepipe: allow c'\nb: \" # sagepipe: allow c\"\n", []),
    "in quotes of several lines": ("a: 'x\n  # sagepipe: allow c\n  '\n", []),
    "in a key": ("'a # sagepipe: allow c': 1\n", []),
    "in text": ("a: b#sagepipe:allow c\n", []),
    "in a template": ("a: '${{ b }} # sagepipe: allow c'\n", []),
    "in a document without text": ("{} # sagepipe: allow c\n", [("c", 1)]),
    "shared text": ("a: &x ' # sagepipe: allow c'\nb: [*x, *x] # sagepipe: allow d\n", [("d", 2)]),
    "with carriage returns": ("a: 1\r\nb: 2 # sagepipe: allow c\r\n", [("c", 2)]),
}


@pytest.mark.parametrize(("text", "found"), COMMENTS.values(), ids=COMMENTS)
def test_allowances(text: str, found: list[tuple[str, int]]) -> None:
    assert allowances(text) == found


def test_allowed_warning_is_silent() -> None:
    source = Source("x.yaml", f"a: 1 # sagepipe: allow {WARNING}\nb: 2\n")
    report = Report(
        [*one(WARNING, "m", Span(source, 0, 1)), *one(WARNING, "n", at(source, "b: 2")),
         *one(WARNING, "o", Span(Source("y.yaml", source.text), 0, 1))]
    )
    root = parse(source, Report())
    assert root is not None
    left = allow(report, find_allowances(source, root, Report()))
    assert [diagnostic.message for diagnostic in left] == ["n", "o"]


def test_unused_allowance_is_not_told_while_there_are_errors() -> None:
    source = Source("x.yaml", f"a: 1 # sagepipe: allow {WARNING}\n")
    root = parse(source, Report())
    assert root is not None
    listed = find_allowances(source, root, Report())
    assert [diagnostic.code for diagnostic in allow(Report(), listed)] == [WARNING]
    report = Report(one("yaml-key", "m", Span(source, 0, 1)))
    assert [diagnostic.code for diagnostic in allow(report, listed)] == ["yaml-key"]


def test_strict_makes_errors_of_warnings() -> None:
    report = Report(one(WARNING, "m", at(ONE, "steps")))
    assert report.ok and not strict(report).ok
    assert [(d.code, d.severity) for d in strict(report)] == [(WARNING, "error")]


def test_report_keeps_order_and_no_fault_twice() -> None:
    report = Report()
    report.add("yaml-key", "b", at(ONE, "steps"))
    report.add("yaml-key", "a", at(ONE, "version"))
    report.add("yaml-key", "b", at(ONE, "steps"))
    report.add("yaml-empty", "first", None, path="a.yaml")
    assert [diagnostic.message for diagnostic in report] == ["first", "a", "b"]
    assert len(report) == 3 and len(report.errors) == 3 and report.warnings == ()
