"""What every check is given."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from compiler.check.walks import Keyed, scalars
from compiler.decode import Document
from compiler.diagnostics import Diagnostic
from compiler.model.pipeline import Parameter
from compiler.model.program import BuiltStep, Edge, Program


@dataclass(frozen=True)
class Facts:
    """A bound program, the document it came from, and the codes let pass in this run."""

    program: Program
    document: Document
    allow: frozenset[str] = frozenset()

    @property
    def parameters(self) -> dict[str, Parameter]:
        return self.program.pipeline.parameters

    @property
    def steps(self) -> dict[str, BuiltStep]:
        return self.program.steps

    @cached_property
    def needs(self) -> dict[str, list[Edge]]:
        """The edges of each step, by its name."""
        found: dict[str, list[Edge]] = {name: [] for name in self.steps}
        for edge in self.program.edges:
            found.setdefault(edge.step, []).append(edge)
        return found

    @cached_property
    def scalars(self) -> list[Keyed]:
        """Every scalar value of the document, with the keys that lead to it."""
        return scalars(self.document.root)


Check = Callable[[Facts], Iterator[Diagnostic]]
