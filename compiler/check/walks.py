"""Ways through a document and a program that several checks take."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.syntax import Mapping, Node, Scalar, Sequence


def scalars(node: Node, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Scalar]]:
    """Every scalar value below a node, with the keys that lead to it."""
    match node:
        case Scalar():
            yield path, node
        case Sequence(items):
            for item in items:
                yield from scalars(item, path)
        case Mapping(entries):
            for key, entry in entries.items():
                yield from scalars(entry.value, (*path, key))
