"""Each folder of `cases/compile/<step type>/` holds a pipeline and the definition it compiles to, to the byte.

`SAGEPIPE_BLESS=1 pytest tests/test_compile_cases.py` writes the definitions anew; read what changed before you commit.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from compiler import Result, compile_file
from compiler.emit.bytes import readable
from compiler.steps import STEP_TYPES

JSON = Any
CASES = Path(__file__).parent / "cases" / "compile"
PIPELINES = sorted(CASES.glob("*/*/*.pipeline.yaml"))
ABSENT = "(absent)"
each_case = pytest.mark.parametrize("path", PIPELINES, ids=lambda path: f"{path.parts[-3]}/{path.parts[-2]}")


def compiled(path: Path) -> Result:
    """The result of a case, which no diagnostic may spoil: a case that warns allows it in a comment."""
    result = compile_file(path)
    told = "\n".join(f"{d.code}: {d.message} {d.span.position if d.span else ''} {d.hint}" for d in result.report)
    assert not told, told
    return result


def leaves(node: JSON, path: str = "") -> Iterator[tuple[str, str]]:
    """The path and the JSON text of every scalar and every empty list or map."""
    match node:
        case dict() if node:
            for key, value in node.items():
                yield from leaves(value, f"{path}.{key}" if path else key)
        case list() if node:
            for number, value in enumerate(node):
                yield from leaves(value, f"{path}[{number}]")
        case _:
            yield path, json.dumps(node)


def difference(expected: JSON, found: JSON) -> str:
    """One line for each path at which the two differ."""
    left, right = dict(leaves(expected)), dict(leaves(found))
    lines = [
        f"{path}: expected {left.get(path, ABSENT)}, found {right.get(path, ABSENT)}"
        for path in dict.fromkeys([*left, *right])
        if left.get(path) != right.get(path)
    ]
    return "\n".join(lines)


@each_case
def test_the_case_compiles_to_its_definition(path: Path) -> None:
    definition = compiled(path).definition
    expected = path.with_name("definition.json")
    if os.environ.get("SAGEPIPE_BLESS"):
        expected.write_text(readable(definition), "utf-8")
    text = expected.read_text("utf-8")
    assert not (told := difference(json.loads(text), definition)), told
    assert text == readable(definition), "the same members in another order"


@each_case
def test_the_case_stands_with_its_step_type_and_bears_the_name_of_its_folder(path: Path) -> None:
    step_type = STEP_TYPES[path.parts[-3]]
    assert path.name == f"{path.parent.name}.pipeline.yaml"
    definition = json.loads(path.with_name("definition.json").read_text("utf-8"))
    types = {value for where, value in leaves(definition) if where.endswith(".Type")}
    assert json.dumps(step_type.json_type) in types or step_type.name == "raw"


def test_every_step_type_has_a_case() -> None:
    assert {path.parts[-3] for path in PIPELINES} == set(STEP_TYPES)


def test_every_folder_is_a_case() -> None:
    folders = {path for path in CASES.glob("*/*") if path.is_dir()}
    assert folders == {path.parent for path in PIPELINES}


def test_a_difference_names_its_path() -> None:
    left = {"a": [{"b": 1}, {}], "c": True}
    assert difference(left, left) == ""
    assert difference(left, {"a": [{"b": "1"}], "c": True, "d": None}).splitlines() == [
        'a[0].b: expected 1, found "1"',
        "a[1]: expected {}, found (absent)",
        "d: expected (absent), found null",
    ]
