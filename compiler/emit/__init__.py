"""Definitions to bytes, and the files of an output folder."""

from compiler.emit.bytes import canonical
from compiler.emit.outputs import Outputs, outputs
from compiler.emit.write import write_folder

__all__ = ["Outputs", "canonical", "outputs", "write_folder"]
