"""`training`: script mode, an algorithm of AWS, or a plain image. API: CreateTrainingJob."""

from __future__ import annotations

import json

from compiler.model.kinds import Choice, Either, Field, MapOf, Record, Reference
from compiler.model.pipeline import Step
from compiler.model.steptype import JOB_EXCEPTIONS, Context, Offer, Offers, Property, Request, StepType
from compiler.model.values import Hole, ListValue, Literal, MapValue, Member, Value, struct, text
from compiler.steps import parts
from compiler.steps.parts import CODE, ENV, FLAG, FRAMEWORK, IMAGE, SCALAR, STATIC, TEXT, fields

ONE_DAY = 86_400
SOURCE = Reference("an S3 URI, or an output of a step")
CHANNEL = Either(
    scalar=SOURCE,
    members=Record(
        {
            "from": Field(SOURCE, "Where the data lie: an S3 URI or `step:output`.", True),
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
    return Property(f"FinalMetricDataList['{name}'].Value")


def channel(name: str, member: Member, ctx: Context) -> Value:
    value = member.value
    if isinstance(value, Hole):
        return value
    record = value if isinstance(value, MapValue) else None
    source = (record.get("from") or Hole(record.span)) if record else value
    word = {key: WORDS[record.text(key)] for key in ("data_type", "distribution", "compression", "record_wrapper")
            if record and record.text(key) in WORDS}  # fmt: skip
    span = value.span
    s3: dict[str, Value | None] = {
        "S3DataType": text(word.get("data_type", "S3Prefix"), span),
        "S3Uri": source,
        "S3DataDistributionType": text(word.get("distribution", "FullyReplicated"), span),
    }
    built = struct(span, {
        "DataSource": struct(span, {"S3DataSource": struct(span, s3)}),
        "ContentType": record.get("content_type") if record else None,
        "CompressionType": text(word["compression"], span) if "compression" in word else None,
        "RecordWrapperType": text(word["record_wrapper"], span) if "record_wrapper" in word else None,
        "InputMode": record.get("input_mode") if record else None,
        "ChannelName": text(name, member.key_span),
    })  # fmt: skip
    return ctx.raw(built, record) if record else built


def channels(f: MapValue, ctx: Context) -> Value | None:
    declared = f.get("inputs")
    if not isinstance(declared, MapValue):
        return declared
    items = tuple(channel(n, m, ctx) for n, m in declared.members.items())
    return ListValue(items, declared.span) if items else None


def image(f: MapValue, ctx: Context) -> Value | None:
    """The container: one of `framework`, `algorithm` and `image`; None where `raw` must say it."""
    given = [key for key in ("framework", "algorithm", "image") if key in f.members]
    if len(given) > 1:
        ctx.report("conflicting-keys", f"`{given[0]}` and `{given[1]}` exclude each other", f.span_of(given[1]))
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
    spelled = json.dumps(value.value, ensure_ascii=False)
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
    condition = parts.stopping(f, ctx, ONE_DAY)
    spot = f.map("spot")
    if spot is None or not isinstance(condition, MapValue):
        return condition
    wait = ctx.seconds(spot.get("max_wait") or Hole(spot.span))
    return MapValue({**condition.members, "MaxWaitTimeInSeconds": Member(wait, wait.span)}, condition.span)


def spot(f: MapValue) -> Value | None:
    given = f.get("spot")
    return Literal(True, given.span) if isinstance(given, MapValue) else given


def job(f: MapValue, ctx: Context, ranged: tuple[str, ...] = ()) -> dict[str, Value | None]:
    """The members that a training job and a tuning job's training definition share."""
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
    "spot": Field(SPOT, "Train on spot machines; `{max_wait: 8h}` bounds waiting and running together."),
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
