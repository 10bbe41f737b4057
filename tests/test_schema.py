"""The JSON Schema of pipeline files, as editors use it: whole, without our help."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from compiler.diagnostics import CODES, Report
from compiler.steps import STEP_TYPES
from compiler.syntax import Gap, Mapping, Node, Scalar, Sequence, Template, parse, read_source
from compiler.text import Source

ROOT = Path(__file__).parent.parent
SCHEMA = json.loads((ROOT / "schemas" / "pipeline.schema.json").read_text("utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)
SOUND = [path for folder in ("pipelines", "tests/parity") for path in sorted((ROOT / folder).rglob("*.pipeline.yaml"))]

HEAD = "version: 1\npipeline: {name: a}\nsteps:\n"


def plain(node: Node | None) -> Any:
    """What an editor sees of a document: expressions are text."""
    match node:
        case Mapping():
            return {entry.key.text: plain(entry.value) for entry in node}
        case Sequence(items):
            return [plain(item) for item in items]
        case Scalar(value):
            return value
        case Template() | Gap():
            return node.span.text
        case None:
            raise AssertionError("no YAML")


def faults(text: str) -> list[str]:
    """Where the schema refuses a document, by the innermost place of each error."""
    found = VALIDATOR.iter_errors(plain(parse(Source("a", text), Report())))
    return sorted("/".join(map(str, error.absolute_path)) for error in found)


def keys(schema: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """Every key that an author may write, with what the schema says of it; tests of `if` are no keys."""
    if isinstance(schema, list):
        for item in schema:
            yield from keys(item, place)
    if not isinstance(schema, dict):
        return
    for name, inner in schema.get("properties", {}).items():
        yield f"{place}/{name}", inner
        yield from keys(inner, f"{place}/{name}")
    for word, inner in schema.items():
        if word not in ("properties", "if"):
            yield from keys(inner, f"{place}/{word}" if word == "$defs" else place)


def test_the_schema_is_one_and_says_that_it_is_generated() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert next(iter(SCHEMA)) == "$comment" and "do not edit" in SCHEMA["$comment"]


def test_every_key_is_described_in_a_sentence() -> None:
    told = {place: inner.get("description", "") for place, inner in keys(SCHEMA)}
    assert len(told) > 500
    assert [place for place, text in told.items() if not text.endswith((".", "`"))] == []


@pytest.mark.parametrize("path", SOUND, ids=lambda path: path.name)
def test_editors_accept_what_we_accept(path: Path) -> None:
    node = parse(read_source(path, report=Report()), Report())  # type: ignore[arg-type]
    assert [(error.json_path, error.message) for error in VALIDATOR.iter_errors(plain(node))] == []


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (HEAD + "  a: {type: trainnig}\n", "steps/a/type"),
        (HEAD + "  a: {type: fail, message: x, mesage: y}\n", "steps/a"),
        (HEAD + "  a: {type: fail}\n", "steps/a"),
        (HEAD + "  a: {type: condition, if: {metric: b:c, gt: 1, type: condition}}\n", "steps/a/if"),
        (HEAD + "  a: {type: condition, if: {not: {metric: b:c, greater: 1}}}\n", "steps/a/if/not"),
        (HEAD + "  a: {type: condition, if: {metric: b:c, gt: 1}, then: {b: {type: fail}}}\n", "steps/a/then/b"),
        (HEAD + "  a: {type: training, instance_count: two}\n", "steps/a/instance_count"),
        (HEAD + "  a: {type: training, retry: [{exceptions: [trottling]}]}\n", "steps/a/retry/0/exceptions/0"),
        ("version: 2\npipeline: {name: a}\nsteps: {}\n", "version"),
        ("version: 1\npipeline: {nam: a}\nsteps: {}\n", "pipeline"),
    ],
)
def test_editors_point_at_a_mistake(text: str, place: str) -> None:
    assert place in faults(text)


def test_defaults_may_be_switched_off() -> None:
    defaults = "defaults: {cache: null, training: {cache: null, tags: null}}\n"
    step = "a: {type: training, cache: null, network: {isolation: null}, tags: {a: null}, algorithm: {name: null}}"
    assert faults(f"{HEAD}  {step}\n{defaults}") == ["steps/a/algorithm/name"]


def test_a_list_cannot_switch_anything_off() -> None:
    assert faults(HEAD + "  a: {type: training, retry: [{exceptions: [throttling], interval: null}]}\n") == [
        "steps/a/retry/0/interval"
    ]


def test_no_definition_hides_another() -> None:
    assert [name for name in STEP_TYPES if SCHEMA["$defs"][name]["properties"]["type"].get("const") != name] == []
    assert set(SCHEMA["$defs"]) - set(STEP_TYPES) == {"steps", "step", "if", "defaults"}


def test_the_codes_of_the_file_are_those_of_the_table() -> None:
    codes = json.loads((ROOT / "schemas" / "codes.json").read_text("utf-8"))["codes"]
    assert list(codes) == list(CODES)
    assert [name for name, row in codes.items() if row["help"] != CODES[name].help] == []
