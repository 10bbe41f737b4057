"""What a field may hold. A kind says whether a node fits it and what JSON Schema it has; binding reads by kind too."""

from __future__ import annotations

from collections.abc import Mapping as Map
from typing import Any

from compiler.syntax import Gap, Mapping, Node, Scalar, Sequence, Template
from compiler.text import record

EXPRESSION = r"(^|[^$])\$\{\{"
Schema = dict[str, Any]


@record
class Field:
    """A key of a map: what it holds, what it is for (one sentence, shown in editors), whether it must be there."""

    kind: Kind
    doc: str
    required: bool = False


@record
class Text:
    """Text; a number is taken by its own characters. `static`: no run-time value. `scalar`: booleans as well."""

    static: bool = False
    scalar: bool = False
    wants: str = "text"

    def fits(self, node: Node) -> bool:
        if not isinstance(node, Scalar):
            return isinstance(node, (Template, Gap))
        return node.value is not None and (self.scalar or not isinstance(node.value, bool))

    def schema(self) -> Schema:
        return {"type": ["string", "number", "boolean"] if self.scalar else ["string", "number"]}


@record
class Reference:
    """`step:name`, or a literal. `bare`: the name of a step alone (`base`, `checks`). `wants` names it in messages."""

    wants: str
    bare: bool = False

    def fits(self, node: Node) -> bool:
        if not isinstance(node, Scalar):
            return isinstance(node, (Template, Gap))
        return isinstance(node.value, (str, int, float)) and not isinstance(node.value, bool)

    def schema(self) -> Schema:
        return {"type": ["string", "number"]}


@record
class Number:
    """A number; `whole`: an integer."""

    whole: bool = False
    static: bool = False
    minimum: float | None = None
    maximum: float | None = None

    def fits(self, node: Node) -> bool:
        if not isinstance(node, Scalar):
            return isinstance(node, (Template, Gap))
        value = node.value
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return False
        if self.whole and isinstance(value, float) and not value.is_integer():
            return False
        low, high = self.minimum, self.maximum
        return (low is None or value >= low) and (high is None or value <= high)

    def schema(self) -> Schema:
        schema: Schema = {"type": ["integer" if self.whole else "number", "string"], "pattern": EXPRESSION}
        bounds = {"minimum": self.minimum, "maximum": self.maximum}
        return schema | {k: v for k, v in bounds.items() if v is not None}


@record
class Flag:
    """true or false."""

    static: bool = False

    def fits(self, node: Node) -> bool:
        if not isinstance(node, Scalar):
            return isinstance(node, (Template, Gap))
        return isinstance(node.value, bool)

    def schema(self) -> Schema:
        return {"type": ["boolean", "string"], "pattern": EXPRESSION}


@record
class Choice:
    """One of a few words, known when compiling."""

    words: tuple[str, ...]

    def fits(self, node: Node) -> bool:
        if not isinstance(node, Scalar):
            return isinstance(node, (Template, Gap))
        return node.value in self.words and isinstance(node.value, str)

    def schema(self) -> Schema:
        return {"type": "string", "anyOf": [{"enum": list(self.words)}, {"pattern": EXPRESSION}]}


@record
class ListOf:
    item: Kind
    least: int = 0

    def fits(self, node: Node) -> bool:
        if not isinstance(node, Sequence):
            return isinstance(node, (Template, Gap))
        return len(node.items) >= self.least and all(map(self.item.fits, node.items))

    def schema(self) -> Schema:
        schema: Schema = {"type": ["array", "string"], "pattern": EXPRESSION, "items": self.item.schema()}
        return schema | ({"minItems": self.least} if self.least else {})


@record
class MapOf:
    """A map whose keys the author chooses."""

    value: Kind
    least: int = 0

    def fits(self, node: Node) -> bool:
        if not isinstance(node, Mapping):
            return isinstance(node, (Template, Gap))
        return len(node.entries) >= self.least and all(self.value.fits(e.value) for e in node)

    def schema(self) -> Schema:
        schema: Schema = {
            "type": ["object", "string"],
            "pattern": EXPRESSION,
            "additionalProperties": self.value.schema(),
        }
        return schema | ({"minProperties": self.least} if self.least else {})


@record
class Record:
    """A map whose keys we choose. `extra` admits keys of the author's own (`x-…`)."""

    fields: Map[str, Field]
    title: str = ""

    def fits(self, node: Node) -> bool:
        if not isinstance(node, Mapping):
            return isinstance(node, (Template, Gap))
        fields = self.fields
        for key, entry in node.entries.items():
            field = fields.get(key)
            if field is None or not field.kind.fits(entry.value):
                return False
        return all(name in node.entries for name, field in fields.items() if field.required)

    def schema(self) -> Schema:
        return {
            "type": ["object", "string"],
            "pattern": EXPRESSION,
            "properties": {n: {"description": f.doc} | f.kind.schema() for n, f in self.fields.items()},
            "required": [n for n, f in self.fields.items() if f.required],
            "additionalProperties": False,
        }


@record
class Either:
    """A choice by the shape of the node: a scalar, a list or a map, each with a kind of its own."""

    scalar: Kind | None = None
    items: Kind | None = None
    members: Kind | None = None

    def branch(self, node: Node) -> Kind | None:
        """The kind that a node of this shape is read by."""
        match node:
            case Sequence():
                return self.items
            case Mapping():
                return self.members
            case _:
                return self.scalar or self.items or self.members

    def fits(self, node: Node) -> bool:
        kind = self.branch(node)
        return kind is not None and kind.fits(node)

    def schema(self) -> Schema:
        """JSON Schema keywords bind only their own type, so the branches lie side by side in one schema."""
        merged: Schema = {"type": []}
        for kind in (self.scalar, self.items, self.members):
            if kind is None:
                continue
            schema = kind.schema()
            types = schema.pop("type")
            merged["type"] += [types] if isinstance(types, str) else types
            merged |= schema
        types = list(dict.fromkeys(merged["type"]))
        if isinstance(self.scalar, (Text, Reference, Choice)):
            merged.pop("pattern", None)
        elif "string" in types and self.scalar is None:
            merged["pattern"] = EXPRESSION
        return merged | {"type": types}


@record
class Nullable:
    """A kind, or null, which switches off what stands below in a merge; it is gone before anything is bound."""

    kind: Kind

    def fits(self, node: Node) -> bool:
        return (isinstance(node, Scalar) and node.value is None) or self.kind.fits(node)

    def schema(self) -> Schema:
        schema = self.kind.schema()
        types = schema.get("type", [])
        admitted: Schema = {"type": [types, "null"] if isinstance(types, str) else [*types, "null"]} if types else {}
        if "anyOf" in schema:
            admitted["anyOf"] = [*schema["anyOf"], {"type": "null"}]
        return schema | admitted


@record
class Anything:
    """Any node: `raw`, `variables`, the service's own spelling. `shape`: only a map, or only a list."""

    shape: str = ""

    def fits(self, node: Node) -> bool:
        match self.shape:
            case "map":
                return isinstance(node, (Mapping, Gap))
            case _:
                return True

    def schema(self) -> Schema:
        return {"type": "object"} if self.shape == "map" else {}


@record
class Nested:
    """A part with a definition of its own in the schema: steps, a condition. Whoever reads it checks its structure."""

    definition: str

    def fits(self, node: Node) -> bool:
        return True

    def schema(self) -> Schema:
        return {"$ref": f"#/$defs/{self.definition}"}


Kind = Text | Reference | Number | Flag | Choice | ListOf | MapOf | Record | Either | Nullable | Anything | Nested
