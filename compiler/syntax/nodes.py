"""The tree of a document. Every node knows its place; places do not take part in equality."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from compiler.expr import Path
from compiler.text import Span

ScalarValue = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Scalar:
    """A scalar without expressions. `value` is its YAML 1.2 core reading, `text` its own characters (`1.10`)."""

    value: ScalarValue
    text: str
    span: Span = field(compare=False)
    plain: bool = field(default=True, compare=False)


@dataclass(frozen=True, slots=True)
class Template:
    """A scalar with at least one `${{ }}`: literal pieces and paths, in order."""

    parts: tuple[str | Path, ...]
    span: Span = field(compare=False)

    @property
    def whole(self) -> Path | None:
        """The path, when the scalar is exactly one expression."""
        first = self.parts[0]
        return first if len(self.parts) == 1 and isinstance(first, Path) else None


@dataclass(frozen=True, slots=True)
class Sequence:
    items: tuple[Node, ...]
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Entry:
    key: Scalar
    value: Node


@dataclass(frozen=True, slots=True)
class Mapping:
    """A map, in the author's order, by the text of its keys. `entries` is not to be changed."""

    entries: dict[str, Entry]
    span: Span = field(compare=False)

    def get(self, key: str) -> Node | None:
        entry = self.entries.get(key)
        return entry.value if entry else None

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries.values())


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that was at fault and has been reported; whatever meets it says nothing more."""

    span: Span = field(compare=False)


Node = Scalar | Template | Sequence | Mapping | Gap
