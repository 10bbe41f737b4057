"""YAML text read as nodes, for the tests of the syntax."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.diagnostics import Report
from compiler.diagnostics.render import render
from compiler.syntax import (
    Gap,
    Mapping,
    Node,
    Scalar,
    Sequence,
    Template,
    decode_source,
    parse,
)


def read(text: str) -> tuple[Node | None, Report]:
    """The root and the report of a text."""
    report = Report()
    source = decode_source(text, "x.yaml", report)
    assert source is not None
    return parse(source, report), report


def good(text: str) -> Node:
    """The root of a text that has no fault."""
    root, report = read(text)
    assert root is not None and not len(report), render(report, "plain")
    return root


def codes(text: str) -> list[str]:
    return [diagnostic.code for diagnostic in read(text)[1]]


def plain_data(node: Node) -> object:
    """Nodes as plain Python data; templates as the text of their source."""
    match node:
        case Scalar(value=value):
            return value
        case Sequence(items=items):
            return [plain_data(item) for item in items]
        case Mapping():
            return {entry.key.text: plain_data(entry.value) for entry in node}
        case Template(span=span):
            return span.text
        case Gap():
            return "a gap"


def walk(node: Node) -> Iterator[Node]:
    """All nodes but keys; a node that several aliases share as often as it is met."""
    yield node
    match node:
        case Sequence(items=items):
            for item in items:
                yield from walk(item)
        case Mapping():
            for entry in node:
                yield from walk(entry.value)
