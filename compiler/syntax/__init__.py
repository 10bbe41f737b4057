"""Text to nodes: YAML composed on libyaml, scalars read by the YAML 1.2 core schema, every node with its span."""

from compiler.syntax.nodes import Entry, Gap, Mapping, Node, Scalar, ScalarValue, Sequence, Template
from compiler.syntax.parse import parse

__all__ = [
    "Entry",
    "Gap",
    "Mapping",
    "Node",
    "Scalar",
    "ScalarValue",
    "Sequence",
    "Template",
    "parse",
]
