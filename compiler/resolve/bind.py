"""Nodes to values, by the kind of field they stand in."""

from __future__ import annotations

from compiler.diagnostics import Report
from compiler.model.kinds import (
    Anything,
    Choice,
    Either,
    Field,
    Flag,
    Kind,
    ListOf,
    MapOf,
    Nested,
    Nullable,
    Number,
    Record,
    Reference,
    Text,
)
from compiler.model.pipeline import Step
from compiler.model.values import Hole, Join, ListValue, Literal, MapValue, Member, Value, text
from compiler.resolve.meant import reference_meant
from compiler.resolve.references import REFERENCE, References
from compiler.resolve.wire import Wire
from compiler.syntax import Entry, Gap, Mapping, Node, Scalar, Sequence, Template
from compiler.text import Span, record


@record
class Binder:
    """Binds the fields of one step (`origin`), or of the pipeline's settings (None)."""

    references: References
    report: Report
    origin: Step | None

    def bind(self, kind: Kind, node: Node, slot: str) -> Value:
        """The value of a node that fits `kind`. `slot` names the field in messages."""
        if isinstance(node, Gap):
            return Hole(node.span)
        match kind:
            case Text():
                return self._text(kind, node, slot)
            case Reference():
                return self._reference(kind, node, slot)
            case Number():
                return self._number(kind, node, slot)
            case Flag(static):
                return self._scalar(node, static, slot)
            case Choice():
                return self._scalar(node, True, slot)
            case ListOf(item):
                return self._list(item, node, slot)
            case MapOf(value):
                return self._map(value, node, slot)
            case Record():
                return self._record(kind, node, slot)
            case Either():
                branch = kind.branch(node)
                return self.bind(branch, node, slot) if branch else Hole(node.span)
            case Anything(shape):
                return self._anything(node, shape == "map", slot)
            case Nullable(inner):
                return self.bind(inner, node, slot)
            case Nested():
                return Hole(node.span)

    def _anything(self, node: Node, map_only: bool, slot: str) -> Value:
        bound = Wire(self.references, self.report, self.origin).value(node)
        if map_only and not isinstance(bound, (MapValue, Hole)):
            return self._collection_fault(node, slot, "a map")
        return bound

    def _scalar(self, node: Node, static: bool, slot: str) -> Value:
        match node:
            case Scalar(value, spelled):
                return Literal(value, node.span, spelled)
            case Template():
                return self._static_fault(node, slot) if static else self.template(node)
            case _:
                return Hole(node.span)

    def _text(self, kind: Text, node: Node, slot: str) -> Value:
        if isinstance(node, Scalar) and not kind.scalar:
            return text(node.value if isinstance(node.value, str) else node.text, node.span)
        return self._scalar(node, kind.static, slot)

    def _number(self, kind: Number, node: Node, slot: str) -> Value:
        if kind.whole and isinstance(node, Scalar) and isinstance(node.value, float):
            return Literal(int(node.value), node.span, node.text)
        return self._scalar(node, kind.static, slot)

    def _reference(self, kind: Reference, node: Node, slot: str) -> Value:
        if isinstance(node, Template):
            return self._static_fault(node, slot) if kind.bare else self.template(node)
        if not isinstance(node, Scalar):
            return Hole(node.span)
        word = node.value if isinstance(node.value, str) else node.text
        span = unquoted(node)
        if kind.bare:
            return self._step_name(word, span, slot)
        if REFERENCE.fullmatch(word) or (":" in word and word.partition(":")[0] in self.references.table.steps):
            return self.references.reference(word, span, self.origin)
        if word in self.references.table.steps:
            return self._bare_step(word, span, slot, kind)
        if "." in word and (meant := reference_meant(word, self.references.table)):
            self.report.add("wrong-notation", f"`{word}` is plain text here", span, hint=f"write `{meant}`")
            return Hole(span)
        return text(word, node.span)

    def _step_name(self, word: str, span: Span, slot: str) -> Value:
        if ":" in word:
            name = word.partition(":")[0]
            self.report.add(
                "wrong-notation", f"{slot} takes the name of a step alone, found `{word}`", span, hint=f"write `{name}`"
            )
            return Hole(span)
        return text(word, span) if self.references.step(word, span) else Hole(span)

    def _bare_step(self, word: str, span: Span, slot: str, kind: Reference) -> Hole:
        offers = [n for n in self.references.table.offers(word).names if not n.startswith("model-")]
        fitting = next((n for n in offers if n in kind.wants.split()), offers[0] if offers else "")
        hint = f"write `{word}:{fitting}`" if offers else f"step `{word}` offers nothing to refer to"
        self.report.add("wrong-notation", f"{slot} takes {kind.wants}, and `{word}` alone is a step", span, hint=hint)
        return Hole(span)

    def _list(self, item: Kind, node: Node, slot: str) -> Value:
        if isinstance(node, Template):
            return self._collection_fault(node, slot, "a list")
        assert isinstance(node, Sequence)
        return ListValue(tuple(self.bind(item, child, f"an item of {slot}") for child in node.items), node.span)

    def _map(self, value: Kind, node: Node, slot: str) -> Value:
        if isinstance(node, Template):
            return self._collection_fault(node, slot, "a map")
        assert isinstance(node, Mapping)
        members = {k: Member(self.bind(value, e.value, f"`{k}`"), e.key.span) for k, e in node.entries.items()}
        return MapValue(members, node.span)

    def _record(self, kind: Record, node: Node, slot: str) -> Value:
        if isinstance(node, Template):
            return self._collection_fault(node, slot, "a map")
        assert isinstance(node, Mapping)
        members = {}
        for key, entry in node.entries.items():
            field = kind.fields.get(key)
            if field is not None and not isinstance(field.kind, Nested):
                members[key] = self.member(field, entry)
        return MapValue(members, node.span)

    def member(self, field: Field, entry: Entry) -> Member:
        """The value of one key of a record."""
        return Member(self.bind(field.kind, entry.value, f"`{entry.key.text}`"), entry.key.span)

    def template(self, node: Template) -> Value:
        """Text with expressions: a reference when it is exactly one, else a Join."""
        if (whole := node.whole) is not None:
            return self.references.path(whole, self.origin)
        values = tuple(
            text(part, node.span) if isinstance(part, str) else self.references.path(part, self.origin)
            for part in node.parts
        )
        if any(isinstance(v, Hole) for v in values):
            return Hole(node.span)
        return Join("", values, node.span)

    def _static_fault(self, node: Template, slot: str) -> Hole:
        self.report.add(
            "runtime-in-compile-slot",
            f"{slot} must be known when compiling, and this is known only when running",
            next(part.span for part in node.parts if not isinstance(part, str)),
            hint="use a `${{ variables.… }}` or `${{ target.… }}` value, or write it out",
        )
        return Hole(node.span)

    def _collection_fault(self, node: Node, slot: str, what: str) -> Hole:
        self.report.add(
            "runtime-in-compile-slot",
            f"{slot} wants {what}, and a run-time value cannot stand for one",
            node.span,
            hint="put the run-time value inside, one for each item, or use a variable",
        )
        return Hole(node.span)


def unquoted(node: Scalar) -> Span:
    """The place of a scalar's characters, without its quotes."""
    span = node.span
    if not node.plain and span.end - span.start == len(node.text) + 2:
        return span.sub(1, span.end - span.start - 1)
    return span
