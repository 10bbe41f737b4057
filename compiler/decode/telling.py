"""How a fault of the structure is told: what is there, what is wanted, what to write instead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from compiler.diagnostics import Report
from compiler.model.kinds import EXPRESSION
from compiler.syntax import Mapping, Node, Scalar, Sequence
from compiler.text import guess

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

Steps = tuple[str | int, ...]
SINGULAR: dict[str | int, str] = {"targets": "target", "parameters": "parameter"}
SWITCHES = {"yes": "true", "on": "true", "no": "false", "off": "false"}
SHORT = 40


def name_of(path: Steps, what: str) -> str:
    """The map or value at a path, as messages name it."""
    if not path:
        return what
    if len(path) == 2 and path[0] in SINGULAR:
        return f"{SINGULAR[path[0]]} `{path[1]}`"
    return f"`{path[-1]}`" if isinstance(path[-1], str) else f"item {path[-1]}"


def missing_hint(key: str, schema: Any) -> str:
    """How to give a key that is missing: what it is for, as the schema says."""
    doc = str(schema.get("properties", {}).get(key, {}).get("description", "")).rstrip(".")
    return f"add `{key}`: {doc[:1].lower()}{doc[1:]}" if doc else f"add `{key}`"


def wrong_value(error: ValidationError, node: Node, name: str, report: Report) -> None:
    """Report a value that its key does not take."""
    schema = error.schema
    found = _found(node)
    match error.validator:
        case "anyOf" | "enum" | "const":
            words = _words(error)
            hint = guess(_text(node), words) or "one of " + ", ".join(f"`{w}`" for w in words)
            report.add("unknown-value", f"`{_text(node)}` is not a value of {name}", node.span, hint=hint)
        case "minimum" | "maximum":
            bound = "at least" if error.validator == "minimum" else "at most"
            message = f"{name} wants {bound} {error.validator_value:g}, found {_text(node)}"
            report.add("out-of-range", message, node.span)
        case "minItems" | "minProperties" if not _length(node):
            report.add("empty", f"{name} is empty", node.span, hint="leave it out, or give it an item")
        case "minItems" | "maxItems" | "minProperties":
            count = f"{error.validator_value} item{'s' if error.validator_value != 1 else ''}"
            bound = "at most" if error.validator == "maxItems" else "at least"
            report.add("out-of-range", f"{name} wants {bound} {count}, found {_length(node)}", node.span)
        case _:
            report.add(
                "wrong-type", f"{name} wants {_wanted(schema)}, found {found}", node.span, hint=_mend(schema, node)
            )


def _words(error: ValidationError) -> list[str]:
    schema: Any = error.schema
    if "const" in schema:
        return [str(schema["const"])]
    return [str(w) for w in schema.get("enum") or schema["anyOf"][0]["enum"]]


_NAMES = {
    "array": "a list", "object": "a map", "integer": "a whole number", "number": "a number",
    "boolean": "true or false", "string": "text", "null": "",
}  # fmt: skip


def _wanted(schema: Any) -> str:
    types = schema.get("type", [])
    types = [types] if isinstance(types, str) else types
    if schema.get("pattern") == EXPRESSION:
        types = [t for t in types if t != "string"]
    if "string" in types:
        types = [t for t in types if t not in ("number", "boolean", "integer")]
    names = [n for n in (_NAMES[t] for t in types) if n]
    return " or ".join(names) or "another value"


def _found(node: Node) -> str:
    match node:
        case Scalar(value=None):
            return "nothing"
        case Scalar(value=bool() as value):
            return "true" if value else "false"
        case Scalar(value=int() | float()):
            return f"the number {node.text}"
        case Scalar(text=word) if word.strip() and len(word) <= SHORT and "\n" not in word:
            return f"`{word}`"
        case Sequence():
            return "a list"
        case Mapping():
            return "a map"
        case _:
            return "text"


def _mend(schema: Any, node: Node) -> str:
    types = schema.get("type", [])
    if isinstance(node, Scalar) and node.value is None:
        return "leave the key out where there is nothing"
    if isinstance(node, Scalar) and isinstance(node.value, str) and not node.plain and "integer" in types:
        return "remove the quotes" if node.value.lstrip("-").isdigit() else ""
    if isinstance(node, Scalar) and node.text.lower() in SWITCHES and "boolean" in types:
        return f"write `{SWITCHES[node.text.lower()]}`: `{node.text}` is text in YAML 1.2"
    if isinstance(node, Scalar) and "array" in types:
        return f"write `[{node.text}]`" if node.text else ""
    if isinstance(node, Scalar) and node.value is True and "string" in types:
        return 'write "true" in quotes if the word itself is meant'
    return ""


def _text(node: Node) -> str:
    return node.text if isinstance(node, Scalar) else _found(node)


def _length(node: Node) -> int:
    match node:
        case Sequence(items):
            return len(items)
        case Mapping(entries):
            return len(entries)
        case _:
            return 0
