"""Source text, spans in it, and nearness of names. Imports nothing of ours."""

from compiler.text.near import closest
from compiler.text.record import mutable, record
from compiler.text.source import Source, Span

__all__ = ["Source", "Span", "closest", "mutable", "record"]
