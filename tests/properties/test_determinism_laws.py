"""The same input gives the same bytes: in one process, in others, and however the author orders what has no order."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_documents import documents, yaml_text

from compiler.driver import Result, compile_text

pytestmark = pytest.mark.property
Json = Any
HERE = Path(__file__).parent / "random.pipeline.yaml"
FEW = max(2, settings().max_examples // 40)
SCRIPT = """
import hashlib, json, sys
from compiler.driver import compile_text
for text in json.load(sys.stdin):
    files = compile_text(text, path=sys.argv[1]).files()
    print(hashlib.sha256(repr(sorted(files.items())).encode()).hexdigest())
"""


def compiled(document: Json) -> Result:
    result = compile_text(yaml_text(document), path=HERE)
    assert result.definition is not None, list(result.report)
    return result


def digest(result: Result) -> str:
    return hashlib.sha256(repr(sorted(result.files().items())).encode()).hexdigest()


@given(documents())
def test_twice_in_one_process(document: Json) -> None:
    assert compiled(document).files() == compiled(document).files()


@settings(max_examples=FEW)
@given(st.lists(documents(), min_size=6, max_size=6))
def test_in_processes_that_hash_differently(found: list[Json]) -> None:
    texts = [yaml_text(document) for document in found]
    here = [digest(compiled(document)) for document in found]
    for seed in ("0", "4242"):
        ran = subprocess.run(
            [sys.executable, "-c", SCRIPT, str(HERE)],
            input=json.dumps(texts),
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        )
        assert ran.stdout.split() == here


def shuffled(value: Json, order: st.DataObject) -> Json:
    keys = order.draw(st.permutations(list(value)))
    return {key: value[key] for key in keys}


RECORDS = ("inputs", "outputs", "metrics")


def reordered_step(step: Json, order: st.DataObject) -> Json:
    """The step with its own keys in another order, and those of its inputs, outputs and conditions."""
    found = shuffled(step, order)
    for key in RECORDS:
        if isinstance(found.get(key), dict):
            found[key] = {n: shuffled(v, order) if isinstance(v, dict) else v for n, v in found[key].items()}
    for key in ("then", "else", "steps"):
        if key in found:
            found[key] = {n: reordered_step(s, order) for n, s in found[key].items()}
    for key in ("framework", "network", "code", "spot", "checkpoint"):
        if isinstance(found.get(key), dict):
            found[key] = shuffled(found[key], order)
    return found


@given(documents(), st.data())
def test_the_order_of_keys_that_we_chose_does_not_matter(document: Json, order: st.DataObject) -> None:
    other = shuffled(document, order)
    for key in ("pipeline", "defaults", "variables", "files", "targets"):
        if key in other:
            other[key] = shuffled(other[key], order)
    other["steps"] = {n: reordered_step(s, order) for n, s in document["steps"].items()}
    assert compiled(other).definition == compiled(document).definition
    assert json.dumps(compiled(other).definition) == json.dumps(compiled(document).definition)
