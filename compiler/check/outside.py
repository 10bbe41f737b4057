"""Expressions outside the steps: the names of an experiment or an MLflow experiment are there before any step runs."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.check.facts import Facts
from compiler.diagnostics import Diagnostic
from compiler.model.values import Get, JsonGet, walk


def outside_steps(facts: Facts) -> Iterator[Diagnostic]:
    """Definition format 1.2, 1.3: text, parameters and execution variables."""
    for key, value in facts.program.settings.pairs():
        for inner in walk(value):
            if isinstance(inner, JsonGet) or (isinstance(inner, Get) and inner.root == "Steps"):
                yield Diagnostic.of(
                    "runtime-in-compile-slot",
                    f"`{key}` is read before any step has run, and this is what a step gives",
                    inner.span,
                    hint="it may use `parameters` and `execution`",
                )
