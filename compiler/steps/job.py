"""`job`: model customization and data preparation. API: CreateJob."""

from __future__ import annotations

from compiler.model.steptype import JOB_EXCEPTIONS, StepType
from compiler.steps.parts import CACHE, REQUEST, RETRY, as_written, fields

JOB = StepType(
    name="job",
    json_type="Job",
    doc="Runs a job of the CreateJob API: fine-tuning, evaluation, synthetic data, data preparation.",
    request="sagemaker:CreateJobRequest",
    describe="sagemaker:DescribeJobResponse",
    unnamed=("JobName",),
    cache="admitted",
    retry=JOB_EXCEPTIONS,
    extra_properties={"JobConfigDocument": "open"},
    build=as_written,
    fields=fields({"cache": CACHE, "retry": RETRY}) | {"raw": REQUEST},
)
