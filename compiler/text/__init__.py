"""Source text, spans in it, and nearness of names. Imports nothing of ours."""

from compiler.text.near import closest, guess, not_named
from compiler.text.record import mutable, record
from compiler.text.source import Source, Span

__all__ = ["Source", "Span", "closest", "guess", "mutable", "not_named", "record"]
