"""Faults of references between steps, parameters and files."""

from __future__ import annotations

from compiler.diagnostics.codes.code import Code

REFERENCE: dict[str, Code] = {
    "unknown-step": Code(
        "error",
        "a reference names a step that does not exist",
        "`step:name` and `${{ steps.name... }}` take the name of a step of this pipeline, as its key is spelled.",
    ),
    "unknown-output": Code(
        "error",
        "a step does not offer what a reference asks for",
        "What a step offers depends on its type and on what it declares: a processing step its outputs and "
        "metrics, a training step its model, image and metrics. The reference has the list for each type.",
    ),
    "unknown-metric": Code(
        "error",
        "a step has no metric of that name",
        "A processing step declares its metrics under `metrics`, a training step under `metric_definitions`. "
        "Conditions read them as `step:name`.",
    ),
    "unknown-parameter": Code(
        "error",
        "a parameter is used or overridden that is not declared",
        "Parameters are declared under `parameters`, each with its type. The service refuses a definition "
        "that uses others.",
    ),
    "unknown-variable": Code(
        "error",
        "a variable is used or set that is not declared",
        "Variables are declared under `variables`; targets and `--set` override them but add none.",
    ),
    "unknown-file": Code(
        "error",
        "a file is used that is not declared",
        "Files are declared under `files` by a name and a path.",
    ),
    "unknown-target-key": Code(
        "error",
        "`target` has no such key",
        "`${{ target.X }}` reads a key of `pipeline`, as the chosen target leaves it. `target.name` is the "
        "target's own name.",
    ),
    "unknown-matrix-key": Code(
        "error",
        "the step's matrix has no such key",
        "`${{ matrix.X }}` reads one of the keys of the `matrix` of the step it stands in.",
    ),
    "unknown-execution-variable": Code(
        "error",
        "an execution variable does not exist",
        "The service has a fixed set of them: id, arn, pipeline_name, pipeline_arn, start_time, current_time,"
        " training_job_name and processing_job_name.",
    ),
    "unknown-property": Code(
        "error",
        "a property path leads nowhere",
        "`${{ steps.X.properties... }}` follows the service's Describe response for that type of step, member"
        " by member, with `[0]` for items of lists and `['name']` for entries of maps and of named lists.",
    ),
    "property-not-scalar": Code(
        "error",
        "a property is a list or a structure",
        "Only scalars can be referred to. Follow the path further, down to a member that is text, a number or"
        " a boolean.",
    ),
    "unknown-namespace": Code(
        "error",
        "an expression begins with an unknown namespace",
        "Known when compiling: target, variables, files, matrix. Known when running: parameters, steps, "
        "execution, item.",
    ),
    "unknown-name": Code(
        "error",
        "a path names nothing",
        "The path stops too early, or goes on below a value that has no parts.",
    ),
    "wrong-notation": Code(
        "error",
        "a reference is written in the notation of another place",
        "Reference fields take `step:name`; everywhere else a reference is `${{ ... }}`; `base`, `after` and "
        "`checks` take the bare name of a step.",
    ),
    "wrong-step-type": Code(
        "error",
        "a reference names a step of the wrong type",
        "The field takes steps of certain types only, as the message says.",
    ),
    "item-outside": Code(
        "error",
        "`item` stands outside a loop",
        "`${{ item }}` is the current item of the for-each whose body the step stands in, and means nothing elsewhere.",
    ),
    "matrix-size": Code(
        "error",
        "matrices stamp out too many steps",
        "A matrix makes a step for every combination of its values, so that a few lists of ten come to thousands. "
        "The service takes 50 steps in a pipeline; the compiler stops at 5,000 made by matrices.",
    ),
    "matrix-outside": Code(
        "error",
        "`matrix` stands outside a matrix",
        "`${{ matrix.X }}` has a value only in a step that has a `matrix` of its own.",
    ),
    "variable-cycle": Code(
        "error",
        "a value is made of itself",
        "Variables, keys of `pipeline` and paths of `files` may be made of each other, but not in a circle.",
    ),
    "expansion-limit": Code(
        "error",
        "names stand for more than a document may hold",
        "A value may be made of other names, these of others again, and each may stand in many places. A few lines "
        "can so stand for more than any memory holds; 250,000 values, 100 levels and a chain of 30 names are taken.",
    ),
    "cycle": Code(
        "error",
        "steps wait for each other in a circle",
        "References and `after` make a step wait for another. In a circle none can ever start; the service "
        "refuses it. Remove one of the links that the message names.",
    ),
    "code-not-found": Code(
        "error",
        "a file or folder is not there",
        "Relative paths are read from the folder of the pipeline file.",
    ),
    "code-outside-project": Code(
        "error",
        "a path leaves the project",
        "What a document names is uploaded; so it must lie in the project (the nearest folder upward with "
        "`.git` or `pyproject.toml`), links followed. Otherwise a pull request could upload "
        "`~/.aws/credentials`. `--root` names another folder.",
    ),
    "code-entry": Code(
        "error",
        "the folder does not hold the entry script",
        "`entry` is the path of the script in the folder given by `dir`.",
    ),
    "code-name": Code(
        "error",
        "the script has no name to run it by",
        "A script given as an S3 URI is run by the file name its URI ends in.",
    ),
    "code-archive": Code(
        "warning",
        "a script in S3 is not packed",
        "Training and serving containers fetch an archive and unpack it. Give a local file or folder, which is "
        "packed when compiling, or the URI of a `.tar.gz` with the script to run: `{dir: "
        "s3://.../sourcedir.tar.gz, entry: train.py}`.",
    ),
    "model-code": Code(
        "error",
        "the serving container does not fetch its script",
        "Only some serving containers take an inference script from S3. For the others write it into the "
        "model archive when training, under `code/`. No hidden repacking step is ever added.",
    ),
}
