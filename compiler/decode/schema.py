"""The JSON Schema of a document (Draft 2020-12), made from the field tables. Written to `schemas/` by devtools."""

from __future__ import annotations

from typing import Any

from compiler.model.document import DOCUMENT
from compiler.model.kinds import Field, Nullable, Record
from compiler.model.steptype import StepType
from compiler.steps import STEP_TYPES

Schema = dict[str, Any]
NOT_DEFAULTS = ("type", "after", "matrix", "display_name", "description", "raw", "code")
OPERATORS = ("eq", "ne", "gt", "gte", "lt", "lte", "in", "not_in", "between")


def step_schema(step_type: StepType) -> Schema:
    """The schema of one step type's map."""
    schema = Record(step_type.fields).schema() | {"type": "object", "description": step_type.doc}
    schema.pop("pattern")
    schema["properties"]["type"] = {"const": step_type.name, "description": "The step type."}
    return schema


def document_schema() -> Schema:
    """The whole schema: the document, with a definition for each step type."""
    definitions: Schema = {name: step_schema(t) for name, t in STEP_TYPES.items()}
    root = Record(DOCUMENT).schema() | {"type": "object"}
    root.pop("pattern")
    root["properties"]["version"] = {"enum": [1, "1"], "description": DOCUMENT["version"].doc}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "sagepipe pipeline, version 1",
        **root,
        "patternProperties": {"^x-": {"description": "Anything; a place for anchors."}},
        "$defs": {
            "steps": {"type": "object", "additionalProperties": {"$ref": "#/$defs/step"}},
            "step": _step_union(),
            "condition": _condition_schema(),
            "defaults": defaults_record().schema() | {"type": "object"},
            **definitions,
        },
    }


def _step_union() -> Schema:
    """Dispatch by `type`, so that an editor speaks of one step type only."""
    names = list(STEP_TYPES)
    return {
        "type": "object",
        "required": ["type"],
        "properties": {"type": {"enum": names, "description": "The step type."}},
        "allOf": [
            {"if": {"properties": {"type": {"const": n}}, "required": ["type"]}, "then": {"$ref": f"#/$defs/{n}"}}
            for n in names
        ],
    }


def _condition_schema() -> Schema:
    operand: Schema = {
        "description": "A literal, an expression, or `{metric: step:name}`.",
        "type": ["string", "number", "boolean", "object"],
        "properties": {"metric": {"type": "string"}},
        "additionalProperties": False,
        "required": ["metric"],
    }
    comparisons = {op: {**operand, "description": f"The left side {text}."} for op, text in _OPERATOR_DOCS.items()}
    lists = {
        "in": {"type": "array", "items": operand, "minItems": 1, "description": "The left side is one of these."},
        "not_in": {"type": "array", "items": operand, "minItems": 1, "description": "The left side is none of these."},
        "between": {"type": "array", "items": operand, "minItems": 2, "maxItems": 2,
                    "description": "The left side is from the first to the second, both included."},
    }  # fmt: skip
    several = {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/condition"}}
    return {
        "type": "object",
        "properties": {
            "metric": {"type": "string", "description": "The left side: `step:metric`."},
            "value": {**operand, "description": "The left side: an expression or a literal."},
            **comparisons,
            **lists,
            "all": {**several, "description": "All of these hold."},
            "any": {**several, "description": "At least one of these holds."},
            "not": {"$ref": "#/$defs/condition", "description": "This does not hold."},
        },
        "additionalProperties": False,
    }


_OPERATOR_DOCS = {
    "eq": "equals this",
    "ne": "does not equal this",
    "gt": "is greater than this",
    "gte": "is greater than this or equal to it",
    "lt": "is less than this",
    "lte": "is less than this or equal to it",
}


def default_fields() -> dict[str, Field]:
    """The keys that `defaults` may hold for all steps: those that several step types share."""
    counted: dict[str, list[Field]] = {}
    for step_type in STEP_TYPES.values():
        for name, field in step_type.fields.items():
            counted.setdefault(name, []).append(field)
    shared = {n: fs for n, fs in counted.items() if len(fs) > 1 and n not in NOT_DEFAULTS}
    return {n: fs[0] for n, fs in shared.items() if all(f.kind == fs[0].kind for f in fs)}


def type_default_fields(step_type: StepType) -> dict[str, Field]:
    """The keys that `defaults.<step type>` may hold."""
    return {n: Field(Nullable(f.kind), f.doc) for n, f in step_type.fields.items() if n not in ("type", "matrix")}


def defaults_record() -> Record:
    """`defaults`: shared keys, and a map for each step type. Every value may be null, to switch a default off."""
    shared = {n: Field(Nullable(f.kind), f.doc) for n, f in default_fields().items()}
    by_type = {
        t.name: Field(Nullable(Record(type_default_fields(t))), f"Defaults of {t.name} steps.")
        for t in STEP_TYPES.values()
        if t.json_type
    }
    return Record({**shared, **by_type})


def document_root() -> Record:
    """The document as a record; `x-` keys aside."""
    return Record(DOCUMENT)
