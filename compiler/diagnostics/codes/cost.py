"""What works but costs: caching, retries, instances, run times."""

from __future__ import annotations

from compiler.diagnostics.codes.code import Code

COST: dict[str, Code] = {
    "months": Code(
        "warning",
        "a duration is in months",
        "In ISO 8601 `P30M` is thirty months; minutes stand behind a `T`: `PT30M`.",
    ),
    "cache-never-hits": Code(
        "warning",
        "a cache can never hit",
        "A result is reused when every value in the step's cache key is the same. A value that is new in "
        "every execution, or the output of a step that itself always runs again, makes sure that it never is."
        " Cache the upstream step too, or keep the value out of the key.",
    ),
    "unused-parameter": Code(
        "warning",
        "nothing uses a parameter",
        "Whoever starts the pipeline may set it and wait for an effect. Use it or remove it.",
    ),
    "unused-variable": Code(
        "warning",
        "nothing uses a variable",
        "Use it or remove it.",
    ),
    "unused-file": Code(
        "warning",
        "nothing uses a file",
        "It is not uploaded either. Use it as `${{ files.NAME }}` or remove it.",
    ),
    "unused-target-key": Code(
        "warning",
        "nothing uses a key of a target",
        "`bucket` and `prefix` say where code and outputs go that name no place of their own. Where there are none, a "
        "target that sets them changes nothing. Use them, as `${{ target.bucket }}` for instance, or remove them.",
    ),
    "unused-metric": Code(
        "warning",
        "nothing reads a metric",
        "Read it in a condition, or remove it.",
    ),
    "secret": Code(
        "warning",
        "a literal looks like a secret",
        "The definition of a pipeline can be read by everyone who may describe it, and so can the file in the"
        " repository. Let the step read the secret from AWS Secrets Manager with its role.",
    ),
    "literal-account": Code(
        "warning",
        "an account is written out in a file with several targets",
        "Every target would use the same account there. Use a key of `target`, or a variable that the targets set.",
    ),
    "yaml-ambiguous": Code(
        "warning",
        "a scalar means different things in YAML 1.1 and 1.2",
        "sagepipe reads YAML 1.2: `on`, `yes`, `010` and `12:30:00` are text. Where no field decides the "
        "type, put it in quotes if text is meant.",
    ),
}
