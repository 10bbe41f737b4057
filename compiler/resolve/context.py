"""What step types may ask while they build their requests, answered for one step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from compiler.assets import Asset, AssetFault, uri_in
from compiler.decode.settings import missing_setting
from compiler.model.durations import seconds_of
from compiler.model.pipeline import Step
from compiler.model.values import Get, Hole, Join, Literal, MapValue, StepList, Value, text
from compiler.resolve.clauses import lower
from compiler.resolve.code import code_archive, code_file
from compiler.resolve.conditions import ConditionReader
from compiler.resolve.loops import iteration_output
from compiler.resolve.wire import merge
from compiler.shapes.image_choice import Scope
from compiler.text import Span, record

if TYPE_CHECKING:
    from compiler.resolve.builder import Builder


@record
class BuildContext:
    """Implements `compiler.model.steptype.Context` for `step`."""

    builder: Builder
    step: Step

    @property
    def span(self) -> Span:
        return self.step.name_span

    @property
    def pipeline_name(self) -> str:
        return self.builder.settings.text("name")

    def report(self, code: str, message: str, span: Span, *, label: str = "", hint: str = "") -> None:
        if code == "conflicting-keys" and not hint:
            hint = "remove one of the two"
        if code != "missing-key" or not self._misspelt_within(span):
            self.builder.report.add(code, message, span, label=label, hint=hint)

    def _misspelt_within(self, span: Span) -> bool:
        """Whether an unknown key was reported of the map at `span`: it may be the one that is missing."""
        keys = [d.span for d in self.builder.report if d.code == "unknown-key" and d.span is not None]
        return any(k.source.path == span.source.path and span.start <= k.start < span.end for k in keys)

    def setting(self, key: str) -> Value:
        self.builder.references.used.add(("target", key))
        found = self.builder.settings.get(key)
        if found is not None:
            return found
        self.builder.report.extend([missing_setting(key, self.builder.settings.span)])
        return Hole(self.span)

    def text_setting(self, key: str) -> str:
        value = self.setting(key)
        return value.as_text if isinstance(value, Literal) else ""

    def place(self, *parts: str) -> Value:
        if parts and self.builder.table.body_of(self.step) is not None:
            self.report(
                "loop-place",
                f"every iteration would write the output of `{self.step.name}` to the same place",
                self.span,
                hint=f"say where it goes, with the item in it: `to: s3://bucket/{self.step.name}/${{{{ item }}}}`",
            )
            return Hole(self.span)
        bucket = self.setting("bucket")
        if isinstance(bucket, Hole):
            return bucket
        prefix = self.builder.settings.text("prefix").strip("/")
        span = self.span
        execution = Get("Execution", "PipelineExecutionId", (), "string", span)
        head = ["s3:/", self.builder.settings.text("bucket"), *prefix.split("/"), self.pipeline_name]
        values: list[Value] = [text(p, span) for p in head if p]
        values += [execution, *(text(p, span) for p in (self.step.name, *parts))]
        return Join("/", tuple(values), span)

    def image(self, framework: Value | None, scope: Scope, instance: Value | None) -> Value:
        if framework is None:
            self.report("missing-key", f"step `{self.step.name}` has neither `framework` nor `image`", self.span)
            return Hole(self.span)
        if not isinstance(framework, MapValue):
            return Hole(framework.span)
        return self.builder.images.framework(framework, scope, instance)

    def serves(self, framework: MapValue, instance: Value | None) -> bool:
        return self.builder.images.serves(framework, instance)

    def algorithm_image(self, algorithm: Value, instance: Value | None) -> Value:
        return self.builder.images.algorithm(algorithm, instance)

    def code_file(self, code: Value) -> tuple[Value, str]:
        return code_file(self, code)

    def code_archive(self, code: Value) -> tuple[Value, str]:
        return code_archive(self, code)

    def file(self, path: Literal) -> Value:
        return self.uploaded(self.builder.store.file(path.as_text), path.span)

    def file_text(self, path: Literal) -> str | None:
        asset = self.builder.store.peek(path.as_text)
        if isinstance(asset, AssetFault):
            self.report(asset.code, asset.message, path.span, hint=asset.hint)
            return None
        try:
            return asset.content.decode("utf-8")
        except UnicodeDecodeError:
            self.report("encoding", f"`{path.as_text}` is not UTF-8 text", path.span)
            return None

    def inline_file(self, name: str, content: str, span: Span) -> Value:
        return self.uploaded(self.builder.store.generated(name, content.encode()), span)

    def uploaded(self, asset: Asset | AssetFault, span: Span) -> Value:
        """The S3 URI of an asset; a fault is reported."""
        if isinstance(asset, AssetFault):
            self.report(asset.code, asset.message, span, hint=asset.hint)
            return Hole(span)
        if isinstance(self.setting("bucket"), Hole):
            return Hole(span)
        return text(asset_uri(self.builder.settings, asset), span)

    def fields_of(self, step: str) -> MapValue | None:
        return self.builder.fields_of(step)

    def type_of(self, step: str) -> str:
        found = self.builder.table.steps.get(step)
        return found.type.name if found else ""

    def offer(self, step: str, name: str, span: Span) -> Value:
        offers = self.builder.table.offers(step).names if step in self.builder.table.steps else {}
        if name not in offers:
            return Hole(span)
        return self.builder.references.offered(step, offers[name], span, name)

    def seconds(self, value: Value) -> Value:
        if not isinstance(value, Literal):
            return value
        found = seconds_of(value.as_text)
        if isinstance(found, int):
            return Literal(found, value.span, str(found))
        self.report("duration", found.message, value.span, hint=found.hint)
        return Hole(value.span)

    def raw(self, built: MapValue, record: MapValue) -> Value:
        over = record.get("raw")
        return merge(built, over) or Hole(record.span) if over is not None else built

    def children(self, branch: str) -> StepList:
        inside = [s for s in self.step.children if s.branch == branch]
        node = self.step.fields.get(branch)
        return StepList(tuple(self.builder.build(s) for s in inside), node.span if node else self.span)

    def iteration_output(self, value: Value) -> Value:
        return iteration_output(value, self.step, self.builder.report)

    def condition(self, key: str) -> Value:
        node = self.step.node(key)
        if node is None:
            return Hole(self.span)
        binder = self.builder.binder(self.step)
        tree = ConditionReader(binder, self.builder.report).read(node)
        return lower(tree, self.builder.report, node.span) if tree else Hole(node.span)


def asset_uri(settings: MapValue, asset: Asset) -> str:
    """Where an asset is uploaded: `s3://bucket/prefix/pipeline/code/<sha256>/<name>`."""
    places = {key: settings.text(key) for key in ("bucket", "prefix")}
    return uri_of({**places, "pipeline_name": settings.text("name")}, asset)


def uri_of(places: Mapping[str, str], asset: Asset) -> str:
    """The same from the texts of `bucket`, `prefix` and `pipeline_name`."""
    head = [places["bucket"], places.get("prefix", "").strip("/"), places.get("pipeline_name", "")]
    return uri_in(asset, [*head, "code"])
