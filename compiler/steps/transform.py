"""`transform`: scores a data set with a model, in batches. API: CreateTransformJob."""

from __future__ import annotations

from compiler.model.kinds import Choice, Either, Field, Record, Reference
from compiler.model.pipeline import Step
from compiler.model.steptype import JOB_EXCEPTIONS, Context, Offers, Property, Request, StepType
from compiler.model.values import Hole, MapValue, Value, struct, text
from compiler.steps import parts
from compiler.steps.parts import CACHE, ENV, INTEGER, RETRY, TAGS, TEXT, fields

SOURCE = Reference("an S3 URI, or an output of a step")
INPUT = Either(
    scalar=SOURCE,
    members=Record(
        {
            "from": Field(SOURCE, "Where the data lie: an S3 URI or `step:output`.", True),
            "content_type": Field(TEXT, "The MIME type of the data, such as text/csv."),
            "split_type": Field(
                Choice(("None", "Line", "RecordIO", "TFRecord")), "How files are cut into records; None when left out."
            ),
            "compression": Field(Choice(("none", "gzip")), "Whether the objects are gzipped."),
            "data_type": Field(
                Choice(("prefix", "manifest", "augmented-manifest")), "What `from` names; prefix when left out."
            ),
            "raw": parts.RAW,
        }
    ),
)
OUTPUT = Either(
    scalar=TEXT,
    members=Record(
        {
            "to": Field(TEXT, "Where in S3 the scores go; a folder of this execution and step when left out."),
            "accept": Field(TEXT, "The MIME type to ask the model for, such as text/csv."),
            "assemble_with": Field(
                Choice(("None", "Line")), "How the records' scores are put together; None when left out."
            ),
            "raw": parts.RAW,
        }
    ),
)
WORDS = {
    "prefix": "S3Prefix", "manifest": "ManifestFile", "augmented-manifest": "AugmentedManifestFile", "none": "None",
    "gzip": "Gzip",
}  # fmt: skip


def source(f: MapValue, ctx: Context) -> Value | None:
    """TransformInput."""
    given = f.get("input")
    if given is None or isinstance(given, Hole):
        return given
    record = given if isinstance(given, MapValue) else struct(given.span, {"from": given})
    span = record.span
    kind = text(WORDS.get(record.text("data_type"), "S3Prefix"), record.span_of("data_type"))
    place = struct(span, {"S3DataType": kind, "S3Uri": record.get("from") or Hole(span)})
    packed = record.text("compression")
    members = {
        "DataSource": struct(span, {"S3DataSource": place}),
        "ContentType": record.get("content_type"),
        "CompressionType": text(WORDS[packed], record.span_of("compression")) if packed in WORDS else None,
        "SplitType": record.get("split_type"),
    }
    return ctx.raw(struct(span, members), record)


def target(f: MapValue, ctx: Context) -> Value:
    """TransformOutput; without a place of its own a folder of this execution."""
    given = f.get("output")
    if isinstance(given, Hole):
        return given
    if not isinstance(given, MapValue):
        given = struct(given.span if given else ctx.span, {"to": given})
    members = {
        "S3OutputPath": given.get("to") or ctx.place("output"),
        "Accept": given.get("accept"),
        "AssembleWith": given.get("assemble_with"),
        "KmsKeyId": f.get("kms_key"),
    }
    return ctx.raw(struct(given.span, members), given)


def filters(f: MapValue, ctx: Context) -> Value | None:
    """DataProcessing: what of a record goes to the model, and what comes back with the score."""
    members = {"InputFilter": "input_filter", "OutputFilter": "output_filter", "JoinSource": "join_source"}
    given = {api: f.get(key) for api, key in members.items()}
    return struct(ctx.span, given) if any(given.values()) else None


def build(f: MapValue, ctx: Context) -> Request:
    cluster = {k: v for k, v in parts.cluster(f, ctx).items() if k != "VolumeSizeInGB"}
    arguments = {
        "ModelName": f.get("model_name"),
        "BatchStrategy": f.get("strategy"),
        "MaxPayloadInMB": f.get("max_payload_mb"),
        "Environment": parts.environment(f.get("env")),
        "TransformInput": source(f, ctx),
        "TransformOutput": target(f, ctx),
        "TransformResources": struct(ctx.span, cluster),
        "DataProcessing": filters(f, ctx),
        "Tags": parts.tags(f, ctx.span),
    }
    return Request(struct(ctx.span, arguments))


def offers(step: Step) -> Offers:
    return Offers({"output": Property("TransformOutput.S3OutputPath")})


TRANSFORM = StepType(
    name="transform",
    json_type="Transform",
    doc="Scores a data set with a model, in batches.",
    request="sagemaker:CreateTransformJobRequest",
    describe="sagemaker:DescribeTransformJobResponse",
    unnamed=("TransformJobName",),
    forbidden=parts.EXPERIMENT,
    cache="yes",
    cache_key=("DataProcessing", "Environment", "ModelName", "TransformInput"),
    retry=JOB_EXCEPTIONS,
    offers=offers,
    build=build,
    fields=fields(
        {"env": ENV, "kms_key": parts.KMS_KEY, "volume_kms_key": parts.VOLUME_KMS_KEY},
        {"tags": TAGS, "cache": CACHE, "retry": RETRY},
        model_name=Field(
            Reference("the name of a model, or of a create-model step"), "The model: its name, or `step:name`."
        ),
        instance_type=parts.INSTANCE_TYPE,
        instance_count=parts.INSTANCE_COUNT,
        input=Field(INPUT, "What to score: an S3 URI, `step:output`, or a map."),
        output=Field(OUTPUT, "Where the scores go: an S3 URI, or a map."),
        strategy=Field(Choice(("MultiRecord", "SingleRecord")), "Send the model many records at once, or one."),
        max_payload_mb=Field(INTEGER, "How large one request may be, in MB; 6 when left out, 0 for no limit."),
        input_filter=Field(
            TEXT, "A JSON path: what of each record the model sees. `$[1:]` leaves out the first column."
        ),
        output_filter=Field(TEXT, "A JSON path: what of each scored record is kept."),
        join_source=Field(Choice(("None", "Input")), "`Input` puts each score behind the record it belongs to."),
    ),
)
