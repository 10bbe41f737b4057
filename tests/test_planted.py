"""One fault at a time is planted in each example pipeline: all are found, on their line, and nothing else is said.

SAGEPIPE_PLANT=all plants every fault there is, several thousand; without it they are spread over each pipeline.
"""

from __future__ import annotations

import functools
import os
from pathlib import Path
from statistics import median

import pytest
from planting import Fault, plant

from compiler.diagnostics import Report
from compiler.diagnostics.render import render
from compiler.driver.compile import Options, validate_source
from compiler.syntax.read import decode_source

ROOT = Path(__file__).parents[1]
PIPELINES = sorted([*ROOT.glob("pipelines/*.pipeline.yaml"), *ROOT.glob("tests/parity/*/*.pipeline.yaml")])
# Renaming or removing what others name is one slip and many faults: each of its readers has to be mended, too.
SEVERAL = ("rename", "delete the declaration", "double")


MOST = 10_000 if os.environ.get("SAGEPIPE_PLANT") == "all" else 120


@functools.cache
def faults(path: Path) -> tuple[Fault, ...]:
    every = plant(path.read_text(encoding="utf-8"))
    return tuple(every[:: max(len(every) // MOST, 1)])


def validate(fault: Fault, path: Path) -> Report:
    report = Report()
    source = decode_source(fault.text, path.name, report)
    return validate_source(source, report, Options(), path).report


@pytest.mark.parametrize("path", PIPELINES, ids=lambda path: path.stem.removesuffix(".pipeline"))
def test_every_fault_is_found_where_it_is_and_told_once(path: Path) -> None:
    counts = []
    for fault in faults(path):
        report = validate(fault, path)
        lines = {found.span.position[0] for found in report if found.span}
        told = f"{fault.name}\n{render(report, 'human')}"
        assert len(report) > 0, told
        assert lines & fault.lines, told
        if fault.kind.startswith(SEVERAL):
            assert lines <= fault.lines, told
        else:
            assert len(report) == 1, told
        counts.append(len(report))
    assert median(counts) == 1


def test_many_faults_were_planted() -> None:
    assert sum(len(faults(path)) for path in PIPELINES) >= 500
    assert len({fault.kind for path in PIPELINES for fault in faults(path)}) >= 30
