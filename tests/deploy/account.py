"""What the loopback endpoint knows: one account in one region, with the answers that the service documents.

Where the service is known to be strict it is strict here: a definition is read, an alias must leave one version before
another may have it, a pipeline that runs cannot be deleted. Tokens are honoured: the same one gives the same answer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
ACCOUNT, REGION = "111122223333", "us-east-1"
NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,255}")
ALIAS = re.compile(r"(?![0-9]+$)[a-zA-Z0-9._\-]{1,128}")
TERMINAL = ("Succeeded", "Failed", "Stopped", "CompletedWithFailures")
NOW = 1_700_000_000.0


class Refused(Exception):
    """An error answer: code, message and HTTP status."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(code)
        self.code, self.message, self.status = code, message, status


@dataclass
class Version:
    number: int
    definition: str
    aliases: list[str] = field(default_factory=list)


@dataclass
class Pipeline:
    arn: str
    members: Json
    versions: list[Version]
    tags: dict[str, str]


@dataclass
class Execution:
    """`ticks` is its future: each describe moves on to the next (status, steps) until the last."""

    arn: str
    pipeline: str
    request: Json
    ticks: list[tuple[str, list[Json]]]
    definition: str = ""
    reason: str = ""

    @property
    def status(self) -> str:
        return self.ticks[0][0]


class Account:
    """The state, and an answer for each operation, found by its name."""

    def __init__(self) -> None:
        self.pipelines: dict[str, Pipeline] = {}
        self.executions: dict[str, Execution] = {}
        self.schedules: dict[str, Json] = {}
        self.objects: dict[tuple[str, str], bytes] = {}
        self.checksums: dict[tuple[str, str], str] = {}
        self.parts: dict[str, dict[int, bytes]] = {}
        self.started, self.garbled = 0, 0
        self.caller = ACCOUNT
        self.buckets = [f"ml-dev-{ACCOUNT}"]
        self.tokens: dict[tuple[str, str], Json] = {}
        self.future: list[tuple[str, list[Json]]] = [("Succeeded", [])]
        self.page = 100
        self.missing_is = "ResourceNotFound"

    def answer(self, operation: str, request: Json) -> Json:
        """The answer to a request. Raises Refused."""
        token = (operation, str(request.get("ClientRequestToken") or request.get("ClientToken") or ""))
        if token[1] and token in self.tokens:
            return self.tokens[token]
        handler: Callable[[Json], Json] = getattr(self, re.sub(r"(?<!^)(?=[A-Z])", "_", operation).lower())
        given = handler(request)
        if token[1]:
            self.tokens[token] = given
        return given

    # ---- pipelines -----------------------------------------------------------------------------------------

    def create_pipeline(self, request: Json) -> Json:
        name = request["PipelineName"]
        if not NAME.fullmatch(name):
            raise Refused("ValidationException", f"Value '{name}' at 'pipelineName' failed to satisfy constraint")
        if name in self.pipelines:
            raise Refused("ValidationException", f"Pipeline names must be unique within an AWS account: {name}")
        text = self._definition(request)
        tags = {t["Key"]: t["Value"] for t in request.get("Tags", [])}
        arn = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:pipeline/{name.lower()}"
        self.pipelines[name] = Pipeline(arn, _members(request), [Version(1, text)], tags)
        return {"PipelineArn": arn}

    def update_pipeline(self, request: Json) -> Json:
        pipeline = self._pipeline(request["PipelineName"])
        if "PipelineDefinition" in request or "PipelineDefinitionS3Location" in request:
            pipeline.versions.append(Version(len(pipeline.versions) + 1, self._definition(request)))
        pipeline.members |= _members(request)
        return {"PipelineArn": pipeline.arn, "PipelineVersionId": len(pipeline.versions)}

    def describe_pipeline(self, request: Json) -> Json:
        pipeline = self._pipeline(request["PipelineName"])
        version = self._version(pipeline, request)
        known = {
            "PipelineArn": pipeline.arn, "PipelineDefinition": version.definition, "PipelineStatus": "Active",
            "CreationTime": NOW, "LastModifiedTime": NOW + len(pipeline.versions),
            "PipelineVersionAliases": version.aliases,
        }  # fmt: skip
        return {**pipeline.members, **known}

    def delete_pipeline(self, request: Json) -> Json:
        pipeline = self._pipeline(request["PipelineName"])
        if any(e.pipeline == pipeline.arn and e.status not in TERMINAL for e in self.executions.values()):
            raise Refused("ConflictException", "The pipeline has running executions.")
        self.pipelines.pop(pipeline.members["PipelineName"])
        return {"PipelineArn": pipeline.arn}

    def list_pipelines(self, request: Json) -> Json:
        prefix = request.get("PipelineNamePrefix", "")
        rows = [
            {"PipelineArn": p.arn, "PipelineName": n, "CreationTime": NOW, "LastModifiedTime": NOW}
            for n, p in sorted(self.pipelines.items())
            if n.startswith(prefix)
        ]
        return self._paged("PipelineSummaries", rows, request)

    def list_pipeline_versions(self, request: Json) -> Json:
        pipeline = self._pipeline(request["PipelineName"])
        rows = [
            {"PipelineArn": pipeline.arn, "PipelineVersionId": v.number, "CreationTime": NOW + v.number,
             "PipelineVersionAliases": list(v.aliases)}
            for v in reversed(pipeline.versions)
        ]  # fmt: skip
        return self._paged("PipelineVersionSummaries", rows, request)

    def update_pipeline_version(self, request: Json) -> Json:
        pipeline = self._pipeline(request["PipelineArn"])
        version = self._version(pipeline, request)
        wanted = request.get("PipelineVersionAliasOperations", {})
        for alias in wanted.get("Add", []):
            if not ALIAS.fullmatch(alias) or any(alias in v.aliases for v in pipeline.versions):
                raise Refused("ValidationException", f"The alias {alias} cannot be added.")
        version.aliases = [a for a in version.aliases if a not in wanted.get("Remove", [])] + wanted.get("Add", [])
        return {"PipelineArn": pipeline.arn, "PipelineVersionId": version.number}

    def list_tags(self, request: Json) -> Json:
        tags = self._pipeline(request["ResourceArn"]).tags
        return self._paged("Tags", [{"Key": k, "Value": v} for k, v in tags.items()], request)

    def add_tags(self, request: Json) -> Json:
        tags = self._pipeline(request["ResourceArn"]).tags
        tags |= {t["Key"]: t["Value"] for t in request["Tags"]}
        return {"Tags": [{"Key": k, "Value": v} for k, v in tags.items()]}

    def delete_tags(self, request: Json) -> Json:
        tags = self._pipeline(request["ResourceArn"]).tags
        for key in request["TagKeys"]:
            tags.pop(key, None)
        return {}

    # ---- executions ----------------------------------------------------------------------------------------

    def start_pipeline_execution(self, request: Json) -> Json:
        pipeline = self._pipeline(request["PipelineName"])
        text = self._version(pipeline, request).definition
        given = {p["Name"] for p in request.get("PipelineParameters", [])}
        declared = {p["Name"]: p for p in json.loads(text).get("Parameters", [])}
        unknown = sorted(given - declared.keys())
        missing = [n for n, p in declared.items() if "DefaultValue" not in p and n not in given]
        if unknown or missing:
            raise Refused("ValidationException", f"Unknown or missing pipeline parameters: {unknown + missing}")
        arn = f"{pipeline.arn}/execution/{len(self.executions) + 1:012d}"
        self.executions[arn] = Execution(arn, pipeline.arn, request, list(self.future), text)
        return {"PipelineExecutionArn": arn}

    def describe_pipeline_execution(self, request: Json) -> Json:
        execution = self._execution(request)
        given = {
            "PipelineArn": execution.pipeline, "PipelineExecutionArn": execution.arn, "CreationTime": NOW,
            "PipelineExecutionStatus": execution.status, "LastModifiedTime": NOW + 60,
        }  # fmt: skip
        if execution.reason:
            given["FailureReason"] = execution.reason
        if len(execution.ticks) > 1:
            execution.ticks.pop(0)
        return given

    def describe_pipeline_definition_for_execution(self, request: Json) -> Json:
        return {"PipelineDefinition": self._execution(request).definition, "CreationTime": NOW}

    def list_pipeline_execution_steps(self, request: Json) -> Json:
        steps = self._execution(request).ticks[0][1]
        rows = steps if request.get("SortOrder") == "Ascending" else steps[::-1]
        return self._paged("PipelineExecutionSteps", rows, request)

    def list_pipeline_executions(self, request: Json) -> Json:
        pipeline = self._pipeline(request["PipelineName"])
        rows = [
            {"PipelineExecutionArn": e.arn, "StartTime": NOW + n, "PipelineExecutionStatus": e.status}
            for n, e in enumerate(self.executions.values())
            if e.pipeline == pipeline.arn
        ]
        return self._paged("PipelineExecutionSummaries", rows[::-1], request)

    def list_pipeline_parameters_for_execution(self, request: Json) -> Json:
        rows = self._execution(request).request.get("PipelineParameters", [])
        return self._paged("PipelineParameters", rows, request)

    def stop_pipeline_execution(self, request: Json) -> Json:
        execution = self._execution(request)
        if execution.status in TERMINAL:
            raise Refused("ConflictException", "The execution has already ended.")
        execution.ticks = [("Stopping", execution.ticks[0][1]), ("Stopped", execution.ticks[0][1])]
        return {"PipelineExecutionArn": execution.arn}

    def retry_pipeline_execution(self, request: Json) -> Json:
        execution = self._execution(request)
        if execution.status not in ("Failed", "Stopped"):
            raise Refused("ConflictException", f"An execution in status {execution.status} cannot be retried.")
        execution.ticks = list(self.future)
        return {"PipelineExecutionArn": execution.arn}

    # ---- schedules -----------------------------------------------------------------------------------------

    def create_schedule(self, request: Json) -> Json:
        if request["Name"] in self.schedules:
            raise Refused("ConflictException", f"Schedule {request['Name']} already exists.", 409)
        return self._schedule(request)

    def update_schedule(self, request: Json) -> Json:
        self.get_schedule(request)
        return self._schedule(request)

    def get_schedule(self, request: Json) -> Json:
        if request["Name"] not in self.schedules:
            raise Refused("ResourceNotFoundException", f"Schedule {request['Name']} does not exist.", 404)
        return self.schedules[request["Name"]]

    def delete_schedule(self, request: Json) -> Json:
        self.get_schedule(request)
        self.schedules.pop(request["Name"])
        return {}

    def _schedule(self, request: Json) -> Json:
        target = {"RetryPolicy": {"MaximumEventAgeInSeconds": 86400, "MaximumRetryAttempts": 185}, **request["Target"]}
        kept = {k: v for k, v in request.items() if k != "ClientToken"}
        service = {"State": "ENABLED", "GroupName": "default", "ScheduleExpressionTimezone": "UTC"}
        self.schedules[request["Name"]] = {**service, **kept, "Target": target}
        return {"ScheduleArn": f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/default/{request['Name']}"}

    # ---- what they share -----------------------------------------------------------------------------------

    def _pipeline(self, name: str) -> Pipeline:
        for known, pipeline in self.pipelines.items():
            if name in (known, pipeline.arn):
                return pipeline
        raise Refused(self.missing_is, f"Pipeline '{name}' does not exist.")

    def _version(self, pipeline: Pipeline, request: Json) -> Version:
        number, alias = request.get("PipelineVersionId"), request.get("PipelineVersionAlias")
        if number is None and alias is None:
            return pipeline.versions[-1]
        for version in pipeline.versions:
            if version.number == number or alias in version.aliases:
                return version
        raise Refused("ResourceNotFound", f"No version {number or alias}.")

    def _execution(self, request: Json) -> Execution:
        arn = request["PipelineExecutionArn"]
        if arn not in self.executions:
            raise Refused("ResourceNotFound", f"Pipeline execution '{arn}' does not exist.")
        return self.executions[arn]

    def _definition(self, request: Json) -> str:
        """The definition of a create or an update, read and looked through."""
        where = request.get("PipelineDefinitionS3Location")
        if (where is None) == ("PipelineDefinition" not in request):
            raise Refused("ValidationException", "Exactly one definition source must be given.")
        text = request.get("PipelineDefinition", "")
        if where is not None:
            if (where["Bucket"], where["ObjectKey"]) not in self.objects:
                raise Refused("ValidationException", "The definition is not at its S3 location.")
            text = self.objects[where["Bucket"], where["ObjectKey"]].decode()
        try:
            definition = json.loads(text)
            names = [step["Name"] for step in _steps(definition["Steps"])]
        except (ValueError, KeyError, TypeError):
            raise Refused("ValidationException", "Unable to parse pipeline definition.") from None
        if len(set(names)) != len(names):
            raise Refused("ValidationException", "Step names must be unique.")
        return text

    def _paged(self, key: str, rows: list[Json], request: Json) -> Json:
        size = min(request.get("MaxResults", self.page), self.page)
        start = int(request.get("NextToken", "0"))
        more = {"NextToken": str(start + size)} if start + size < len(rows) else {}
        return {key: rows[start : start + size], **more}


def _members(request: Json) -> Json:
    left = ("PipelineDefinition", "PipelineDefinitionS3Location", "Tags", "ClientRequestToken")
    return {k: v for k, v in request.items() if k not in left}


def _steps(steps: list[Json]) -> Iterator[Json]:
    for step in steps:
        yield step
        for key in ("IfSteps", "ElseSteps", "ForEachBody"):
            yield from _steps((step.get("Arguments") or {}).get(key) or [])
