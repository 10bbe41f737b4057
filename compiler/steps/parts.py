"""Fields and request parts that several step types share."""

from __future__ import annotations

from compiler.model.kinds import Anything, Choice, Either, Field, Flag, ListOf, MapOf, Number, Record, Reference, Text
from compiler.model.steptype import Context, Request
from compiler.model.values import Hole, Join, ListValue, Literal, MapValue, Member, Value, struct, text
from compiler.text import Span

TEXT = Text()
STATIC = Text(static=True)
SCALAR = Text(scalar=True)
INTEGER = Number(whole=True)
FLAG = Flag()

COMMON: dict[str, Field] = {
    "type": Field(STATIC, "The step type.", required=True),
    "display_name": Field(STATIC, "A name for people, shown in Studio; at most 256 characters."),
    "description": Field(STATIC, "What the step is for; at most 3072 characters."),
    "after": Field(
        ListOf(
            Either(
                scalar=Reference("the name of a step", bare=True),
                members=Record(
                    {
                        "step": Field(Reference("the name of a step", bare=True), "The step to wait for.", True),
                        "trigger": Field(
                            Choice(("completed", "failed", "stopped", "any")),
                            "The outcome that lets this step run; `completed` when left out.",
                        ),
                    }
                ),
            )
        ),
        "Steps to wait for beyond those whose values are used: a name, or a step and the outcome to run on.",
    ),
    "matrix": Field(MapOf(ListOf(SCALAR, 1), 1), "Stamps the step out once for every combination of these values."),
}
RAW = Field(
    Anything("map"), "Members of the request in the API's own spelling, merged over the generated ones; null removes."
)
REQUEST = Field(Anything("map"), "The request in the API's own spelling.", True)
CACHE = Field(
    Either(scalar=Text(static=True, scalar=True)),
    "How long a result may be reused: `7d`, `12h`, `30m`, `1d12h` or ISO 8601; false switches a default off.",
)
RETRY = Field(
    ListOf(
        Record(
            {
                "exceptions": Field(
                    ListOf(
                        Choice(("throttling", "service-fault", "job-internal-error", "capacity", "resource-limit")), 1
                    ),
                    "The faults to retry on.",
                    True,
                ),
                "max_attempts": Field(Number(whole=True, static=True), "Retries before giving up, 1 to 20."),
                "expire_after": Field(STATIC, "How long to go on retrying, at most 14400 minutes: `2h`."),
                "interval": Field(STATIC, "The wait before the first retry: seconds, or `30s`, `5m`."),
                "backoff": Field(Number(static=True), "The factor by which the wait grows; 2.0 when left out."),
            }
        )
    ),
    "When and how often to retry the step.",
)
ROLE = Field(TEXT, "The IAM role the job runs with; the pipeline's role when left out.")
TAGS = Field(MapOf(SCALAR), "Tags of what the step creates.")
ENV = Field(MapOf(SCALAR), "Environment variables.")
NETWORK = Field(
    Record(
        {
            "subnets": Field(ListOf(TEXT, 1), "Subnet ids."),
            "security_groups": Field(ListOf(TEXT, 1), "Security group ids."),
            "isolation": Field(FLAG, "No network access for the container at all."),
            "encrypt_traffic": Field(FLAG, "Encrypt what the instances of one job send each other."),
        }
    ),
    "Where the job stands in the network.",
)
KMS_KEY = Field(TEXT, "The key that encrypts the outputs.")
VOLUME_KMS_KEY = Field(TEXT, "The key that encrypts the instances' volumes.")
MAX_RUNTIME = Field(TEXT, "How long the job may run: `2h`, `90m`, ISO 8601, or seconds.")
INSTANCE_TYPE = Field(TEXT, "The kind of machine, such as ml.m5.xlarge.")
INSTANCE_COUNT = Field(INTEGER, "How many machines; 1 when left out.")
VOLUME_GB = Field(INTEGER, "The size of each machine's volume in GB; 30 when left out.")
FRAMEWORK = Field(
    Record(
        {
            "name": Field(
                STATIC, "The framework: xgboost, sklearn, pytorch, tensorflow, huggingface, spark, ...", True
            ),
            "version": Field(STATIC, "Its version as the image table has it, such as 1.7-1.", True),
            "py_version": Field(STATIC, "The Python version of the image, such as py310."),
            "accelerator": Field(STATIC, "An Elastic Inference accelerator type."),
            "base_version": Field(STATIC, "For huggingface: the framework below, such as pytorch2.1.0."),
        }
    ),
    "A framework container of AWS; resolves to the region's image.",
)
IMAGE = Field(Reference("an image, or the image of a training step"), "The image URI, or `step:image`.")
CODE = Field(
    Either(
        scalar=TEXT,
        members=Record(
            {
                "dir": Field(TEXT, "The folder to ship, or the S3 URI of a `.tar.gz`.", True),
                "entry": Field(STATIC, "The script in it that runs.", True),
                "requirements": Field(
                    STATIC, "A requirements file, shipped as requirements.txt and installed before the script runs."
                ),
            }
        ),
    ),
    "The script: a file, a folder with its entry, or an `s3://` URI. Hashed when compiling, uploaded by `upsert`.",
)
# Members of ExperimentConfig that pipelines refuse: the pipeline sets them.
EXPERIMENT = {
    f"ExperimentConfig.{name}": "the pipeline's own experiment is used"
    for name in ("ExperimentName", "TrialName", "RunName")
}
JOB = {"role": ROLE, "tags": TAGS, "cache": CACHE, "retry": RETRY}


def fields(*groups: dict[str, Field], **own: Field) -> dict[str, Field]:
    """The fields of a step type: the ones every step has, then its own, then `groups`, then `raw`."""
    merged = dict(COMMON) | own
    for group in groups:
        merged |= {name: field for name, field in group.items() if name not in merged}
    return merged | {"raw": RAW}


def as_written(f: MapValue, ctx: Context) -> Request:
    """The request of a type whose members all come from `raw`."""
    return Request(MapValue({}, f.span_of("raw")))


def tags(f: MapValue, span: Span) -> Value | None:
    """`{k: v}` as the service's list of Key and Value, in the author's order; None where there are none."""
    value = f.get("tags")
    if not isinstance(value, MapValue):
        return value
    items = tuple(
        struct(m.value.span, {"Key": text(key, m.key_span), "Value": m.value}) for key, m in value.members.items()
    )
    return ListValue(items, value.span) if items else None


def role(f: MapValue, ctx: Context) -> Value:
    """The step's own role, else the pipeline's."""
    return f.get("role") or ctx.setting("role")


def integer(value: int, span: Span) -> Literal:
    return Literal(value, span, str(value))


def cluster(f: MapValue, ctx: Context) -> dict[str, Value | None]:
    """Instance type, count and volume, as ResourceConfig and ClusterConfig both spell them."""
    return {
        "InstanceType": f.get("instance_type"),
        "InstanceCount": f.get("instance_count") or integer(1, ctx.span),
        "VolumeSizeInGB": f.get("volume_gb") or integer(30, ctx.span),
        "VolumeKmsKeyId": f.get("volume_kms_key"),
    }


def vpc(f: MapValue) -> Value | None:
    """VpcConfig, where subnets or security groups are given."""
    network = f.map("network")
    if network is None or not (network.get("subnets") or network.get("security_groups")):
        return None
    return struct(
        network.span,
        {"Subnets": network.get("subnets"), "SecurityGroupIds": network.get("security_groups")},
    )


def isolation(f: MapValue) -> dict[str, Value | None]:
    """The two network switches, as the request's top level spells them."""
    network = f.map("network")
    if network is None:
        return {}
    return {
        "EnableNetworkIsolation": network.get("isolation"),
        "EnableInterContainerTrafficEncryption": network.get("encrypt_traffic"),
    }


def environment(value: Value | None, more: dict[str, Value] | None = None) -> Value | None:
    """An environment map with `more` behind it; None where empty."""
    if isinstance(value, Hole):
        return value
    own = value.members if isinstance(value, MapValue) else {}
    extra = {k: Member(v, v.span) for k, v in (more or {}).items() if k not in own}
    if not own and not extra:
        return None
    span = value.span if value is not None else next(iter(extra.values())).key_span
    return MapValue({**own, **extra}, span)


def source(name: str, record: MapValue, ctx: Context) -> Value | None:
    """The `from` of an input; None where `raw` stands for all of it. An input with neither is reported."""
    given = record.get("from")
    if given is None and "raw" not in record.members:
        ctx.report("missing-key", f"`{name}` has no `from`", record.span, hint="say where the data lie")
        return Hole(record.span)
    return given


def tail(value: Value) -> str:
    """The file name at the end of an S3 URI; "" where it is known only when running."""
    while isinstance(value, Join):
        value = value.values[-1]
    return value.as_text.rsplit("/", 1)[-1] if isinstance(value, Literal) else ""


def chosen(f: MapValue, keys: tuple[str, ...], ctx: Context) -> MapValue:
    """The fields with one of `keys`: what the step says itself beats a default; two of one rank are reported."""
    given = [key for key in keys if key in f.members]
    written = [key for key in given if key in ctx.step.written]
    rivals = written or given
    if len(rivals) > 1:
        where = f.members[rivals[1]].key_span
        ctx.report("conflicting-keys", f"`{rivals[0]}` and `{rivals[1]}` exclude each other", where)
    return MapValue({k: m for k, m in f.members.items() if k not in given or k in rivals}, f.span)


def stopping(f: MapValue, ctx: Context, default: int | None = None) -> Value | None:
    """StoppingCondition from `max_runtime` (a duration or seconds), else from `default` seconds, else None."""
    given = f.get("max_runtime")
    if given is None:
        return struct(ctx.span, {"MaxRuntimeInSeconds": integer(default, ctx.span)}) if default else None
    seconds = ctx.seconds(given)
    return struct(given.span, {"MaxRuntimeInSeconds": seconds})
