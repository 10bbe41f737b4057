"""JSON values as nodes, and nodes as JSON values."""

from __future__ import annotations

import json
from typing import Any

from compiler.diagnostics import Report
from compiler.syntax import Gap, Mapping, Node, Scalar, Sequence, Template, decode_source, parse

Json = Any


def node_of(value: Json) -> Node:
    """The node of a value, as it is read from a file. Text with `${{` must be sound."""
    report = Report()
    source = decode_source(json.dumps(value), "x.yaml", report)
    node = parse(source, report) if source else None
    assert node is not None and not len(report), list(report)
    return node


def value_of(node: Node | None) -> Json:
    """What a node holds; a template as its own text, a gap as `GAP`."""
    match node:
        case Mapping(entries=entries):
            return {key: value_of(entry.value) for key, entry in entries.items()}
        case Sequence(items=items):
            return [value_of(item) for item in items]
        case Scalar(value=value):
            return value
        case Template(span=span):
            return json.loads(span.text) if span.text.startswith('"') else span.text
        case Gap():
            return "GAP"
        case None:
            return None
