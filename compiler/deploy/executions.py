"""Executions: started, seen, stopped, retried. API: StartPipelineExecution, ListPipelineExecutionSteps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from compiler.deploy.faults import AwsFault, told
from compiler.deploy.session import Session, paged

Json = dict[str, Any]
TERMINAL = ("Succeeded", "Failed", "Stopped", "CompletedWithFailures")
STEP_ENDED = ("Succeeded", "Failed", "Stopped")
LOG_GROUPS = {
    "processing-job": "ProcessingJobs",
    "training-job": "TrainingJobs",
    "transform-job": "TransformJobs",
    "hyper-parameter-tuning-job": "TrainingJobs",
}
CONSOLES = {"aws-cn": "console.amazonaws.cn", "aws-us-gov": "console.amazonaws-us-gov.com"}


@dataclass(frozen=True, slots=True)
class StepSeen:
    """A step of an execution as it stands. A step of a loop has a row an iteration, and is called `step[0]`, `step[1]`
    and so on, as its outputs are read (API: IterationContext). `source` is the execution whose result was reused,
    `log` where its log is: a link, or the place in S3 that EMR writes to."""

    name: str
    status: str
    started: datetime | None
    ended: datetime | None
    source: str
    attempts: int
    reason: str
    log: str

    def seconds(self, now: datetime) -> float:
        """How long it has run, or ran."""
        return max(0.0, ((self.ended or now) - self.started).total_seconds()) if self.started else 0.0


@dataclass(frozen=True, slots=True)
class Seen:
    """An execution as it stands."""

    arn: str
    status: str
    reason: str
    started: datetime | None
    ended: datetime | None
    steps: tuple[StepSeen, ...]

    @property
    def over(self) -> bool:
        return self.status in TERMINAL


def see(session: Session, arn: str) -> Seen:
    """The execution and its steps in the order they began. Raises AwsFault."""
    with told("describe the execution"):
        found = session.sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)
    rows = paged(
        "list the execution's steps", session.sagemaker.list_pipeline_execution_steps, "PipelineExecutionSteps",
        PipelineExecutionArn=arn, SortOrder="Ascending",
    )  # fmt: skip
    status = str(found["PipelineExecutionStatus"])
    ended = found.get("LastModifiedTime") if status in TERMINAL else None
    reason = str(found.get("FailureReason") or "")
    return Seen(arn, status, reason, found.get("CreationTime"), ended, tuple(_step(row) for row in rows))


def _step(row: Json) -> StepSeen:
    facts: Json = next((value for value in (row.get("Metadata") or {}).values() if isinstance(value, dict)), {})
    reason = str(row.get("FailureReason") or facts.get("ErrorMessage") or "")
    report = str(facts.get("ViolationReport") or "")
    reused = row.get("CacheHitResult") or row.get("SelectiveExecutionResult") or {}
    return StepSeen(
        name=_name(row),
        status=str(row["StepStatus"]),
        started=row.get("StartTime"),
        ended=row.get("EndTime"),
        source=str(reused.get("SourcePipelineExecutionArn") or ""),
        attempts=int(row.get("AttemptCount") or 0),
        reason="; ".join(text for text in (reason, report and f"violations: {report}") if text),
        log=log_link(str(facts.get("Arn") or facts.get("CheckJobArn") or "")) or str(facts.get("LogFilePath") or ""),
    )


def _name(row: Json) -> str:
    index = (row.get("IterationContext") or {}).get("Index")
    return str(row["StepName"]) if index is None else f"{row['StepName']}[{index}]"


def log_link(arn: str) -> str:
    """The CloudWatch page with the log of a job or a function, "" for what has none there."""
    words = arn.split(":")
    page = _page(words[5:]) if len(words) > 5 else ""
    host = CONSOLES.get(words[1], "console.aws.amazon.com") if page else ""
    return (
        f"https://{words[3]}.{host}/cloudwatch/home?region={words[3]}#logsV2:log-groups/log-group/{page}"
        if page
        else ""
    )


def _page(resource: list[str]) -> str:
    """The log group and its streams as the console writes them: slashes and question marks are encoded twice."""
    if resource[0] == "function" and len(resource) > 1:
        return f"$252Faws$252Flambda$252F{resource[1]}"
    kind, _, name = resource[0].partition("/")
    group = LOG_GROUPS.get(kind)
    return f"$252Faws$252Fsagemaker$252F{group}$3FlogStreamNameFilter$3D{name}" if group else ""


def executions(session: Session, name: str) -> Iterator[Json]:
    """The executions of a pipeline, newest first, a page at a time."""
    yield from paged(
        "list the pipeline's executions", session.sagemaker.list_pipeline_executions, "PipelineExecutionSummaries",
        PipelineName=name, SortBy="CreationTime", SortOrder="Descending",
    )  # fmt: skip


def find(session: Session, name: str, execution: str = "") -> str:
    """The ARN of an execution: given as such, or by its id (the last part); the latest for "" or `latest`."""
    if execution.startswith("arn:"):
        return execution
    for row in executions(session, name):
        arn = str(row["PipelineExecutionArn"])
        if execution in ("", "latest") or arn.rpartition("/")[2] == execution:
            return arn
    what = f"no execution `{execution}`" if execution not in ("", "latest") else "no executions yet"
    raise AwsFault("aws-not-found", f"pipeline `{name}` has {what}", hint=f"`sagepipe list {name}` shows what there is")


def latest_over(session: Session, name: str, needed: tuple[str, ...]) -> str:
    """The ARN of the newest execution that has ended, for a selective one to take the results of steps from."""
    for row in executions(session, name):
        if row["PipelineExecutionStatus"] in TERMINAL:
            return str(row["PipelineExecutionArn"])
    steps = ", ".join(needed)
    hint = (
        f"the chosen steps need what an earlier execution made in {steps}: choose these, too, or run the whole pipeline"
    )
    raise AwsFault("aws-not-found", f"pipeline `{name}` has no execution that has ended", hint=hint)


def start(session: Session, request: Json) -> str:
    """Start an execution; its ARN. A lost answer starts no second one: botocore repeats the call with its token."""
    with told("start the pipeline"):
        return str(session.sagemaker.start_pipeline_execution(**request)["PipelineExecutionArn"])


def stop(session: Session, arn: str) -> None:
    with told("stop the execution"):
        session.sagemaker.stop_pipeline_execution(PipelineExecutionArn=arn)


def retry(session: Session, arn: str) -> None:
    with told("retry the execution"):
        session.sagemaker.retry_pipeline_execution(PipelineExecutionArn=arn)
