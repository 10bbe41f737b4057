"""Declared, and used by nothing."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.check.facts import Facts
from compiler.diagnostics import Diagnostic


def unused(facts: Facts) -> Iterator[Diagnostic]:
    """Parameters, variables, files and metrics that nothing reads. A document with errors is left alone."""
    used = facts.program.used
    for parameter in facts.parameters.values():
        if ("parameters", parameter.name) not in used:
            yield Diagnostic.of(
                "unused-parameter", f"nothing uses parameter `{parameter.name}`", parameter.span, hint="remove it"
            )
    for section, word in (("variables", "variable"), ("files", "file")):
        for entry in facts.document.section(section) or ():
            if (section, entry.key.text) not in used and ("any", section) not in used:
                message = f"nothing uses {word} `{entry.key.text}`"
                yield Diagnostic.of(f"unused-{word}", message, entry.key.span, hint="remove it")
    yield from _metrics(facts)


def _metrics(facts: Facts) -> Iterator[Diagnostic]:
    for step in facts.steps.values():
        if step.source.type.name != "processing":
            continue
        for entry in step.source.map("metrics") or ():
            if (step.name, entry.key.text) not in facts.program.used_offers:
                message = f"nothing reads metric `{entry.key.text}` of step `{step.name}`"
                yield Diagnostic.of(
                    "unused-metric", message, entry.key.span, hint=f"read it as `{step.name}:{entry.key.text}`"
                )
