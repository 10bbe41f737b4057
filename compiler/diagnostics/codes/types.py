"""Faults of types: what a value is against what its place takes."""

from __future__ import annotations

from compiler.diagnostics.codes.code import Code

TYPES: dict[str, Code] = {
    "runtime-in-compile-slot": Code(
        "error",
        "a run-time value stands where the value must be known when compiling",
        "`parameters`, `steps`, `execution` and `item` have values only when the pipeline runs. Names, paths,"
        " durations, versions and whole lists or maps are needed when it is compiled: use `variables` or "
        "`target` there.",
    ),
    "not-text": Code(
        "error",
        "a list or a map stands inside text",
        "Only scalars can be put into text. A value that is exactly one expression may be a list or a map.",
    ),
    "parameter-type": Code(
        "error",
        "a parameter's default does not have its type",
        "A default, an override in a target and the words of `enum` have the type that the parameter "
        "declares; nothing is converted.",
    ),
}
