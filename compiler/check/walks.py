"""Ways through a document and a program that several checks take."""

from __future__ import annotations

from compiler.syntax import Mapping, Node, Scalar, Sequence

Keyed = tuple[tuple[str, ...], Scalar]


def scalars(node: Node | None) -> list[Keyed]:
    """Every scalar value below a node, with the keys that lead to it."""
    found: list[Keyed] = []
    if node is not None:
        _scalars(node, (), found)
    return found


def _scalars(node: Node, path: tuple[str, ...], found: list[Keyed]) -> None:
    match node:
        case Scalar():
            found.append((path, node))
        case Sequence():
            for item in node.items:
                _scalars(item, path, found)
        case Mapping():
            for key, entry in node.entries.items():
                _scalars(entry.value, (*path, key), found)
