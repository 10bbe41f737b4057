"""`emr` and `emr-serverless`: Spark and Hive jobs.

API: AddJobFlowSteps and RunJobFlow of emr; StartJobRun and CreateApplication of emr-serverless.
"""

from __future__ import annotations

from compiler.expr import STRING
from compiler.model.kinds import Anything, Either, Field, ListOf, MapOf
from compiler.model.steptype import STEP_EXCEPTIONS, Context, Request, StepType
from compiler.model.values import Hole, ListValue, Literal, MapValue, Member, Value, struct, text
from compiler.steps import parts
from compiler.steps.parts import CACHE, RETRY, SCALAR, TEXT, fields

MADE_FOR_THE_STEP = "the cluster is made for the step and ends with it"


def properties(given: Value | None) -> Value | None:
    """`{k: v}` as the service's list of Key and Value."""
    if not isinstance(given, MapValue):
        return given
    pairs = (struct(m.value.span, {"Key": text(k, m.key_span), "Value": m.value}) for k, m in given.members.items())
    return ListValue(tuple(pairs), given.span)


def arguments(given: Value | None) -> Value | None:
    """The arguments, or None for an empty list: the service refuses one."""
    return None if isinstance(given, ListValue) and not given.items else given


def build_emr(f: MapValue, ctx: Context) -> Request:
    span, cluster = ctx.span, f.get("cluster")
    own = isinstance(cluster, MapValue)
    if own and (role := f.members.get("execution_role")) is not None:
        ctx.report(
            "conflicting-keys",
            "`execution_role` goes with the id of a cluster, not with a cluster of its own",
            role.key_span,
            hint="its jobs run with `JobFlowRole` of the cluster",
        )
    jar = {
        "Jar": f.get("jar"),
        "Args": arguments(f.get("arguments")),
        "MainClass": f.get("main_class"),
        "Properties": properties(f.get("properties")),
    }
    members = {
        "StepConfig": struct(span, {"HadoopJarStep": struct(span, jar)}),
        "ClusterId": None if own else cluster,
        "ClusterConfig": cluster if own else None,
        "ExecutionRoleArn": f.get("execution_role"),
    }
    return Request(struct(span, members))


EMR = StepType(
    name="emr",
    json_type="EMR",
    doc="Runs a step on an EMR cluster that stands, or on one that is made for it.",
    members={
        "StepConfig": "emr:StepConfig",
        "ClusterId": "emr:XmlStringMaxLen256",
        "ClusterConfig": "emr:RunJobFlowInput",
        "ExecutionRoleArn": "emr:ArnType",
    },
    describe="emr:Step",
    unnamed=("StepConfig.Name", "ClusterConfig.Name"),
    required=("StepConfig",),
    forbidden={
        "StepConfig.Name": "the service names the step",
        "ClusterConfig.Name": "the service names the cluster",
        "ClusterConfig.Steps": "the step is `StepConfig`",
        "ClusterConfig.AutoTerminationPolicy": MADE_FOR_THE_STEP,
        "ClusterConfig.Instances.KeepJobFlowAliveWhenNoSteps": MADE_FOR_THE_STEP,
        "ClusterConfig.Instances.TerminationProtected": MADE_FOR_THE_STEP,
    },
    one_of=(
        ("ClusterId", "ClusterConfig"),
        ("ClusterConfig.Instances.InstanceGroups", "ClusterConfig.Instances.InstanceFleets"),
    ),
    cache="yes",
    cache_key=("ClusterId", "ClusterConfig", "StepConfig"),
    retry=STEP_EXCEPTIONS,
    extra_properties={"ClusterId": STRING},
    build=build_emr,
    fields=fields(
        {"cache": CACHE, "retry": RETRY},
        cluster=Field(
            Either(scalar=TEXT, members=Anything("map")),
            "The id of a cluster, or a map in the spelling of RunJobFlow for one made for the step.",
            True,
        ),
        jar=Field(TEXT, "The JAR to run, such as command-runner.jar or an S3 URI.", True),
        arguments=Field(ListOf(SCALAR), "Arguments of the JAR's main function."),
        main_class=Field(TEXT, "The main class, where the JAR's manifest names none."),
        properties=Field(MapOf(SCALAR), "Java properties set while the step runs."),
        execution_role=Field(TEXT, "The runtime role of the job, on clusters that take one; only with a cluster's id."),
    ),
)


def build_serverless(f: MapValue, ctx: Context) -> Request:
    span, application = ctx.span, f.get("application")
    own = isinstance(application, MapValue)
    given = f.map("job")
    if given is None:
        return Request(Hole(f.span_of("job")))
    role = f.get("role") if "role" in ctx.step.written else None
    role = role or given.get("executionRoleArn") or parts.role(f, ctx)
    tags = f.map("tags")
    base: dict[str, Value | None] = {
        "executionRoleArn": role,
        "applicationId": None if own else application,
        "executionTimeoutMinutes": _minutes(f, ctx),
        "tags": tags if tags and tags.members else None,
    }
    job = {k: Member(v, v.span) for k, v in base.items() if v is not None} | given.members
    members = {
        "ExecutionRoleArn": role,
        "ApplicationId": None if own else application,
        "ApplicationConfig": application if own else None,
        "JobConfig": MapValue(job, given.span),
    }
    return Request(struct(span, members))


def _minutes(f: MapValue, ctx: Context) -> Value | None:
    given = f.get("max_runtime")
    seconds = ctx.seconds(given) if given is not None else None
    if not isinstance(seconds, Literal) or not isinstance(seconds.value, int):
        return seconds
    minutes, rest = divmod(seconds.value, 60)
    if rest:
        ctx.report(
            "duration",
            f"`{seconds.value}` seconds are not whole minutes",
            seconds.span,
            hint="a serverless job's limit is counted in whole minutes",
        )
    return parts.integer(minutes, seconds.span)


EMR_SERVERLESS = StepType(
    name="emr-serverless",
    json_type="EMRServerless",
    doc="Runs a job on an EMR Serverless application that stands, or on one that is made for it.",
    members={
        "ExecutionRoleArn": "emr-serverless:IAMRoleArn",
        "ApplicationId": "emr-serverless:ApplicationId",
        "ApplicationConfig": "emr-serverless:CreateApplicationRequest",
        "JobConfig": "emr-serverless:StartJobRunRequest",
    },
    describe="emr-serverless:GetJobRunResponse",
    unnamed=("JobConfig.applicationId", "JobConfig.clientToken", "ApplicationConfig.clientToken"),
    required=("ExecutionRoleArn", "JobConfig", "JobConfig.jobDriver"),
    forbidden={
        "JobConfig.clientToken": "the service makes it",
        "ApplicationConfig.clientToken": "the service makes it",
    },
    one_of=(("ApplicationId", "ApplicationConfig"),),
    cache="admitted",
    cache_key=("ApplicationId", "ApplicationConfig", "JobConfig"),
    retry=STEP_EXCEPTIONS,
    build=build_serverless,
    fields=fields(
        {"role": parts.ROLE, "tags": parts.TAGS, "cache": CACHE, "retry": RETRY, "max_runtime": parts.MAX_RUNTIME},
        application=Field(
            Either(scalar=TEXT, members=Anything("map")),
            "The id of an application, or a map in the spelling of CreateApplication for one made for the step.",
            True,
        ),
        job=Field(
            Anything("map"), "The job in the spelling of StartJobRun: `jobDriver`, `configurationOverrides`, ...", True
        ),
    ),
)
