"""The tree of a document. Every node knows its place; places do not take part in equality."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field

from compiler.expr import Path
from compiler.text import Span, record

ScalarValue = str | int | float | bool | None


@record
class Scalar:
    """A scalar without expressions. `value` is its YAML 1.2 core reading, `text` its own characters (`1.10`)."""

    value: ScalarValue
    text: str
    span: Span = field(compare=False)
    plain: bool = field(default=True, compare=False)


@record
class Template:
    """A scalar with at least one `${{ }}`: literal pieces and paths, in order."""

    parts: tuple[str | Path, ...]
    span: Span = field(compare=False)

    @property
    def whole(self) -> Path | None:
        """The path, when the scalar is exactly one expression."""
        first = self.parts[0]
        return first if len(self.parts) == 1 and isinstance(first, Path) else None


@record
class Sequence:
    items: tuple[Node, ...]
    span: Span = field(compare=False)


@record
class Entry:
    key: Scalar
    value: Node


@record
class Mapping:
    """A map, in the author's order, by the text of its keys. `entries` is not to be changed."""

    entries: dict[str, Entry]
    span: Span = field(compare=False)

    def get(self, key: str) -> Node | None:
        entry = self.entries.get(key)
        return entry.value if entry else None

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries.values())


@record
class Gap:
    """Something that was at fault and has been reported; whatever meets it says nothing more."""

    span: Span = field(compare=False)


Node = Scalar | Template | Sequence | Mapping | Gap
