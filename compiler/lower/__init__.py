"""A checked program becomes a definition: plain JSON values, and where each came from."""

from compiler.lower.definition import Definition, lower

__all__ = ["Definition", "lower"]
