"""Faults of `${{ … }}`."""

from __future__ import annotations

from compiler.diagnostics.codes.code import Code

EXPRESSION: dict[str, Code] = {
    "expression-syntax": Code(
        "error",
        "an expression cannot be read",
        "What stands between `${{` and `}}` is one path of names, such as `steps.train.outputs.model`, with `['key']` "
        "or `[0]` where a name will not do. There are no operators and no functions: compute the value in a step, or "
        "write it as a variable. Where the text itself shall hold `${{`, write `$${{`.",
    ),
    "expression-in-key": Code(
        "error",
        "a key holds an expression",
        "Keys are names that are known before anything is evaluated, so `${{ … }}` is read in values only. Write the "
        "key out, or move what varies into the value; `$${{` in a key stands for the characters `${{` themselves.",
    ),
    "unquoted-expression": Code(
        "error",
        "an expression needs quotes here",
        "YAML gives `{`, `}`, `[`, `]` and `,` a meaning of their own inside lists and maps written on one line, and "
        "`: ` and ` #` a meaning everywhere. Where a value with `${{ … }}` meets one of them, put the whole value in "
        'quotes: `["${{ parameters.InstanceType }}"]`.',
    ),
    "expression-in-comment": Code(
        "warning",
        "an expression stands in a comment that begins right behind a value",
        "In YAML ` #` ends a value without quotes and begins a comment, so that `build #${{ execution.id }}` is the "
        "text `build`. Put the whole value in quotes; where a comment is meant, write a space behind the `#`.",
    ),
    "almost-expression": Code(
        "error",
        "text looks like an expression and is none",
        "Values are put into text by `${{ ... }}` alone. `${...}`, `{{ ... }}` and bare paths stay as they "
        "are written. If the text is meant as it stands, rename the thing it happens to name.",
    ),
}
