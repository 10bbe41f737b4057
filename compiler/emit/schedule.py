"""`pipeline.schedule` as the EventBridge Scheduler request. API: scheduler CreateSchedule."""

from __future__ import annotations

from typing import Any

from compiler.model.account import account_of, partition_of
from compiler.model.values import Literal, MapValue


def schedule_request(settings: MapValue) -> dict[str, Any] | None:
    """The CreateSchedule request, named like the pipeline; None without a schedule."""
    schedule = settings.map("schedule")
    if schedule is None:
        return None
    name, region = settings.text("name"), settings.text("region")
    arn = f"arn:{partition_of(settings)}:sagemaker:{region}:{account_of(settings)}:pipeline/{name}"
    given = schedule.map("parameters")
    rows = [{"Name": k, "Value": v.as_text} for k, v in given.pairs() if isinstance(v, Literal)] if given else []
    target: dict[str, Any] = {"Arn": arn, "RoleArn": schedule.text("role") or settings.text("role")}
    target["SageMakerPipelineParameters"] = {"PipelineParameterList": rows} if rows else {}
    request: dict[str, Any] = {
        "Name": name,
        "ScheduleExpression": schedule.text("expression"),
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": target,
    }
    if zone := schedule.text("timezone"):
        request["ScheduleExpressionTimezone"] = zone
    return request
