"""`training`: script mode, an algorithm of AWS, or a plain image. API: CreateTrainingJob."""

from __future__ import annotations

import json

from compiler.model.kinds import Choice, Either, Field, MapOf, Record, Reference
from compiler.model.pipeline import Step
from compiler.model.steptype import JOB_EXCEPTIONS, Context, Offer, Offers, Property, Request, StepType, keyed
from compiler.model.values import Hole, ListValue, Literal, MapValue, Member, Value, struct, text
from compiler.steps import parts
from compiler.steps.parts import CODE, ENV, FLAG, FRAMEWORK, IMAGE, SCALAR, STATIC, TEXT, fields
from compiler.text import Span

ONE_DAY = 86_400
CONTAINERS = ("framework", "algorithm", "image")
SOURCE = Reference("an S3 URI, or an output of a step")
CHANNEL = Either(
    scalar=SOURCE,
    members=Record(
        {
            "from": Field(SOURCE, "Where the data lie: an S3 URI or `step:output`; left out where `raw` says it all."),
            "content_type": Field(TEXT, "The MIME type of the data, such as text/csv."),
            "data_type": Field(
                Choice(("prefix", "manifest", "augmented-manifest")), "What `from` names; prefix when left out."
            ),
            "input_mode": Field(Choice(("File", "Pipe", "FastFile")), "How the data reach this channel."),
            "distribution": Field(Choice(("replicated", "sharded")), "Give every machine all, or each its share."),
            "compression": Field(Choice(("none", "gzip")), "Whether the objects are gzipped."),
            "record_wrapper": Field(Choice(("none", "recordio")), "Wrap each record in RecordIO."),
            "raw": parts.RAW,
        }
    ),
)
CHECKPOINT = Either(
    scalar=TEXT,
    members=Record(
        {
            "to": Field(TEXT, "Where in S3 checkpoints are kept.", True),
            "path": Field(TEXT, "Their place in the container; /opt/ml/checkpoints when left out."),
        }
    ),
)
SPOT = Either(
    scalar=FLAG,
    members=Record({"max_wait": Field(TEXT, "How long to wait for spot machines and run, together.", True)}),
)
WORDS = {
    "prefix": "S3Prefix", "manifest": "ManifestFile", "augmented-manifest": "AugmentedManifestFile",
    "replicated": "FullyReplicated", "sharded": "ShardedByS3Key", "none": "None", "gzip": "Gzip",
    "recordio": "RecordIO",
}  # fmt: skip

CHANNEL_WORDS = ("data_type", "distribution", "compression", "record_wrapper")


def offers(step: Step) -> Offers:
    """The model, the image, the job's name, and final metrics: the declared ones, or any the container reports."""
    names: dict[str, Offer] = {
        "model": Property("ModelArtifacts.S3ModelArtifacts"),
        "image": Property("AlgorithmSpecification.TrainingImage"),
        "job_name": Property("TrainingJobName"),
    }
    declared = step.map("metric_definitions")
    if declared is None:
        return Offers(names, {"metrics": {}}, final_metric)
    metrics: dict[str, Offer] = {e.key.text: final_metric(e.key.text) for e in declared}
    return Offers({**names, **metrics}, {"metrics": metrics})


def final_metric(name: str) -> Offer:
    return Property(f"FinalMetricDataList{keyed(name)}.Value")


def channel(name: str, member: Member, ctx: Context) -> Value:
    """One input channel. API: Channel."""
    value = member.value
    if isinstance(value, Hole):
        return value
    span = value.span
    record = value if isinstance(value, MapValue) else struct(span, {"from": value})
    words = {key: WORDS[record.text(key)] for key in CHANNEL_WORDS if record.text(key) in WORDS}
    built = {
        "DataSource": _data_source(parts.source(name, record, ctx), words, span),
        "ContentType": record.get("content_type"),
        "CompressionType": text(words["compression"], span) if "compression" in words else None,
        "RecordWrapperType": text(words["record_wrapper"], span) if "record_wrapper" in words else None,
        "InputMode": record.get("input_mode"),
        "ChannelName": text(name, member.key_span),
    }
    return ctx.raw(struct(span, built), record)


def _data_source(source: Value | None, words: dict[str, str], span: Span) -> Value | None:
    if source is None:
        return None
    s3 = {
        "S3DataType": text(words.get("data_type", "S3Prefix"), span),
        "S3Uri": source,
        "S3DataDistributionType": text(words.get("distribution", "FullyReplicated"), span),
    }
    return struct(span, {"S3DataSource": struct(span, s3)})


def channels(f: MapValue, ctx: Context) -> Value | None:
    declared = f.get("inputs")
    if not isinstance(declared, MapValue):
        return declared
    items = tuple(channel(n, m, ctx) for n, m in declared.members.items())
    return ListValue(items, declared.span) if items else None


def image(f: MapValue, ctx: Context) -> Value | None:
    """The container: one of `framework`, `algorithm` and `image`; None where `raw` must say it."""
    if (algorithm := f.get("algorithm")) is not None:
        return ctx.algorithm_image(algorithm, f.get("instance_type"))
    if (framework := f.get("framework")) is not None:
        return ctx.image(framework, "training", f.get("instance_type"))
    return f.get("image")


def algorithm(f: MapValue, ctx: Context) -> MapValue:
    definitions = f.map("metric_definitions")
    metrics = [
        struct(m.value.span, {"Name": text(name, m.key_span), "Regex": m.value})
        for name, m in (definitions.members.items() if definitions else ())
    ]
    members = {
        "TrainingInputMode": f.get("input_mode") or text("File", ctx.span),
        "TrainingImage": image(f, ctx),
        "MetricDefinitions": ListValue(tuple(metrics), f.span_of("metric_definitions")) if metrics else None,
    }
    return struct(ctx.span, members)


def encoded(value: Value) -> Value:
    """A hyperparameter as script mode takes it: JSON in a string, as SDK 2.x writes it."""
    if not isinstance(value, Literal):
        return value
    spelled = json.dumps(value.value)
    return Literal(spelled, value.span, spelled)


def hyperparameters(f: MapValue, ctx: Context, ranged: tuple[str, ...] = ()) -> Value | None:
    """The static hyperparameters, without the ranged ones; script mode adds where its code is."""
    given = f.get("hyperparameters")
    if isinstance(given, Hole):
        return given
    own = {k: m for k, m in (given.members if isinstance(given, MapValue) else {}).items() if k not in ranged}
    script = f.get("code")
    if script is not None:
        own = {k: Member(encoded(m.value), m.key_span) for k, m in own.items()}
        own |= {k: Member(v, v.span) for k, v in script_mode(script, ctx).items()}
    return MapValue(own, f.span_of("hyperparameters")) if own else None


def script_mode(code: Value, ctx: Context) -> dict[str, Value]:
    """The hyperparameters by which a framework container finds its script."""
    if isinstance(code, Hole):
        return {}
    uri, entry = ctx.code_archive(code)
    plain: dict[str, Value] = {
        "sagemaker_submit_directory": uri,
        "sagemaker_program": text(entry, code.span),
        "sagemaker_container_log_level": parts.integer(20, code.span),
        "sagemaker_region": text(ctx.text_setting("region"), code.span),
    }
    return {key: encoded(value) for key, value in plain.items()}


def output(f: MapValue, ctx: Context) -> MapValue:
    return struct(f.span_of("output"), {"S3OutputPath": f.get("output") or ctx.place(), "KmsKeyId": f.get("kms_key")})


def checkpoint(f: MapValue) -> Value | None:
    given = f.get("checkpoint")
    if given is None or isinstance(given, Hole):
        return given
    if isinstance(given, MapValue):
        return struct(given.span, {"S3Uri": given.get("to"), "LocalPath": given.get("path")})
    return struct(given.span, {"S3Uri": given})


def stopping(f: MapValue, ctx: Context) -> Value | None:
    """The limits of the job. On spot machines the service wants to know how long to wait and run together: `max_wait`,
    or where it is left out no longer than the job may run."""
    condition = parts.stopping(f, ctx, ONE_DAY)
    spot = f.get("spot")
    if not isinstance(condition, MapValue) or not isinstance(spot, (MapValue, Literal)) or _off(spot):
        return condition
    runtime = condition.members["MaxRuntimeInSeconds"].value
    given = spot.get("max_wait") if isinstance(spot, MapValue) else None
    wait = ctx.seconds(given) if given is not None else runtime
    match wait, runtime:
        case Literal(value=int() as longest), Literal(value=int() as running) if longest < running:
            ctx.report("out-of-range", f"`max_wait` is {longest} seconds, and the job may run for {running}", wait.span,
                       hint="waiting and running together take at least as long as `max_runtime`")  # fmt: skip
    return MapValue({**condition.members, "MaxWaitTimeInSeconds": Member(wait, wait.span)}, condition.span)


def spot(f: MapValue) -> Value | None:
    given = f.get("spot")
    return Literal(True, given.span) if isinstance(given, MapValue) else given


def _off(value: Value) -> bool:
    return isinstance(value, Literal) and value.value is False


def job(f: MapValue, ctx: Context, ranged: tuple[str, ...] = ()) -> dict[str, Value | None]:
    """The members that a training job and a tuning job's training definition share."""
    f = parts.chosen(parts.chosen(f, CONTAINERS, ctx), ("algorithm", "code"), ctx)
    return {
        "AlgorithmSpecification": algorithm(f, ctx),
        "OutputDataConfig": output(f, ctx),
        "StoppingCondition": stopping(f, ctx),
        "ResourceConfig": struct(ctx.span, parts.cluster(f, ctx)),
        "RoleArn": parts.role(f, ctx),
        "InputDataConfig": channels(f, ctx),
        "HyperParameters": hyperparameters(f, ctx, ranged),
        "Environment": parts.environment(f.get("env")),
        "VpcConfig": parts.vpc(f),
        **parts.isolation(f),
        "EnableManagedSpotTraining": spot(f),
        "CheckpointConfig": checkpoint(f),
    }


def build(f: MapValue, ctx: Context) -> Request:
    return Request(struct(ctx.span, {**job(f, ctx), "Tags": parts.tags(f, ctx.span)}))


TRAINING_FIELDS: dict[str, Field] = {
    "framework": FRAMEWORK,
    "algorithm": Field(
        Either(
            scalar=STATIC,
            members=Record(
                {
                    "name": Field(STATIC, "The algorithm: xgboost, linear-learner, kmeans, ...", True),
                    "version": Field(STATIC, "Its version, where it has several."),
                }
            ),
        ),
        "A built-in algorithm of AWS, in place of `framework` and `code`.",
    ),
    "image": IMAGE,
    "code": CODE,
    "instance_type": parts.INSTANCE_TYPE,
    "instance_count": parts.INSTANCE_COUNT,
    "inputs": Field(MapOf(CHANNEL), "The channels: a name to an S3 URI, `step:output`, or a map."),
    "hyperparameters": Field(MapOf(SCALAR), "Hyperparameters; script mode passes them JSON-encoded."),
    "metric_definitions": Field(MapOf(TEXT), "Metrics to read from the log: a name to a regular expression."),
    "output": Field(TEXT, "Where in S3 the model goes; a folder of this execution and step when left out."),
    "spot": Field(
        SPOT,
        "Train on spot machines; `{max_wait: 8h}` bounds waiting and running together, `max_runtime` where left out.",
    ),
    "checkpoint": Field(CHECKPOINT, "Keep checkpoints in S3: an URI, or `{to, path}`."),
    "input_mode": Field(Choice(("File", "Pipe", "FastFile")), "How data reach the container; File when left out."),
    "env": ENV,
    "network": parts.NETWORK,
    "kms_key": parts.KMS_KEY,
    "volume_kms_key": parts.VOLUME_KMS_KEY,
    "volume_gb": parts.VOLUME_GB,
    "max_runtime": parts.MAX_RUNTIME,
}

TRAINING = StepType(
    name="training",
    json_type="Training",
    doc="Trains a model: your script in a framework container, an algorithm of AWS, or an image of yours.",
    request="sagemaker:CreateTrainingJobRequest",
    describe="sagemaker:DescribeTrainingJobResponse",
    unnamed=("TrainingJobName",),
    one_of=(
        ("AlgorithmSpecification.TrainingImage", "AlgorithmSpecification.AlgorithmName"),
        ("ResourceConfig.InstanceType", "ResourceConfig.InstanceGroups", "ResourceConfig.InstancePreferences"),
    ),
    cache="yes",
    forbidden=parts.EXPERIMENT,
    cache_key=(
        "AlgorithmSpecification",
        "CheckpointConfig",
        "DebugHookConfig",
        "DebugRuleConfigurations",
        "Environment",
        "HyperParameters",
        "InputDataConfig",
    ),
    retry=JOB_EXCEPTIONS,
    offers=offers,
    build=build,
    fields=fields(TRAINING_FIELDS, parts.JOB),
)
