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
    "argument-type": Code(
        "error",
        "an argument has another type than the API wants",
        "The service model says what each member holds: text, numbers, booleans, lists, maps or structures.",
    ),
    "argument-value": Code(
        "error",
        "a word is none of those the API takes",
        "The member takes one of a fixed set of words, spelled exactly. The service refuses others when the "
        "pipeline is created.",
    ),
    "argument-length": Code(
        "error",
        "a text or a list is longer or shorter than the API takes",
        "The service model bounds it. An empty list is not the same as leaving it out: leave it out.",
    ),
    "argument-range": Code(
        "error",
        "a number is outside what the API takes",
        "The service model bounds it.",
    ),
    "argument-pattern": Code(
        "error",
        "a text does not have the form the API wants",
        "The service model gives the pattern. Names, ARNs and S3 URIs are the usual ones.",
    ),
    "runtime-for-collection": Code(
        "error",
        "a run-time value stands for a list, a map or a structure",
        "The service takes run-time values for scalars only, and answers `Expecting start of Json Array`. "
        "Write the list out, with run-time values as its items, or use a variable.",
    ),
    "type-mismatch": Code(
        "error",
        "a value of one type goes into a place of another",
        "Text takes values of every type. Numbers and booleans take only their own: declare the parameter "
        "with that type.",
    ),
    "parameter-value": Code(
        "error",
        "a parameter's default or enum value is refused where the parameter is used",
        "The value would be refused when an execution starts with it. The message shows the place that refuses it.",
    ),
    "parameter-bound": Code(
        "warning",
        "a parameter's bounds reach beyond those of the place where it is used",
        "Values in the part that lies outside would be refused when the step runs. Narrow the bounds.",
    ),
    "parameter-range": Code(
        "error",
        "a parameter's `min` and `max` make no sense",
        "`min` is not above `max`, and both are for integer and float parameters.",
    ),
    "parameter-enum": Code(
        "error",
        "a parameter's `enum` is not one the service takes",
        "Enumerations are for string parameters, with at most 16 different values.",
    ),
    "parameter-pattern": Code(
        "error",
        "a parameter's `pattern` makes no sense",
        "It is a regular expression, for string parameters.",
    ),
    "parameter-default": Code(
        "error",
        "a parameter's default breaks its own rules",
        "The default keeps to `enum`, `min`, `max` and `pattern`; so does a target's override.",
    ),
    "incomparable": Code(
        "error",
        "a condition compares things that cannot be compared",
        "Both sides have the same type: text with text, numbers with numbers. A number in quotes is text.",
    ),
    "constant-condition": Code(
        "error",
        "a condition always comes out the same",
        "Nothing in it depends on the run, or a parameter's own bounds decide it.",
    ),
}
