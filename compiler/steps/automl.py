"""`automl`: lets the service search for a model over tabular data. API: CreateAutoMLJob."""

from __future__ import annotations

from compiler.model.kinds import Choice, Either, Field, Record, Reference
from compiler.model.pipeline import Step
from compiler.model.steptype import JOB_EXCEPTIONS, Context, Offers, Property, Request, StepType
from compiler.model.values import Hole, ListValue, Literal, MapValue, Value, struct, text
from compiler.steps import parts
from compiler.steps.parts import INTEGER, TEXT, fields

SOURCE = Reference("an S3 URI, or an output of a step")
CHANNEL = Either(
    scalar=SOURCE,
    members=Record(
        {
            "from": Field(SOURCE, "Where the data lie: an S3 URI or `step:output`.", True),
            "content_type": Field(TEXT, "The MIME type of the data, such as `text/csv;header=present`."),
            "data_type": Field(
                Choice(("prefix", "manifest", "augmented-manifest")), "What `from` names; prefix when left out."
            ),
            "compression": Field(Choice(("none", "gzip")), "Whether the objects are gzipped."),
            "sample_weight_column": Field(TEXT, "The column that holds the weight of each row."),
            "raw": parts.RAW,
        }
    ),
)
INPUTS = Record(
    {
        "training": Field(CHANNEL, "The data to train on.", True),
        "validation": Field(CHANNEL, "The data to validate with; a part of the training data when left out."),
    }
)
WORDS = {
    "prefix": "S3Prefix", "manifest": "ManifestFile", "augmented-manifest": "AugmentedManifestFile", "none": "None",
    "gzip": "Gzip",
}  # fmt: skip


def channel(name: str, value: Value, f: MapValue, ctx: Context) -> Value:
    """One input channel. API: AutoMLChannel."""
    if isinstance(value, Hole):
        return value
    span = value.span
    record = value if isinstance(value, MapValue) else struct(span, {"from": value})
    kind = WORDS.get(record.text("data_type"), "S3Prefix")
    compression = WORDS.get(record.text("compression"))
    built = {
        "DataSource": struct(span, {
            "S3DataSource": struct(span, {"S3DataType": text(kind, span), "S3Uri": record.get("from") or Hole(span)}),
        }),
        "TargetAttributeName": f.get("target_column"),
        "ContentType": record.get("content_type"),
        "CompressionType": text(compression, record.span_of("compression")) if compression else None,
        "ChannelType": text(name, span),
        "SampleWeightAttributeName": record.get("sample_weight_column"),
    }  # fmt: skip
    return ctx.raw(struct(span, built), record)


def inputs(f: MapValue, ctx: Context) -> Value | None:
    declared = f.get("inputs")
    if not isinstance(declared, MapValue):
        return declared
    return ListValue(tuple(channel(n, v, f, ctx) for n, v in declared.pairs()), declared.span)


def config(f: MapValue, ctx: Context) -> MapValue:
    """AutoMLJobConfig: when to stop, where the jobs stand, and the one mode that pipelines take."""
    runtime = f.get("max_runtime")
    criteria = {
        "MaxCandidates": f.get("max_candidates"),
        "MaxAutoMLJobRuntimeInSeconds": ctx.seconds(runtime) if runtime is not None else None,
    }
    network = f.map("network") or MapValue({}, ctx.span)
    if (isolation := network.get("isolation")) is not None and not _is_false(isolation):
        ctx.report(
            "conflicting-keys",
            "an automl job has no network isolation",
            isolation.span,
            hint="where a default sets it, write `network: {isolation: null}` in this step",
        )
    security = {
        "VolumeKmsKeyId": f.get("volume_kms_key"),
        "EnableInterContainerTrafficEncryption": network.get("encrypt_traffic"),
        "VpcConfig": parts.vpc(f),
    }
    members = {
        "CompletionCriteria": struct(ctx.span, criteria) if any(criteria.values()) else None,
        "SecurityConfig": struct(network.span, security) if any(security.values()) else None,
        "Mode": text("ENSEMBLING", ctx.span),
    }
    return struct(ctx.span, members)


def _is_false(value: Value) -> bool:
    return isinstance(value, Literal) and value.value is False


def build(f: MapValue, ctx: Context) -> Request:
    goal = f.get("objective")
    output = {"S3OutputPath": f.get("output") or ctx.place(), "KmsKeyId": f.get("kms_key")}
    arguments = {
        "InputDataConfig": inputs(f, ctx),
        "OutputDataConfig": struct(f.span_of("output"), output),
        "AutoMLJobConfig": config(f, ctx),
        "RoleArn": parts.role(f, ctx),
        "AutoMLJobObjective": struct(goal.span, {"MetricName": goal}) if goal is not None else None,
        "ProblemType": f.get("problem_type"),
        "Tags": parts.tags(f, ctx.span),
    }
    return Request(struct(ctx.span, arguments))


def offers(step: Step) -> Offers:
    """The first container of the best candidate: its model archive and its image."""
    best = "BestCandidate.InferenceContainers[0]"
    return Offers({"best-model": Property(f"{best}.ModelDataUrl"), "best-image": Property(f"{best}.Image")})


AUTOML = StepType(
    name="automl",
    json_type="AutoML",
    doc="Searches for the best model over tabular data, in ensembling mode.",
    request="sagemaker:CreateAutoMLJobRequest",
    describe="sagemaker:DescribeAutoMLJobResponse",
    unnamed=("AutoMLJobName",),
    required=("AutoMLJobConfig",),
    forbidden={
        "ModelDeployConfig": "pipelines refuse it; deploy the model with steps of its own",
        "GenerateCandidateDefinitionsOnly": "pipelines refuse it",
    },
    together=(("AutoMLJobObjective", "ProblemType"),),
    cache="yes",
    cache_key=(
        "AutoMLJobConfig.CompletionCriteria",
        "AutoMLJobConfig.CandidateGenerationConfig",
        "AutoMLJobConfig.DataSplitConfig",
        "AutoMLJobConfig.Mode",
        "AutoMLJobObjective",
        "InputDataConfig",
        "ProblemType",
    ),
    retry=JOB_EXCEPTIONS,
    extra_properties={"BestCandidateProperties": ("ModelInsightsJsonReportPath", "ExplainabilityJsonReportPath")},
    offers=offers,
    build=build,
    fields=fields(
        {"network": parts.NETWORK, "kms_key": parts.KMS_KEY, "volume_kms_key": parts.VOLUME_KMS_KEY},
        {"max_runtime": parts.MAX_RUNTIME},
        parts.JOB,
        inputs=Field(INPUTS, "The data: `training`, and `validation` where there are some of their own.", True),
        target_column=Field(TEXT, "The column to predict.", True),
        objective=Field(TEXT, "The metric to judge candidates by, such as F1; wants `problem_type` beside it."),
        problem_type=Field(
            TEXT, "BinaryClassification, MulticlassClassification or Regression; wants `objective` beside it."
        ),
        output=Field(TEXT, "Where in S3 models and reports go; a folder of this execution and step when left out."),
        max_candidates=Field(INTEGER, "How many candidates to train at most."),
    ),
)
