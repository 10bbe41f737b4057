"""What is wrong with a bound program. One concern a file; each check yields diagnostics; their order is the literal."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.check.arguments import arguments
from compiler.check.conditions import comparisons, raw_conditions
from compiler.check.facts import Check, Facts
from compiler.check.graph import conditions_nested, never_runs, triggers, visibility
from compiler.check.names import counts, loop_names, names, pipeline_name, texts
from compiler.check.parameters import parameters, schedule
from compiler.check.propertyfiles import json_gets, property_files
from compiler.decode import Document
from compiler.diagnostics import Diagnostic
from compiler.model.program import Program

CHECKS: tuple[Check, ...] = (
    pipeline_name,
    names,
    texts,
    counts,
    loop_names,
    parameters,
    schedule,
    visibility,
    conditions_nested,
    triggers,
    never_runs,
    arguments,
    property_files,
    json_gets,
    raw_conditions,
    comparisons,
)


def check(program: Program, document: Document, allow: frozenset[str]) -> Iterator[Diagnostic]:
    """Every fault of the program; `allow` are codes let pass in this run."""
    facts = Facts(program, document, allow)
    for each in CHECKS:
        yield from each(facts)
