"""Where the texts of a document stand: a `#` in one begins no comment."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from compiler.syntax.nodes import Gap, Mapping, Node, Scalar, Sequence, Template
from compiler.text import Span


class Texts:
    """The places of all keys and values of a document that are text."""

    def __init__(self, root: Node) -> None:
        self._spans = sorted(((span.start, span.end, plain) for span, plain in _texts(root, {})), key=lambda s: s[:2])
        self._starts = [start for start, _, _ in self._spans]

    def hold(self, at: int) -> bool:
        """Whether a character stands in a text."""
        before = self._before(at)
        return before is not None and at < before[1]

    def ended(self, at: int) -> tuple[int, int] | None:
        """The text without quotes that ends just at an offset."""
        before = self._before(at - 1)
        return before[:2] if before is not None and before[1] == at and before[2] else None

    def _before(self, at: int) -> tuple[int, int, bool] | None:
        number = bisect_right(self._starts, at) - 1
        return self._spans[number] if number >= 0 else None


def _texts(node: Node, seen: dict[int, None]) -> Iterator[tuple[Span, bool]]:
    """Each text, and whether it stands without quotes. The line that opens a block scalar may have a comment."""
    if id(node) in seen:
        return
    seen[id(node)] = None
    match node:
        case Scalar(span=span) | Template(span=span) | Gap(span=span):
            yield _body(span), span.text[:1] not in ("'", '"', "|", ">")
        case Sequence(items=items):
            for item in items:
                yield from _texts(item, seen)
        case Mapping():
            for entry in node:
                yield _body(entry.key.span), False
                yield from _texts(entry.value, seen)


def _body(span: Span) -> Span:
    if span.text[:1] not in ("|", ">"):
        return span
    return span.sub(len(re.split(r"[\r\n]", span.text, maxsplit=1)[0]), span.end - span.start)
