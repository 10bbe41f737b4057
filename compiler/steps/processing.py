"""`processing`: a container over S3 inputs and outputs. API: CreateProcessingJob."""

from __future__ import annotations

import shlex

from compiler.model.kinds import Choice, Either, Field, ListOf, MapOf, Record, Reference
from compiler.model.pipeline import Step
from compiler.model.steptype import JOB_EXCEPTIONS, Context, Metric, Offer, Offers, Property, Request, StepType, keyed
from compiler.model.values import Hole, ListValue, Literal, MapValue, Member, Value, struct, text, texts
from compiler.steps import parts
from compiler.steps.parts import CODE, ENV, FRAMEWORK, IMAGE, INSTANCE_COUNT, INSTANCE_TYPE, JOB, TEXT, fields
from compiler.steps.propertyfiles import METRICS, PROPERTY_FILES, property_file_names, property_files, static
from compiler.syntax import Mapping
from compiler.text import Span

INPUT_ROOT = "/opt/ml/processing/input"
OUTPUT_ROOT = "/opt/ml/processing/output"

SOURCE = Reference("an S3 URI, or an output of a step")
INPUT = Either(
    scalar=SOURCE,
    members=Record(
        {
            "from": Field(SOURCE, "Where the data lie: an S3 URI or `step:output`; left out where `raw` says it all."),
            "path": Field(TEXT, "The place in the container; /opt/ml/processing/input/<name> when left out."),
            "data_type": Field(Choice(("prefix", "manifest")), "Whether `from` is a prefix or a manifest file."),
            "mode": Field(Choice(("file", "pipe")), "Copy the data first (file), or stream them (pipe)."),
            "distribution": Field(Choice(("replicated", "sharded")), "Give every machine all, or each its share."),
            "compression": Field(Choice(("none", "gzip")), "Whether the objects are gzipped."),
            "raw": parts.RAW,
        }
    ),
)
OUTPUT = Either(
    scalar=TEXT,
    members=Record(
        {
            "path": Field(TEXT, "The place in the container; /opt/ml/processing/output/<name> when left out."),
            "to": Field(TEXT, "Where in S3 it goes; a folder of this execution and step when left out."),
            "upload": Field(Choice(("end", "continuous")), "Upload at the end of the job, or as files appear."),
            "raw": parts.RAW,
        }
    ),
)
WORDS = {
    "prefix": "S3Prefix", "manifest": "ManifestFile", "file": "File", "pipe": "Pipe", "replicated": "FullyReplicated",
    "sharded": "ShardedByS3Key", "none": "None", "gzip": "Gzip", "end": "EndOfJob", "continuous": "Continuous",
}  # fmt: skip


def offers(step: Step) -> Offers:
    """Outputs and metrics, in one namespace."""
    outputs: dict[str, Offer] = {}
    for entry in step.map("outputs") or ():
        name = entry.key.text
        outputs[name] = Property(f"ProcessingOutputConfig.Outputs{keyed(name)}.S3Output.S3Uri")
    metrics: dict[str, Offer] = {}
    files = property_file_names(step)
    for entry in step.map("metrics") or ():
        if isinstance(entry.value, Mapping):
            file, json_path = static(entry.value, "file"), static(entry.value, "json_path")
            metrics[entry.key.text] = Metric(files.get(file, ""), json_path)
    return Offers({**outputs, **metrics}, {"outputs": outputs, "metrics": metrics})


def processing_input(name: str, source: Value, path: Value, span: Span, **words: str) -> MapValue:
    """One ProcessingInput; `words` override the members' defaults."""
    members: dict[str, Value | None] = {"S3Uri": source, "LocalPath": path}
    defaults = {
        "S3DataType": "S3Prefix",
        "S3InputMode": "File",
        "S3DataDistributionType": "FullyReplicated",
        "S3CompressionType": "None",
    }
    members |= {key: text(words.get(key, value), span) for key, value in defaults.items()}
    return struct(span, {"InputName": text(name, span), "S3Input": struct(span, members)})


def processing_output(name: str, to: Value, path: Value, span: Span, upload: str = "EndOfJob") -> MapValue:
    members: dict[str, Value | None] = {"S3Uri": to, "LocalPath": path, "S3UploadMode": text(upload, span)}
    return struct(span, {"OutputName": text(name, span), "S3Output": struct(span, members)})


def _input(name: str, member: Member, ctx: Context) -> Value:
    default = text(f"{INPUT_ROOT}/{name}", member.value.span)
    match member.value:
        case Hole():
            return member.value
        case MapValue() as record:
            words = {
                "S3DataType": "data_type", "S3InputMode": "mode", "S3DataDistributionType": "distribution",
                "S3CompressionType": "compression",
            }  # fmt: skip
            given = {api: WORDS[record.text(key)] for api, key in words.items() if record.text(key) in WORDS}
            source = parts.source(name, record, ctx)
            if source is None:
                return ctx.raw(struct(record.span, {"InputName": text(name, record.span)}), record)
            built = processing_input(name, source, record.get("path") or default, record.span, **given)
            return ctx.raw(built, record)
        case source:
            return processing_input(name, source, default, source.span)


def _output(name: str, member: Member, ctx: Context) -> Value:
    span = member.value.span
    match member.value:
        case Hole():
            return member.value
        case MapValue() as record:
            to = record.get("to") or ctx.place("output", name)
            path = record.get("path") or text(f"{OUTPUT_ROOT}/{name}", span)
            return ctx.raw(
                processing_output(name, to, path, span, WORDS.get(record.text("upload"), "EndOfJob")), record
            )
        case path:
            return processing_output(name, ctx.place("output", name), path, span)


def inputs(f: MapValue, ctx: Context) -> list[Value]:
    declared = f.map("inputs")
    return [_input(n, m, ctx) for n, m in declared.members.items()] if declared else []


def output_config(f: MapValue, ctx: Context) -> Value | None:
    declared = f.get("outputs")
    if not isinstance(declared, MapValue):
        return declared
    items = tuple(_output(n, m, ctx) for n, m in declared.members.items())
    return struct(declared.span, {"Outputs": ListValue(items, declared.span), "KmsKeyId": f.get("kms_key")})


def resources(f: MapValue, ctx: Context) -> MapValue:
    return struct(ctx.span, {"ClusterConfig": struct(ctx.span, parts.cluster(f, ctx))})


def network(f: MapValue) -> Value | None:
    given = f.map("network")
    if given is None:
        return f.get("network")
    members = {
        "EnableInterContainerTrafficEncryption": given.get("encrypt_traffic"),
        "EnableNetworkIsolation": given.get("isolation"),
        "VpcConfig": parts.vpc(f),
    }
    return struct(given.span, members)


def _container(f: MapValue, ctx: Context) -> tuple[MapValue, list[Value]]:
    """AppSpecification, and the inputs that deliver the code."""
    f = parts.chosen(parts.chosen(f, ("framework", "image"), ctx), ("entrypoint", "code"), ctx)
    image = f.get("image") or ctx.image(f.get("framework"), "processing", f.get("instance_type"))
    entrypoint, code_inputs = _entrypoint(f, ctx)
    arguments = f.get("arguments")
    if isinstance(arguments, ListValue) and not arguments.items:
        arguments = None
    specification = {"ImageUri": image, "ContainerArguments": arguments, "ContainerEntrypoint": entrypoint}
    return struct(ctx.span, specification), code_inputs


def _entrypoint(f: MapValue, ctx: Context) -> tuple[Value | None, list[Value]]:
    """What the container runs: the author's own entrypoint, or the code, delivered as an input."""
    code, given = f.get("code"), f.get("command")
    if code is None and given is not None:
        ctx.report("missing-key", "`command` is what runs the code, and there is no `code`", given.span,
                   hint="what a container runs without code is its `entrypoint`")  # fmt: skip
    if code is None or isinstance(code, Hole):
        return f.get("entrypoint"), []
    command = given.items if isinstance(given, ListValue) else (text("python3", code.span),)
    span, folder = code.span, f"{INPUT_ROOT}/code"
    if isinstance(code, MapValue):
        uri, entry = ctx.code_archive(code)
        script = _unpacking(folder, uri, entry, command, ctx)
        entrypoint = texts(["/bin/bash", "-c", script, entry], span)
    else:
        uri, entry = ctx.code_file(code)
        entrypoint = ListValue((*command, text(f"{folder}/{entry}", span)), span)
    return entrypoint, [processing_input("code", uri, text(folder, span), span)]


def _unpacking(folder: str, archive: Value, entry: str, command: tuple[Value, ...], ctx: Context) -> str:
    """The shell script that unpacks an archive, installs its requirements.txt and runs the entry."""
    for word in command:
        if not isinstance(word, (Literal, Hole)):
            ctx.report(
                "runtime-in-compile-slot", "`command` before a folder of code must be known when compiling", word.span
            )
    name = parts.tail(archive)
    if not name and not isinstance(archive, Hole):
        ctx.report("code-name", "the archive's file name cannot be told from this URI", archive.span,
                   hint="end the URI with the file's name")  # fmt: skip
    run = shlex.join([*(word.as_text for word in command if isinstance(word, Literal)), entry])
    install = "{ [ ! -f requirements.txt ] || python3 -m pip install -r requirements.txt; }"
    return f'cd {folder} && tar -xzf {shlex.quote(name)} && {install} && exec {run} "$@"'


def build(f: MapValue, ctx: Context) -> Request:
    application, code_inputs = _container(f, ctx)
    all_inputs = inputs(f, ctx) + code_inputs
    arguments = {
        "ProcessingResources": resources(f, ctx),
        "AppSpecification": application,
        "RoleArn": parts.role(f, ctx),
        "ProcessingInputs": ListValue(tuple(all_inputs), f.span_of("inputs")) if all_inputs else None,
        "ProcessingOutputConfig": output_config(f, ctx),
        "Environment": parts.environment(f.get("env")),
        "NetworkConfig": network(f),
        "StoppingCondition": parts.stopping(f, ctx),
        "Tags": parts.tags(f, ctx.span),
    }
    keys = {"PropertyFiles": property_files(ctx.step, ctx)}
    return Request(struct(ctx.span, arguments), {k: v for k, v in keys.items() if v is not None})


# The API requires neither; a cluster without either has no machines.
MACHINES = (
    ("ProcessingResources.ClusterConfig.InstanceType", "ProcessingResources.ClusterConfig.InstancePreferences"),
)

PROCESSING = StepType(
    name="processing",
    json_type="Processing",
    doc="Runs a container over S3 inputs and writes S3 outputs: preprocessing, evaluation, any script.",
    request="sagemaker:CreateProcessingJobRequest",
    describe="sagemaker:DescribeProcessingJobResponse",
    unnamed=("ProcessingJobName",),
    one_of=MACHINES,
    forbidden=parts.EXPERIMENT,
    cache="yes",
    cache_key=("AppSpecification", "Environment", "ProcessingInputs"),
    retry=JOB_EXCEPTIONS,
    step_keys=("PropertyFiles",),
    offers=offers,
    build=build,
    fields=fields(
        {"env": ENV, "network": parts.NETWORK, "max_runtime": parts.MAX_RUNTIME, "kms_key": parts.KMS_KEY},
        {"volume_kms_key": parts.VOLUME_KMS_KEY, "volume_gb": parts.VOLUME_GB},
        JOB,
        framework=FRAMEWORK,
        image=IMAGE,
        code=CODE,
        command=Field(ListOf(TEXT, 1), "What runs the code; `[python3]` when left out."),
        entrypoint=Field(ListOf(TEXT, 1), "The container's entrypoint, in place of `code`."),
        arguments=Field(ListOf(parts.SCALAR), "Arguments of the script."),
        instance_type=INSTANCE_TYPE,
        instance_count=INSTANCE_COUNT,
        inputs=Field(MapOf(INPUT), "What the job reads: a name to an S3 URI, `step:output`, or a map."),
        outputs=Field(MapOf(OUTPUT), "What the job writes: a name to its place in the container, or a map."),
        metrics=METRICS,
        property_files=PROPERTY_FILES,
    ),
)
