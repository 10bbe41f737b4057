"""Faults against the service: its members, limits, enumerations and step types."""

from __future__ import annotations

from compiler.diagnostics.codes.code import Code

SERVICE: dict[str, Code] = {
    "retry-exception": Code(
        "error",
        "a retry policy names a fault its step type is not retried on",
        "Jobs can be retried on all five faults, models and model packages on throttling and service faults only.",
    ),
    "retry-limit": Code(
        "error",
        "a retry policy has two limits",
        "The service takes `max_attempts` or `expire_after`, not both.",
    ),
    "cache-expiry": Code(
        "error",
        "the cache is on without an expiry",
        "The service wants to know how long a result may be reused: write `cache: 7d`.",
    ),
    "condition-too-large": Code(
        "error",
        "a condition grows too large",
        "The service has no nested `and`, so `any` over `all` is multiplied out. Split the condition, or "
        "compute part of it in a step.",
    ),
    "training-image-serves": Code(
        "error",
        "a training image is used for serving",
        "For this framework AWS has one image to train with and another to serve with. Give `framework` in "
        "the model: there it is the inference image.",
    ),
    "unknown-image": Code(
        "error",
        "no image fits the framework asked for",
        "Images are looked up in the table of AWS's published containers, by framework, version, region and "
        "machine. The message says which of them has no match, and what is known.",
    ),
    "image-region": Code(
        "error",
        "the image is not published in the region",
        "AWS does not publish every image in every region. Choose another version or region, or give `image` "
        "with a copy of your own.",
    ),
    "unknown-algorithm": Code(
        "error",
        "no built-in algorithm has that name",
        "The algorithms of AWS are listed in the reference.",
    ),
    "pipeline-name": Code(
        "error",
        "the pipeline's name is not one the service takes",
        "A pipeline's name begins and ends with a letter or digit and holds letters, digits and hyphens, at "
        "most 256 characters. Underscores, dots and spaces are refused when the pipeline is created.",
    ),
    "step-name": Code(
        "error",
        "a step's name is not one the service takes",
        "Step names hold letters, digits, `-` and `_`, at most 64 characters.",
    ),
    "parameter-name": Code(
        "error",
        "a parameter's name is not one the service takes",
        "Parameter names hold letters, digits, `-` and `_`, at most 64 characters.",
    ),
    "metadata-key": Code(
        "error",
        "a metadata key is not one the service takes",
        "Metadata keys hold letters, digits, `-` and `_`, at most 128 characters.",
    ),
    "text-length": Code(
        "error",
        "a text is longer than the service takes",
        "Display names have at most 256 characters, descriptions 3072, defaults 4096.",
    ),
    "no-steps": Code(
        "error",
        "the pipeline has no steps",
        "A pipeline has at least one step.",
    ),
    "quota-steps": Code(
        "error",
        "the pipeline has more steps than the service takes",
        "A pipeline has at most 50 steps, those in branches counted, and the quota cannot be raised. Split "
        "the pipeline. For an experiment `--allow quota-steps` lets it pass in one run.",
    ),
    "quota-parameters": Code(
        "error",
        "the pipeline has more parameters than the service takes",
        "A pipeline has at most 200 parameters, and the quota cannot be raised. Values that do not change "
        "from run to run are better `variables`.",
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
    "property-file-output": Code(
        "error",
        "a metric's file stands under an output that the step does not have",
        "The first part of `file` is the name of one of the step's own outputs.",
    ),
    "property-file-name": Code(
        "error",
        "two property files have one name",
        "Property files are named uniquely in their step.",
    ),
    "unknown-property-file": Code(
        "error",
        "a property file is read that the step does not have",
        "`Std:JsonGet` reads property files that the processing step declares, under `metrics` or `property_files`.",
    ),
    "condition-type": Code(
        "error",
        "the service has no such condition type",
        "The types are Equals, GreaterThan, GreaterThanOrEqualTo, LessThan, LessThanOrEqualTo, In, Not and Or.",
    ),
    "unknown-member": Code(
        "error",
        "a request has a member that the API does not have",
        "Members are spelled as in the API reference, capitals included. The service refuses unknown ones as "
        "`Unknown Argument member`.",
    ),
    "missing-member": Code(
        "error",
        "a request lacks a member that the API requires",
        "Without it the service refuses the request, when the pipeline is created or when the step runs.",
    ),
    "refused-member": Code(
        "error",
        "a request has a member that pipelines refuse",
        "The API has the member, but Pipelines does not take it in a definition.",
    ),
    "union-member": Code(
        "error",
        "a structure takes exactly one of its members",
        "Leave one of them.",
    ),
    "fresh-member": Code(
        "warning",
        "a member or value is newer than what the service is known to take",
        "Pipelines checks definitions against a copy of the API model that lags behind. It may refuse what is"
        " this new; if it takes it, allow the code on the line.",
    ),
    "schedule-parameter": Code(
        "error",
        "a scheduled pipeline has a parameter without a value",
        "Nobody is there to give it when the clock starts the pipeline.",
    ),
    "schedule-expression": Code(
        "error",
        "a text is not a schedule",
        "EventBridge Scheduler takes `cron(...)`, `rate(...)` and `at(...)`.",
    ),
    "cache-effect": Code(
        "warning",
        "a cache is set on a step type for which it is not documented",
        "The service admits the key on this type of step, but its documentation does not list the type as cacheable.",
    ),
    "retry-range": Code(
        "error",
        "a limit of a retry policy is out of bounds",
        "Attempts: 1 to 20. Expiry: at most 14400 minutes. Interval: at most 43200 seconds. Backoff: not negative.",
    ),
    "retry-twice": Code(
        "error",
        "two retry policies name the same fault",
        "Name each fault in one policy only.",
    ),
    "job-variable": Code(
        "error",
        "a job's name is read where there is no such job",
        "`execution.training_job_name` and `execution.processing_job_name` are the job that this very step launches.",
    ),
    "job-prefix": Code(
        "error",
        "a job name is not a prefix the service takes",
        "The service names jobs itself. A name in a definition is a prefix: literal text of at most 38 "
        "characters, 6 for tuning and AutoML.",
    ),
    "local-path": Code(
        "error",
        "a place in a processing container is not one the service takes",
        "Inputs and outputs lie under `/opt/ml/processing/`, each in a place of its own.",
    ),
    "tag-key": Code(
        "error",
        "a tag key is not one the service takes",
        "Keys that begin with `aws:` are reserved, and each key stands once.",
    ),
    "tuning-jobs": Code(
        "error",
        "more jobs run at once than there are",
        "`max_parallel_jobs` is at most `max_jobs`.",
    ),
    "automl-mode": Code(
        "error",
        "an AutoML step has a mode that pipelines do not take",
        "Pipelines run AutoML in ensembling mode only.",
    ),
    "nested-argument": Code(
        "error",
        "an argument of a lambda or callback step is a list or a map",
        "The service passes flat maps of scalars to functions and queues.",
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
    "lineage-empty": Code(
        "error",
        "a lineage step records nothing",
        "A lineage step has at least one of `Actions`, `Artifacts`, `Contexts` and `Associations`, each a list that is "
        "not empty.",
    ),
    "lineage-end": Code(
        "error",
        "an association names an entity that its step does not record",
        "An end with `Name` and `Type` is looked for among what the same step records; another would fail the "
        "execution. What exists already, or is recorded by another step, is named by its `Arn`.",
    ),
    "lineage-arn": Code(
        "warning",
        "an association takes the ARN of another lineage step",
        "The SDK writes such a reference, and its documentation says that it cannot serve as the end of an "
        "association. An ARN put together from region, account and name is taken.",
    ),
    "analysis-config": Code(
        "error",
        "the analysis configuration of a check cannot be read",
        "A clarify-check ships its configuration as a file: a map written out in the step, or a JSON file in "
        "the project. It must be a JSON map with a `dataset_type`, and hold nothing that is known only when "
        "running.",
    ),
    "check-baseline": Code(
        "warning",
        "a check has nothing to compare with",
        "A check that is not skipped, or hands on the baseline it was checked against, needs an earlier one: "
        "that of the latest approved model of `package_group`, or `supplied_baseline`. For a first run write "
        "`skip: true` and `register_new_baseline: true`.",
    ),
    "one-of-members": Code(
        "error",
        "exactly one of several members must be there",
        "The members say the same thing in different ways: a cluster that stands or one to be made, for instance. Give "
        "exactly one of them.",
    ),
    "members-together": Code(
        "error",
        "members that belong together are not all there",
        "The API takes these members all or none.",
    ),
    "role-arn": Code(
        "error",
        "the role is not the ARN of an IAM role",
        "A role is named by its ARN: `arn:aws:iam::111122223333:role/name`.",
    ),
    "account": Code(
        "error",
        "an account is not twelve digits",
        "AWS accounts have twelve digits; leading zeros are kept as they are written.",
    ),
    "bucket-name": Code(
        "error",
        "the bucket's name is not one S3 takes",
        "Bucket names have 3 to 63 lower-case letters, digits, dots and hyphens, without `s3://`.",
    ),
    "unknown-region": Code(
        "error",
        "the region is not known",
        "Regions are those in which SageMaker's images are published.",
    ),
    "call-target": Code(
        "error",
        "a lambda or callback step does not name a function or a queue",
        "A function is named by its ARN, `arn:aws:lambda:<region>:<account>:function:<name>`, and a queue by its URL, "
        "`https://sqs.<region>.amazonaws.com/<account>/<name>`.",
    ),
    "call-region": Code(
        "error",
        "a function lies in another region than the pipeline",
        "A lambda step calls functions of the pipeline's own region only. Where a file has targets in several regions, "
        "put the ARN together from `${{ target.region }}`.",
    ),
    "config-name": Code(
        "error",
        "an endpoint asks for a configuration by the name that a step gives it",
        "The service adds a suffix of the execution to the name of a configuration that a pipeline makes, so "
        "the name asked for finds nothing. Read the name from the step: `config: step:name`.",
    ),
    "job-document": Code(
        "error",
        "the document of a job is no JSON map",
        "`JobConfigDocument` is one text that holds a JSON map. Run-time values are put into it as they are, so "
        'they stand inside the quotes of a string: `"S3OutputPath": "s3://b/${{ execution.id }}/"`.',
    ),
    "job-output": Code(
        "warning",
        "all executions of a job write to one place",
        "CreateJob adds nothing to the output path, so executions that share it mix their results. Put the "
        "execution's id into the path.",
    ),
    "profiler-off": Code(
        "error",
        "a profiler is off and has settings",
        "CreateTrainingJob refuses a `ProfilerConfig` that has `DisableProfiler: true` and anything else beside it.",
    ),
    "variable-word": Code(
        "warning",
        "a run-time value stands where the service wants one of a few words",
        "The service types these members as enumerations in its own schema; that it takes a run-time value "
        "there is not documented. A variable, known when compiling, is always taken.",
    ),
    "schedule-name": Code(
        "error",
        "a scheduled pipeline has too long a name",
        "The schedule is named like the pipeline, and the names of schedules have at most 64 characters.",
    ),
    "condition-depth": Code(
        "warning",
        "a condition nests deeper than the service is known to take",
        "`Not` and `Or` inside each other are taken to two levels; what the service does beyond is not "
        "documented. Written as `all`, `any` and `not` the condition is brought into a flat form.",
    ),
    "retry-effect": Code(
        "warning",
        "a retry policy names a fault that is never retried there",
        "Tuning and AutoML jobs retry their own training jobs after internal errors; the service takes the "
        "policy and never follows it. Name the other faults, or set a `RetryStrategy` in the training "
        "definition.",
    ),
    "definition-size": Code(
        "warning",
        "the definition is larger than a request takes",
        "CreatePipeline takes 1,048,576 characters; a larger definition is sent by way of S3, and no limit is "
        "documented there. Long texts and large literals belong in files.",
    ),
}
