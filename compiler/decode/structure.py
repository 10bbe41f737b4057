"""Whether a part of the document has the structure its fields demand, and if not, why.

The field tables say quickly whether all is well. Only where it is not, jsonschema explains against the very schema
that editors use. A misspelt key is read as the key it was probably meant to be and every other faulty node becomes a
gap, so that everything after can go on and one mistake is told once.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from compiler.data import data_path
from compiler.decode.merge import is_null
from compiler.decode.telling import Steps, missing_hint, name_of, wrong_value
from compiler.diagnostics import Report
from compiler.expr.parse import ESCAPE, OPEN
from compiler.model.kinds import Kind
from compiler.syntax import Entry, Gap, Mapping, Node, Scalar, Sequence, Template
from compiler.text import Span, closest

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

Schema = dict[str, Any]


def conform(node: Mapping, kind: Kind, definition: str, what: str, report: Report) -> Mapping:
    """The map as it is when it fits `kind`; else its faults are reported and it comes back with gaps.

    `definition` names the schema: a key of `$defs`, or `properties/<section>`. `what` names the map in messages.
    """
    if kind.fits(node):
        return node
    node, foreign = _respelled(node, _schema(definition), what, report)
    if kind.fits(node):
        return node
    edits = _explain(node, _schema(definition), what, foreign, report)
    if not edits and not has_gap(node):
        raise AssertionError(f"{definition}: the field tables refuse what the schema admits, at {node.span.position}")
    repaired = _rebuild(node, (), edits)
    assert isinstance(repaired, Mapping)
    return repaired


@cache
def _document_schema() -> Schema:
    schema: Schema = json.loads(data_path("schemas", "pipeline.schema.json").read_text("utf-8"))
    return schema


@cache
def _schema(definition: str) -> Schema:
    """The schema of one part, with the parts that have readers of their own left open."""
    schema: Any = _document_schema()
    for key in filter(None, definition.split("/")):
        schema = schema["$defs"][key] if key in schema.get("$defs", {}) else schema[key]
    opened: Schema = _opened(schema)
    if not definition:
        opened["properties"]["version"] = {"type": ["string", "number"]}
    return opened


def _opened(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_opened(s) for s in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return {}
    return {k: _opened(v) for k, v in schema.items()}


def _errors(node: Mapping, schema: Schema) -> list[ValidationError]:
    from jsonschema import Draft202012Validator  # a document whose structure is sound never pays for it

    return sorted(Draft202012Validator(schema).iter_errors(_plain(node)), key=lambda e: str(list(e.path)))


def _respelled(node: Mapping, schema: Schema, what: str, report: Report) -> tuple[Mapping, dict[Steps, str]]:
    """The map with its unknown keys reported, and respelled or dropped; the paths of respelt values, and of maps that
    are foreign: they had no known key.

    What stands under a respelled key may hold unknown keys in its turn.
    """
    foreign: dict[Steps, str] = {}
    while extra := [e for e in _errors(node, schema) if e.validator == "additionalProperties"]:
        edits: dict[Steps, str] = {}
        for error in extra:
            path: Steps = tuple(error.absolute_path)
            at = _node_at(node, path)
            assert isinstance(at, Mapping)
            if not any(key in error.schema["properties"] for key in at.entries):  # type: ignore[index]
                foreign[path] = "foreign"
            edits |= _unknown_keys(at, error.schema, path, name_of(path, what), report)
            foreign |= {
                (*path, edit[1:]): "respelt" for at, edit in edits.items() if edit[0] == "=" and at[:-1] == path
            }
        rebuilt = _rebuild(node, (), edits)
        assert isinstance(rebuilt, Mapping)
        node = rebuilt
    return node, foreign


def _unknown_keys(node: Mapping, schema: Any, path: Steps, name: str, report: Report) -> dict[Steps, str]:
    """Report the unknown keys of one map; how each is respelled (`=key`; `?key`: its value is a gap), or `drop`."""
    edits: dict[Steps, str] = {}
    known = list(schema["properties"])
    free = [key for key in known if key not in node.entries]
    unknown = list(_extra(node, schema))
    lacking = [key for key in schema.get("required", ()) if key in free]
    for entry in unknown:
        near = closest(entry.key.text, lacking) or closest(entry.key.text, known)
        sign = "?" if is_null(entry.value) else "="
        if near is None and len(unknown) == len(lacking) == 1:
            near, sign = lacking[0], "?"
        hint = f"did you mean `{near}`?" if near else f"the keys are {', '.join(known)}" if len(known) <= 12 else ""
        report.add("unknown-key", f"{name} has no key `{entry.key.text}`", entry.key.span, hint=hint)
        edits[(*path, entry.key.text)] = f"{sign}{near}" if near in free else "drop"
        free = [key for key in free if key != near]
    return edits


def _explain(node: Mapping, schema: Schema, what: str, foreign: dict[Steps, str], report: Report) -> dict[Steps, str]:
    """Report what else the schema refuses; what is to become a gap, by its path.

    A map without a single known key is not told in addition what it lacks.
    """
    edits: dict[Steps, str] = {}
    for error in _errors(node, schema):
        if foreign.get(tuple(error.absolute_path)) == "respelt":
            edits[tuple(error.absolute_path)] = "gap"  # a value of another key, under the one that was probably meant
        else:
            _tell(error, node, what, foreign, report, edits)
    return edits


def _plain(node: Node) -> Any:
    match node:
        case Mapping(entries):
            return {k: _plain(e.value) for k, e in entries.items()}
        case Sequence(items):
            return [_plain(item) for item in items]
        case Scalar(str() as value):
            return value.replace(OPEN, ESCAPE)  # text that was escaped is no expression to the schema
        case Scalar(value):
            return value
        case Template():
            return "${{ }}"
        case Gap():
            return None


def _tell(
    error: ValidationError,
    root: Mapping,
    what: str,
    foreign: dict[Steps, str],
    report: Report,
    edits: dict[Steps, str],
) -> None:
    path: Steps = tuple(error.absolute_path)
    node = _node_at(root, path)
    if isinstance(node, Gap):
        return
    name = name_of(path, what)
    match error.validator:
        case "required" if isinstance(node, Mapping):
            for key in list(error.schema["required"]):  # type: ignore[index]
                if key in node.entries or (*path, key) in edits:
                    continue
                if foreign.get(path) != "foreign":
                    where = _key_span(root, path) or (first_key(node) if not path else node.span)
                    hint = missing_hint(key, error.schema)
                    report.add("missing-key", f"{name} has no `{key}`", where, hint=hint)
                edits[(*path, key)] = "gap"
        case _:
            wrong_value(error, node, name, report)
            edits[path] = "gap"


def _extra(node: Mapping, schema: Any) -> Iterator[Entry]:
    for entry in node:
        key = entry.key.text
        if key not in schema.get("properties", {}) and not (key.startswith("x-") and "patternProperties" in schema):
            yield entry


def _node_at(root: Mapping, path: Steps) -> Node:
    node: Node = root
    for key in path:
        match node, key:
            case Mapping(entries), str():
                node = entries[key].value
            case Sequence(items), int():
                node = items[key]
    return node


def first_key(node: Mapping) -> Span:
    """Where a map begins, without all that is in it; a step stands at its name, which no key of it lies in."""
    inside = (e.key.span for e in node if node.span.start <= e.key.span.start < node.span.end)
    return next(inside, node.span)


def _key_span(root: Mapping, path: Steps) -> Span | None:
    """The key under which the map at `path` stands: the place to say that it lacks something."""
    if not path or not isinstance(path[-1], str):
        return None
    parent = _node_at(root, path[:-1])
    return parent.entries[path[-1]].key.span if isinstance(parent, Mapping) else None


def _rebuild(node: Node, path: Steps, edits: dict[Steps, str]) -> Node:
    if path and edits.get(path) == "gap":  # a whole part stays a map, with what its keys could still mean
        return Gap(node.span)
    match node:
        case Mapping(entries):
            kept = {}
            for key, entry in entries.items():
                edit = edits.get((*path, key), "")
                if edit != "drop":
                    name = Scalar(edit[1:], edit[1:], entry.key.span) if edit[:1] in ("=", "?") else entry.key
                    value = Gap(entry.value.span) if edit[:1] == "?" else _rebuild(entry.value, (*path, key), edits)
                    kept[name.text] = Entry(name, value)
            missing = [p[-1] for p, e in edits.items() if p and p[:-1] == path and e == "gap" and p[-1] not in entries]
            kept |= {k: Entry(Scalar(k, k, node.span), Gap(node.span)) for k in missing if isinstance(k, str)}
            return Mapping(kept, node.span)
        case Sequence(items):
            return Sequence(tuple(_rebuild(item, (*path, i), edits) for i, item in enumerate(items)), node.span)
        case _:
            return node


def has_gap(node: Node) -> bool:
    """Whether something in the node was at fault."""
    match node:
        case Mapping():
            return any(has_gap(e.value) for e in node)
        case Sequence(items):
            return any(map(has_gap, items))
        case _:
            return isinstance(node, Gap)
