"""Text that was meant as an expression: `${parameters.X}`, `{{ parameters.X }}`, `s3://parameters.X`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from compiler.check.facts import Facts
from compiler.diagnostics import Diagnostic
from compiler.syntax import Scalar

FOR_PEOPLE = frozenset(("description", "display_name", "message"))
_PATH = re.compile(
    r"(?<![\w.-])(?:\$\{\s*|\{\{\s*)?(?P<path>(?P<root>parameters|steps|variables|target)\.(?P<name>[\w-]+)[\w.\[\]'-]*)"
)


def lookalikes(facts: Facts) -> Iterator[Diagnostic]:
    """Only where the name is declared: then nothing else can have been meant."""
    known = {
        "parameters": tuple(facts.parameters),
        "steps": tuple(facts.steps),
        "variables": _keys(facts, "variables"),
        "target": _keys(facts, "pipeline"),
    }
    for path, node in facts.scalars:
        if "." in node.text and isinstance(node.value, str) and FOR_PEOPLE.isdisjoint(path):
            yield from _in_text(node, known)


def _keys(facts: Facts, section: str) -> tuple[str, ...]:
    found = facts.document.section(section)
    return tuple(found.entries) if found else ()


def _in_text(node: Scalar, known: dict[str, tuple[str, ...]]) -> Iterator[Diagnostic]:
    if "${{" in node.text:
        return
    for match in _PATH.finditer(node.text):
        if match["name"] in known[match["root"]]:
            path = match["path"].rstrip(".")
            at = node.span.text.find(path)
            span = node.span.sub(at, at + len(path)) if at >= 0 else node.span
            yield Diagnostic.of(
                "almost-expression",
                f"`{path}` is plain text here",
                span,
                hint=f"write `${{{{ {path} }}}}` for its value",
            )
            return
