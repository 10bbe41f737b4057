"""Scalars that YAML 1.1 and 1.2 read differently, where no field's type settles what is meant."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.check.facts import Facts
from compiler.diagnostics import Diagnostic
from compiler.resolve.conditions import OPERATORS
from compiler.syntax.core_schema import reads_differently

OPEN_SECTIONS = ("variables",)
OPEN_KEYS = frozenset(("hyperparameters", "raw", "definition", "items", *OPERATORS))


def ambiguous(facts: Facts) -> Iterator[Diagnostic]:
    """Values of variables, hyperparameters, typed arguments, conditions and the API's own spelling; elsewhere the field
    takes the scalar's own text, or refuses it."""
    for path, node in facts.scalars:
        if not node.plain or isinstance(node.value, float) or not _open(path):
            continue
        if (other := reads_differently(node)) is not None:
            yield Diagnostic.of(
                "yaml-ambiguous",
                f"`{node.text}` is {_kind(node.value)} here, and {other}",
                node.span,
                hint=f'write "{node.text}" in quotes if text is meant',
            )


def _open(path: tuple[str, ...]) -> bool:
    return path[:1] == OPEN_SECTIONS or "arguments" in path[:-1] or not OPEN_KEYS.isdisjoint(path)


def _kind(value: object) -> str:
    match value:
        case bool():
            return "a boolean"
        case int() | float():
            return "a number"
        case None:
            return "nothing"
        case _:
            return "text"
