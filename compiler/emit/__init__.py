"""Definitions to bytes, and the files of an output folder."""

from compiler.emit.bytes import canonical
from compiler.emit.outputs import outputs
from compiler.emit.write import write_folder

__all__ = ["canonical", "outputs", "write_folder"]
