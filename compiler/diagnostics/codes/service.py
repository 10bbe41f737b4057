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
