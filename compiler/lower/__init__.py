"""A checked program becomes a definition: plain JSON values, and where each came from."""

from compiler.lower.definition import lower
from compiler.lower.places import places

__all__ = ["lower", "places"]
