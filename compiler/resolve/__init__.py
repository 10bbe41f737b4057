"""Names bound, requests built, the graph made: a pipeline becomes a program."""

from compiler.resolve.context import asset_uri, uri_of
from compiler.resolve.resolve import resolve

__all__ = ["asset_uri", "resolve", "uri_of"]
