"""Nodes to a pipeline: structure, targets, defaults, variables and matrix are settled here."""

from compiler.decode.document import Document, FileUri, read_document, read_pipeline
from compiler.decode.fold import Scope
from compiler.decode.schema import document_schema
from compiler.decode.targets import choose_target

__all__ = ["Document", "FileUri", "Scope", "choose_target", "document_schema", "read_document", "read_pipeline"]
