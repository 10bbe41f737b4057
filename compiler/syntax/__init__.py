"""Text to nodes: YAML composed on libyaml, scalars read by the YAML 1.2 core schema, every node with its span."""

from compiler.syntax.allowances import find_allowances
from compiler.syntax.core_schema import reads_differently
from compiler.syntax.nodes import Entry, Gap, Mapping, Node, Scalar, ScalarValue, Sequence, Template
from compiler.syntax.parse import parse
from compiler.syntax.read import decode_source, read_source

__all__ = [
    "Entry",
    "Gap",
    "Mapping",
    "Node",
    "Scalar",
    "ScalarValue",
    "Sequence",
    "Template",
    "decode_source",
    "find_allowances",
    "parse",
    "read_source",
    "reads_differently",
]
