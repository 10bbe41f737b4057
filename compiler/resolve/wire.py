"""The API's own spelling: plain YAML where `{Get: ...}`, `{Std:Join: ...}`, `{Std:JsonGet: ...}` are references."""

from __future__ import annotations

from compiler.diagnostics import Report
from compiler.expr import STRING, UNKNOWN, Path, Segment
from compiler.expr.parse import Fault, parse_path
from compiler.model.pipeline import Step
from compiler.model.values import (
    FORMS,
    Get,
    Hole,
    Join,
    JsonGet,
    ListValue,
    Literal,
    MapValue,
    Member,
    StepList,
    Value,
    text,
)
from compiler.resolve.loops import iteration_output
from compiler.resolve.names import is_loop
from compiler.resolve.references import EXECUTION, References
from compiler.syntax import Gap, Mapping, Node, Scalar, Sequence, Template
from compiler.text import Span, guess, record

SAMPLES = {
    "Get": "Get: Parameters.Name",
    "Std:Join": "Std:Join: {On: /, Values: [...]}",
    "Std:JsonGet": "Std:JsonGet: {PropertyFile: {Get: Steps.step.PropertyFiles.name}, Path: ...}",
}
ROOTS = ("Parameters", "Execution", "Steps", "ForEach", "IterationOutput", "PipelineExperimentConfig")


@record
class Wire:
    """Reads one tree of the API's spelling. Nulls stay as literals, for whoever merges."""

    references: References
    report: Report
    origin: Step | None

    def value(self, node: Node) -> Value:
        match node:
            case Scalar(value, spelled):
                return Literal(value, node.span, spelled)
            case Template():
                return self._template(node)
            case Sequence(items):
                return ListValue(tuple(self.value(item) for item in items), node.span)
            case Mapping(entries):
                form = next(iter(entries), "") if len(entries) == 1 else ""
                if form in FORMS:
                    return self._form(form, entries[form].value, node.span)
                members = {k: Member(self.value(e.value), e.key.span) for k, e in entries.items()}
                return MapValue(members, node.span)
            case Gap():
                return Hole(node.span)

    def _template(self, node: Template) -> Value:
        values = tuple(
            text(p, node.span) if isinstance(p, str) else self.references.path(p, self.origin) for p in node.parts
        )
        if len(values) == 1 or any(isinstance(v, Hole) for v in values):
            return next((v for v in values if isinstance(v, Hole)), values[0])
        return Join("", values, node.span)

    def _form(self, form: str, node: Node, span: Span) -> Value:
        match form, node:
            case "Get", Scalar(value=str() as path):
                return self.get(path, node.span)
            case "Std:Join", Mapping():
                return self._join(node, span)
            case "Std:JsonGet", Mapping():
                return self._json_get(node, span)
            case _, Gap():
                return Hole(span)
        wants = "the text of a path" if form == "Get" else "a map"
        return self._fault(f"`{form}` wants {wants}", node.span, f"such as `{SAMPLES[form]}`")

    def get(self, path: str, span: Span) -> Value:
        """A `Get` path, bound and checked like the same path in `${{ }}`."""
        exact = span.sub(1, span.end - span.start - 1) if span.end - span.start == len(path) + 2 else span
        parsed = parse_path(path, exact)
        if isinstance(parsed, Fault):
            return self._fault(f"`{path}` is not a path: {parsed.message}", span)
        root, rest = parsed.root, parsed.segments[1:]
        if root not in ROOTS:
            return self._fault(
                f"no `Get` path begins with `{root}`",
                parsed.segments[0].span,
                guess(root, ROOTS) or f"they begin with {', '.join(ROOTS)}",
            )
        if not rest:
            return self._fault(f"`{root}` alone names nothing", span)
        return self._rooted(root, parsed, rest, span)

    def _rooted(self, root: str, path: Path, rest: tuple[Segment, ...], span: Span) -> Value:
        name = str(rest[0].value)
        match root:
            case "Parameters":
                return self.references.parameter(rest, span)
            case "Execution":
                return self._execution(rest, span)
            case "Steps":
                step = self.references.step(name, rest[0].span)
                if step is None:
                    return Hole(span)
                if len(rest) == 1:
                    return self._fault(f"`Steps.{name}` alone has no value", span)
                return self.references.property(step, rest[1:], span)
            case "ForEach":
                return self._item(rest, span)
            case "IterationOutput":
                return self._iteration_output(name, rest, span)
            case _:
                return Get(root, name, rest[1:], STRING, span)

    def _execution(self, rest: tuple[Segment, ...], span: Span) -> Value:
        known = list(EXECUTION.values())
        name = str(rest[0].value)
        if name in known and len(rest) == 1:
            return Get("Execution", name, (), STRING, span)
        self.report.add(
            "unknown-execution-variable",
            f"no execution variable is named `{name}`",
            rest[0].span,
            hint=guess(name, known),
        )
        return Hole(span)

    def _iteration_output(self, name: str, rest: tuple[Segment, ...], span: Span) -> Value:
        if self.origin is None or not is_loop(self.origin):
            self.report.add("item-outside", "`IterationOutput` has a value only in the `Selector` of a for-each", span)
            return Hole(span)
        names = {child.name: child for child in self.origin.children}
        if name not in names:
            if self.references.table.excuses(name):
                return Hole(span)
            message = f"`{name}` is no step of the loop `{self.origin.name}`"
            return self._fault(message, rest[0].span, guess(name, names))
        if len(rest) == 1:
            return self._fault(f"`IterationOutput.{name}` alone has no value", span)
        return iteration_output(self.references.property(names[name], rest[1:], span), self.origin, self.report)

    def _item(self, rest: tuple[Segment, ...], span: Span) -> Value:
        if str(rest[0].value) != "CurrentItem":
            return self._fault("`ForEach` has only `CurrentItem`", rest[0].span)
        if self.origin is None or self.references.table.body_of(self.origin) is None:
            self.report.add(
                "item-outside", "`ForEach.CurrentItem` has a value only inside the steps of a for-each", span
            )
            return Hole(span)
        return Get("ForEach", "CurrentItem", rest[1:], UNKNOWN, span)

    def _join(self, node: Mapping, span: Span) -> Value:
        extra = [e for e in node if e.key.text not in ("On", "Values")]
        values, on = node.get("Values"), node.get("On")
        if extra:
            return self._fault(f"`Std:Join` has no key `{extra[0].key.text}`", extra[0].key.span)
        if not isinstance(values, Sequence):
            where = values.span if values is not None else span
            return self._fault("`Std:Join` wants a list of `Values`", where, "write `Values: [...]`")
        if on is not None and not isinstance(on, Scalar):
            return self._fault("`On` of `Std:Join` must be literal text", on.span)
        items = tuple(self.value(item) for item in values.items)
        for item in items:
            if isinstance(item, (MapValue, ListValue)):
                return self._fault("a map or a list cannot be joined into text", item.span)
            if isinstance(item, Literal) and item.value is None:
                return self._fault("nothing cannot be joined into text", item.span)
        return Join(on.text if on is not None and on.value is not None else "", items, span)

    def _json_get(self, node: Mapping, span: Span) -> Value:
        extra = [e for e in node if e.key.text not in ("PropertyFile", "S3Uri", "Path")]
        path = node.get("Path")
        if extra:
            return self._fault(f"`Std:JsonGet` has no key `{extra[0].key.text}`", extra[0].key.span)
        if not isinstance(path, Scalar):
            return self._fault("`Path` of `Std:JsonGet` must be literal text", path.span if path else span)
        file, uri = node.get("PropertyFile"), node.get("S3Uri")
        if (file is None) == (uri is None):
            return self._fault("`Std:JsonGet` wants exactly one of `PropertyFile` and `S3Uri`", span)
        if uri is not None:
            bound = self.value(uri)
            if not isinstance(bound, (Join, Hole)):
                hint = "write `{Std:Join: {On: /, Values: [...]}}`"
                return self._fault("`S3Uri` of `Std:JsonGet` must be a `Std:Join`", uri.span, hint)
            return JsonGet(path.text, span, uri=bound)
        return self._property_file(file, path.text, span)

    def _property_file(self, file: Node | None, path: str, span: Span) -> Value:
        target = file.get("Get") if isinstance(file, Mapping) else None
        words = target.text.split(".") if isinstance(target, Scalar) else []
        if len(words) != 4 or words[0] != "Steps" or words[2] != "PropertyFiles" or target is None:
            return self._fault(
                "`PropertyFile` wants `{Get: Steps.<step>.PropertyFiles.<name>}`", file.span if file else span
            )
        step = self.references.step(words[1], target.span)
        return JsonGet(path, target.span, step=words[1], file=words[3]) if step else Hole(span)

    def _fault(self, message: str, span: Span, hint: str = "") -> Hole:
        self.report.add("wire-form", message, span, hint=hint)
        return Hole(span)


def merge(base: Value, over: Value) -> Value | None:
    """`over` (from `raw:`) laid on `base`: maps merge, lists and scalars replace, null removes; steps stay."""
    if isinstance(base, StepList):
        return base
    if isinstance(over, Literal) and over.value is None:
        return None
    if not isinstance(over, MapValue) or not isinstance(base, MapValue):
        return _without_nulls(over)
    members = dict(base.members)
    for key, member in over.members.items():
        below = members.get(key)
        merged = merge(below.value, member.value) if below else _without_nulls(member.value)
        if merged is None:
            members.pop(key, None)
        else:
            members[key] = Member(merged, member.key_span)
    return MapValue(members, base.span)


def _without_nulls(value: Value) -> Value | None:
    if isinstance(value, Literal) and value.value is None:
        return None
    if not isinstance(value, MapValue):
        return value
    kept = {k: (m, _without_nulls(m.value)) for k, m in value.members.items()}
    return MapValue({k: Member(v, m.key_span) for k, (m, v) in kept.items() if v is not None}, value.span)
