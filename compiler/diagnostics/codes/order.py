"""Faults in what runs when: branches, conditions, loops and what waits for what."""

from __future__ import annotations

from compiler.diagnostics.codes.code import Code

ORDER: dict[str, Code] = {
    "condition-too-large": Code(
        "error",
        "a condition grows too large",
        "The service has no nested `and`, so `any` over `all` is multiplied out. Split the condition, or "
        "compute part of it in a step.",
    ),
    "loop-name": Code(
        "error",
        "a name collides with the runs of a loop",
        "Every item of a for-each makes a run of each body step, named `<step>-<number>`. No other step may "
        "have such a name, and the number needs room in the 64 characters.",
    ),
    "fail-dependency": Code(
        "error",
        "a step waits for a fail step",
        "A fail step ends the execution, so nothing can run after it; the service refuses the definition.",
    ),
    "cross-branch": Code(
        "error",
        "a step reads a step of the other branch",
        "Only one branch of a condition runs, so what the other would have made is never there. Move what "
        "both need before the condition.",
    ),
    "branch-reference": Code(
        "error",
        "a step outside a branch reads a step inside it",
        "When the branch is not taken the step inside never runs, and the one outside never starts: the "
        "execution hangs in the air without an error. Move the reader into the branch, or what it reads out "
        "of it.",
    ),
    "body-reference": Code(
        "error",
        "a step outside a loop reads a step of its body",
        "The steps of a loop run once for each item. From outside read one iteration (`outputs[0]`) or the "
        "one that `select` chose (`selected`).",
    ),
    "nested-condition": Code(
        "error",
        "a condition stands inside a branch",
        "The service refuses condition steps in the branches of others. Put the second one on the top level "
        "and let it read the first one's `outcome`, or join the two conditions with `all`.",
    ),
    "after-condition": Code(
        "error",
        "`after` names a condition step",
        "The service refuses a dependency on a condition step. To run something after it, read its `outcome`:"
        " that is a dependency by itself.",
    ),
    "conflicting-triggers": Code(
        "error",
        "a step waits for another in two ways",
        "For each pair of steps there is one trigger: completed, failed, stopped or any.",
    ),
    "reads-failed": Code(
        "error",
        "a step reads what a failed step would have made",
        "A step with `trigger: failed` or `stopped` runs only when the other did not complete, and then its "
        "outputs do not exist.",
    ),
    "reads-any": Code(
        "warning",
        "a step reads what a failed step may not have made",
        "With `trigger: any` the step also runs when the other failed; what the service does with a reference"
        " to an output that is not there is not documented.",
    ),
    "never-runs": Code(
        "error",
        "a step can never run",
        "It waits, directly or through others, for a step to complete and for the same step to fail. Remove "
        "one of the two.",
    ),
    "condition-type": Code(
        "error",
        "the service has no such condition type",
        "The types are Equals, GreaterThan, GreaterThanOrEqualTo, LessThan, LessThanOrEqualTo, In, Not and Or.",
    ),
    "loop-body": Code(
        "error",
        "the body of a loop holds a step it cannot hold, or none",
        "Conditions, fail steps and loops cannot stand in a loop; every other type can.",
    ),
    "loop-bound": Code(
        "error",
        "a loop is out of bounds",
        "At most 50 runs at once, and 1 to 100 items in a written list.",
    ),
    "loop-item": Code(
        "error",
        "an item of a loop is not one the service takes",
        "Items are scalars or references; a map is passed as JSON text.",
    ),
    "loop-select": Code(
        "error",
        "a loop does not say by what it selects",
        "`select` picks one iteration: the one in which an output of a body step is largest (`max_by`) or smallest "
        "(`min_by`).",
    ),
    "loop-metric": Code(
        "error",
        "a metric written to a file is read from outside its loop",
        "Metrics of processing steps are read from a file of one run, and a loop makes many runs. Outputs, and the "
        "metrics of training jobs, can be read through `selected` and `outputs[0]`.",
    ),
    "loop-place": Code(
        "error",
        "all iterations of a loop write to the same place",
        "Where no place is given, a folder of the execution and the step is taken, and every iteration would "
        "write over the last. Give the output a `to` of its own, with `${{ item }}` or a field of it in the "
        "path.",
    ),
    "cleanup-source": Code(
        "error",
        "a cleanup step names a source it cannot clean up",
        "Sources are training steps, or processing and transform steps with `S3Uris`; the cleanup step waits "
        "for each of them.",
    ),
    "condition-depth": Code(
        "warning",
        "a condition nests deeper than the service is known to take",
        "`Not` and `Or` inside each other are taken to two levels; what the service does beyond is not "
        "documented. Written as `all`, `any` and `not` the condition is brought into a flat form.",
    ),
}
