"""The policy of whoever calls: what each verb of ours asks of AWS, and of which resource."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from compiler.deploy.bundle import Bundle
from compiler.deploy.iam_statements import Json, Place, allow, pass_role, spelt

LOOK = ("sagemaker:DescribePipeline", "sagemaker:ListTags", "sagemaker:ListPipelines", "scheduler:GetSchedule")
FIND = ("sagemaker:ListPipelineExecutions",)
FOLLOW = ("sagemaker:DescribePipelineExecution", "sagemaker:ListPipelineExecutionSteps")
ALIASES = ("sagemaker:ListPipelineVersions", "sagemaker:UpdatePipelineVersion")
PASS, PASS_SCHEDULE = "iam:PassRole", "iam:PassRole to scheduler"
VERBS: dict[str, tuple[str, ...]] = {
    "plan": (*LOOK, "s3:GetObject"),
    "upsert": (
        *LOOK, *ALIASES, "sagemaker:CreatePipeline", "sagemaker:UpdatePipeline", "sagemaker:AddTags",
        "sagemaker:DeleteTags", "s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload", PASS,
        "scheduler:CreateSchedule", "scheduler:UpdateSchedule", "scheduler:DeleteSchedule", PASS_SCHEDULE,
    ),
    "start": (
        *FIND, *FOLLOW, "sagemaker:StartPipelineExecution", "sagemaker:DescribePipeline", "sagemaker:ListPipelines",
    ),
    "watch": (*FIND, *FOLLOW),
    "stop": (*FIND, "sagemaker:StopPipelineExecution"),
    "retry": (*FIND, *FOLLOW, "sagemaker:RetryPipelineExecution"),
    "list": (*FIND, "sagemaker:ListPipelines"),
    "describe": (
        *FIND, *FOLLOW, "sagemaker:DescribePipeline", "sagemaker:ListTags", "sagemaker:ListPipelines",
        "sagemaker:ListPipelineVersions",
    ),
    "delete": (
        "sagemaker:DescribePipeline", "sagemaker:DeletePipeline", "sagemaker:ListPipelines", "scheduler:GetSchedule",
        "scheduler:DeleteSchedule",
    ),
    "promote": ALIASES,
    "rollback": ALIASES,
}  # fmt: skip
USUAL = tuple(verb for verb in VERBS if verb != "delete")  # who deploys need not be able to delete
ON_EXECUTIONS = (*FOLLOW, "sagemaker:StopPipelineExecution", "sagemaker:RetryPipelineExecution")
ON_ALL = ("sagemaker:ListPipelines",)


def caller(bundle: Bundle, place: Place, verbs: Iterable[str]) -> Iterator[Json]:
    """The statements for these verbs, keys of `VERBS`; those that name a resource name it as narrowly as IAM can."""
    wanted = list(dict.fromkeys(action for verb in verbs for action in VERBS[verb]))
    pipelines = [place.sagemaker(f"pipeline/{name}") for name in spelt(bundle.name)]
    own = [a for a in wanted if a.startswith("sagemaker:") and a not in (*ON_EXECUTIONS, *ON_ALL)]
    code = [f"{where}/*" for where in _prefixes(bundle, place)]
    schedule = place.arn("scheduler", f"schedule/default/{bundle.name}")
    rows = (
        ("Pipeline", own, pipelines),
        ("Executions", [a for a in wanted if a in ON_EXECUTIONS], [f"{arn}/execution/*" for arn in pipelines]),
        ("Pipelines", [a for a in wanted if a in ON_ALL], ["*"]),
        ("Code", [a for a in wanted if a.startswith("s3:")], code),
        ("Schedule", _scheduler(bundle, wanted), [schedule]),
    )
    yield from (allow(sid, actions, resources) for sid, actions, resources in rows if actions and resources)
    if PASS in wanted and (role := str(bundle.create.get("RoleArn", ""))):
        yield pass_role("PassRole", [role], "sagemaker.amazonaws.com")
    if PASS_SCHEDULE in wanted and bundle.schedule is not None:
        yield pass_role("PassScheduleRole", [bundle.schedule["Target"]["RoleArn"]], "scheduler.amazonaws.com")


def _scheduler(bundle: Bundle, wanted: list[str]) -> list[str]:
    """Without a schedule in the file one is looked for, and taken away; none is made."""
    left = ("scheduler:GetSchedule", "scheduler:DeleteSchedule")
    return [a for a in wanted if a in left or (bundle.schedule is not None and a.startswith("scheduler:"))]


def _prefixes(bundle: Bundle, place: Place) -> list[str]:
    """Where the uploads lie, without the digest and the name that end each."""
    prefixes = ("/".join(f"{upload.bucket}/{upload.key}".split("/")[:-2]) for upload in bundle.uploads)
    return [place.bucket(prefix) for prefix in dict.fromkeys(prefixes)]
