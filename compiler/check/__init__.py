"""What is wrong with a bound program. One concern a file; each check yields diagnostics; their order is the literal."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.check.alternatives import alternatives
from compiler.check.arguments import arguments
from compiler.check.caching import caching
from compiler.check.calls import call_targets, flat_arguments
from compiler.check.checksteps import baselines, check_steps
from compiler.check.conditions import comparisons, raw_conditions
from compiler.check.cycles import cycles
from compiler.check.endpoints import config_names
from compiler.check.facts import Check, Facts
from compiler.check.graph import conditions_nested, never_runs, triggers, visibility
from compiler.check.jobs import emr_roles, job_documents, profilers, serving_machines
from compiler.check.lineage import lineage
from compiler.check.loops import loop_references, loops
from compiler.check.names import counts, loop_names, names, pipeline_name, texts
from compiler.check.numbers import endless_numbers
from compiler.check.outside import outside_steps
from compiler.check.parameters import parameters
from compiler.check.pipeline_keys import pipeline_keys
from compiler.check.propertyfiles import json_gets, property_files
from compiler.check.schedule import schedule
from compiler.check.secrets import accounts, secrets
from compiler.check.service import (
    automl_mode,
    cleanups,
    local_paths,
    resource_tags,
    tuning_jobs,
)
from compiler.check.stamped import told_once
from compiler.check.stepkeys import job_prefixes, job_variables, step_keys
from compiler.check.unused import unused
from compiler.check.words import words
from compiler.check.written import raw_steps
from compiler.check.yaml11 import ambiguous
from compiler.decode import Document
from compiler.diagnostics import Diagnostic
from compiler.model.program import Program

CHECKS: tuple[Check, ...] = (
    pipeline_name,
    names,
    texts,
    pipeline_keys,
    counts,
    loop_names,
    parameters,
    schedule,
    outside_steps,
    visibility,
    cycles,
    conditions_nested,
    triggers,
    never_runs,
    arguments,
    raw_steps,
    endless_numbers,
    alternatives,
    property_files,
    json_gets,
    raw_conditions,
    comparisons,
    step_keys,
    job_variables,
    job_prefixes,
    check_steps,
    local_paths,
    call_targets,
    flat_arguments,
    config_names,
    job_documents,
    profilers,
    emr_roles,
    serving_machines,
    words,
    resource_tags,
    tuning_jobs,
    automl_mode,
    loops,
    loop_references,
    cleanups,
    lineage,
    secrets,
)
WARNINGS: tuple[Check, ...] = (
    unused,
    caching,
    baselines,
    accounts,
    ambiguous,
)


def check(program: Program, document: Document, allow: frozenset[str]) -> Iterator[Diagnostic]:
    """Every fault of the program; `allow` are codes let pass in this run."""
    facts = Facts(program, document, allow)
    for each in CHECKS:
        yield from each(facts)


def warn(program: Program, document: Document) -> Iterator[Diagnostic]:
    """What is to be said of a document without errors, in none of its targets: a name that is not used may be one that
    an error kept from being read."""
    facts = Facts(program, document)
    for each in WARNINGS:
        yield from each(facts)


__all__ = ["CHECKS", "WARNINGS", "check", "told_once", "warn"]
