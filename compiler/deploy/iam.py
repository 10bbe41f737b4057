"""The least-privilege policies a pipeline needs, from its definition. Source: DG, build-and-manage-access."""

from __future__ import annotations

from collections.abc import Iterable

from compiler.deploy.bundle import Bundle
from compiler.deploy.iam_caller import USUAL, caller
from compiler.deploy.iam_role import execution_role
from compiler.deploy.iam_statements import Json, Place, allow, document, spelt, trust
from compiler.diff.steps import flatten

__all__ = ["Place", "policies", "policy_for"]


def policies(bundle: Bundle, place: Place) -> dict[str, Json]:
    """`execution_role`: the policy of the role the pipeline runs with; `caller`: that of whoever upserts and starts it.

    With a schedule there is `schedule_role`, the role that EventBridge Scheduler starts the pipeline with, too.
    """
    known = with_defaults(bundle.definition)
    role = str(bundle.create.get("RoleArn", ""))
    found: dict[str, Json] = {
        "execution_role": {
            "role": role,
            "trust_policy": trust("sagemaker.amazonaws.com"),
            "policy": document(execution_role(known, list(flatten(known).values()), role, place)),
        },
        "caller": {"policy": policy_for(USUAL, bundle, place)},
    }
    if bundle.schedule is not None:
        pipelines = [place.sagemaker(f"pipeline/{name}") for name in spelt(bundle.name)]
        found["schedule_role"] = {
            "role": bundle.schedule["Target"]["RoleArn"],
            "trust_policy": trust("scheduler.amazonaws.com"),
            "policy": document([allow("Start", ["sagemaker:StartPipelineExecution"], pipelines)]),
        }
    return found


def policy_for(verbs: Iterable[str], bundle: Bundle, place: Place) -> Json:
    """The policy of whoever runs these verbs, and no others."""
    return document(caller(bundle, place, verbs))


def with_defaults(definition: Json) -> Json:
    """The definition with the defaults of parameters put in, and texts joined; `*` stands for what is not known."""
    rows = definition.get("Parameters") or []
    return _known(
        definition, {f"Parameters.{row['Name']}": row["DefaultValue"] for row in rows if "DefaultValue" in row}
    )


def _known(value: Json, defaults: dict[str, Json]) -> Json:
    match value:
        case {"Get": str(path), **rest} if not rest:
            return defaults.get(path, value)
        case {"Std:Join": {"On": str(on), "Values": list(values)}, **rest} if not rest:
            known = (_known(inner, defaults) for inner in values)
            return on.join("*" if isinstance(inner, (dict, list)) else str(inner) for inner in known)
        case dict():
            return {key: _known(inner, defaults) for key, inner in value.items()}
        case list():
            return [_known(inner, defaults) for inner in value]
        case _:
            return value
