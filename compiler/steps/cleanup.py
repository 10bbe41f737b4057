"""`cleanup`: deletes what earlier steps left in S3. Its sources also stand in `after`."""

from __future__ import annotations

from compiler.model.steptype import StepType
from compiler.steps.parts import REQUEST, as_written, fields

CLEANUP = StepType(
    name="cleanup",
    json_type="Cleanup",
    doc="Deletes what earlier steps left in S3.",
    members={"Resources": {"S3": ({"StepName": "sagemaker:String256", "S3Uris": ("sagemaker:S3Uri",)},)}},
    required=("Resources.S3.StepName",),
    build=as_written,
    fields=fields() | {"raw": REQUEST},
)
