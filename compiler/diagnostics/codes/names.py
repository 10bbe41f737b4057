"""Faults in names and places: what the service calls things, where they lie, which images there are."""

from __future__ import annotations

from compiler.diagnostics.codes.code import Code

NAMES: dict[str, Code] = {
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
    "lineage-arn": Code(
        "warning",
        "an association takes the ARN of another lineage step",
        "The SDK writes such a reference, and its documentation says that it cannot serve as the end of an "
        "association. An ARN put together from region, account and name is taken.",
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
}
