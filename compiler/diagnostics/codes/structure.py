"""Faults of the document's shape: keys, values, names."""

from __future__ import annotations

from compiler.diagnostics.codes.code import Code

STRUCTURE: dict[str, Code] = {
    "unknown-key": Code(
        "error",
        "a map has a key that means nothing there",
        "Keys are checked so that a misspelt one is not silently ignored. Compare it with the reference, or "
        "with the completion of an editor that uses `sagepipe schema`. Keys that begin with `x-` at the top "
        "level are yours to use.",
    ),
    "missing-key": Code(
        "error",
        "a key that must be there is missing",
        "The part cannot mean anything without it. Add the key; the reference lists what each step type needs.",
    ),
    "wrong-type": Code(
        "error",
        "a value has another type than its key wants",
        "A list, a map, a number, a boolean and text are told apart as YAML 1.2 writes them: `5` is a number "
        'and `"5"` is text. Write the value as the message says.',
    ),
    "unknown-value": Code(
        "error",
        "a word is none of those the key takes",
        "The key takes one of a few words, spelled exactly. Use one of them.",
    ),
    "out-of-range": Code(
        "error",
        "a number or a length is outside its bounds",
        "The key has bounds of its own. Choose a value within them.",
    ),
    "empty": Code(
        "error",
        "a list or a map is empty where it must not be",
        "Leave the key out, or give it at least one item.",
    ),
    "conflicting-keys": Code(
        "error",
        "two keys exclude each other",
        "Each says the same thing in another way, and only one can hold. Remove one of them.",
    ),
    "unknown-version": Code(
        "error",
        "the document's version is not known",
        "The language has one version: write `version: 1`.",
    ),
    "unknown-step-type": Code(
        "error",
        "a step has a type that does not exist",
        "The types are listed in the reference. Types that the language has no concise form for are written "
        "as `type: raw`.",
    ),
    "duplicate-step": Code(
        "error",
        "two steps have one name",
        "Names are unique over the whole pipeline: branches of conditions, bodies of loops and steps stamped "
        "out by a matrix included. Rename one of them.",
    ),
    "unknown-target": Code(
        "error",
        "the target asked for is not in the document",
        "`--target` takes the name of an entry of `targets`.",
    ),
    "default-target": Code(
        "error",
        "the document does not say which target is meant",
        "With several targets, exactly one is marked `default: true`, or `--target` names one.",
    ),
    "extends-key": Code(
        "error",
        "an extended file holds a key that is not its own",
        "A file that others extend may hold what they share: pipeline, parameters, variables, files, targets "
        "and defaults. Steps stay in the document itself, and a file that is extended extends no other.",
    ),
    "missing-setting": Code(
        "error",
        "a key of `pipeline` is needed and not set",
        "Some steps need a role, a region or a bucket. Set it under `pipeline`, or in every target that is compiled.",
    ),
    "duration": Code(
        "error",
        "a text is not a duration",
        "Durations are written `7d`, `12h`, `30m`, `1d12h`, or as ISO 8601: `P7D`, `PT12H`.",
    ),
    "condition-form": Code(
        "error",
        "a condition is not written as one",
        "A condition is a map with one left side (`metric: step:name` or `value: ...`) and one operator, or "
        "`all`, `any`, `not` over conditions: `{metric: evaluate:auc, gte: 0.8}`.",
    ),
    "tuning-range": Code(
        "error",
        "a range to search is not one",
        "Each range has one kind: `{continuous: [low, high]}`, `{integer: [low, high]}` or `{categorical: [a,"
        " b]}`, and may name a `scaling`.",
    ),
    "tuning-objective": Code(
        "error",
        "the objective of a tuning step is not one",
        'Write `objective: {maximize: "validation:auc"}`, or `minimize`.',
    ),
    "property-file-path": Code(
        "error",
        "a metric's file does not stand under an output",
        "`file` is the name of one of the step's outputs, a slash, and the path of a JSON file in it: "
        "`report/evaluation.json`.",
    ),
    "wire-form": Code(
        "error",
        "a reference in the API's own spelling is not well formed",
        "Under `raw:`, `{Get: ...}`, `{Std:Join: ...}` and `{Std:JsonGet: ...}` are read as the service reads"
        " them. `Get` takes a path as text, `Std:Join` a literal `On` and a list of `Values`, `Std:JsonGet` a"
        " literal `Path` and one of `PropertyFile` and `S3Uri`.",
    ),
}
