"""`lineage`: records actions, artifacts and contexts, and how they belong together.

API: CreateAction, CreateArtifact, CreateContext; an association's ends are entities of the same step, or ARNs.
"""

from __future__ import annotations

from compiler.expr import STRING
from compiler.model.steptype import StepType
from compiler.steps.parts import REQUEST, as_written, fields

END = {"Name": "sagemaker:ContextName", "Type": "sagemaker:String256", "Arn": "sagemaker:AssociationEntityArn"}

ENDS = ("Source", "Destination")

LINEAGE = StepType(
    name="lineage",
    json_type="Lineage",
    doc="Records what came from what: actions, artifacts, contexts and the associations between them.",
    members={
        "Actions": ("sagemaker:CreateActionRequest",),
        "Artifacts": ("sagemaker:CreateArtifactRequest",),
        "Contexts": ("sagemaker:CreateContextRequest",),
        "Associations": ({"Source": END, "Destination": END, "AssociationType": "sagemaker:AssociationEdgeType"},),
    },
    required=("Associations.Source", "Associations.Destination"),
    one_of=tuple((f"Associations.{end}.Name", f"Associations.{end}.Arn") for end in ENDS),
    together=tuple((f"Associations.{end}.Name", f"Associations.{end}.Type") for end in ENDS),
    extra_properties={"ActionArns": "texts", "ArtifactArns": "texts", "ContextArns": "texts", "Associations": STRING},
    build=as_written,
    fields=fields() | {"raw": REQUEST},
)
