"""What an expression is: a path."""

from __future__ import annotations

from dataclasses import field

from compiler.text import Span, record


@record
class Segment:
    """One step of a path: a name (`.outputs`), a key (`['validation:auc']`) or an index (`[0]`, an int)."""

    value: str | int
    span: Span = field(compare=False)
    bracket: bool = False

    def __str__(self) -> str:
        if not self.bracket:
            return f".{self.value}"
        if isinstance(self.value, int):
            return f"[{self.value}]"
        return f'["{self.value}"]' if "'" in self.value else f"['{self.value}']"


@record
class Path:
    """A parsed expression. `span` covers the path without `${{ }}`; no segments means it could not be parsed.

    An unparsable path was reported where it was read, and has the type UNKNOWN everywhere after.
    """

    segments: tuple[Segment, ...]
    span: Span = field(compare=False)

    @property
    def root(self) -> str:
        return str(self.segments[0].value) if self.segments else ""

    def __str__(self) -> str:
        return "".join(map(str, self.segments)).removeprefix(".")
