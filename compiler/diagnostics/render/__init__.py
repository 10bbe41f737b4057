"""Diagnostics in the form someone wants to read them: one module a format."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, get_args

from compiler.diagnostics.diagnostic import Diagnostic
from compiler.diagnostics.render.human import summary

Format = Literal["human", "plain", "json", "sarif", "junit", "github"]
FORMATS: tuple[Format, ...] = get_args(Format)

__all__ = ["FORMATS", "Format", "render", "summary"]


def render(
    report: Iterable[Diagnostic],
    format: Format,
    *,
    color: bool = False,
    width: int = 120,
    checked: tuple[str, ...] = (),
) -> str:
    """The diagnostics of `report`, in their order, as text that ends with a line end or is empty.

    `color` and `width`, in terminal cells, count in the human form alone; `checked`, the files that were looked at, in
    JUnit alone, where a file without faults is a passed test.
    """
    diagnostics = list(report)
    match format:
        case "human":
            from compiler.diagnostics.render.human import Human

            return Human(color, width).render(diagnostics)
        case "plain":
            from compiler.diagnostics.render.plain import render as plain

            return plain(diagnostics)
        case "json":
            from compiler.diagnostics.render.json_lines import render as json_lines

            return json_lines(diagnostics)
        case "sarif":
            from compiler.diagnostics.render.sarif import render as sarif

            return sarif(diagnostics)
        case "junit":
            from compiler.diagnostics.render.junit import render as junit

            return junit(diagnostics, checked, width)
        case "github":
            from compiler.diagnostics.render.github import render as github

            return github(diagnostics)
