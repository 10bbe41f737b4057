"""The phases, in order: text to definition. `compile_text` and `compile_file` are the Python API."""

from compiler.driver.compile import (
    Options,
    Result,
    Validation,
    compile_file,
    compile_source,
    compile_text,
    validate_source,
)

__all__ = ["Options", "Result", "Validation", "compile_file", "compile_source", "compile_text", "validate_source"]
