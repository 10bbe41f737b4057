"""The `${{ }}` language: one path of names, keys and indexes; its parser, printer and types."""

from compiler.expr.parse import parse_path, split_template
from compiler.expr.tree import Path, Segment
from compiler.expr.types import BOOLEAN, DECLARED, FLOAT, INTEGER, STRING, UNKNOWN, Type, accepts, comparable

__all__ = [
    "BOOLEAN",
    "DECLARED",
    "FLOAT",
    "INTEGER",
    "STRING",
    "UNKNOWN",
    "Path",
    "Segment",
    "Type",
    "accepts",
    "comparable",
    "parse_path",
    "split_template",
]
