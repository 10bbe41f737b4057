"""Text that was meant as an expression: `${parameters.X}`, `{{ parameters.X }}`, `s3://parameters.X`."""

from __future__ import annotations

import re

from compiler.diagnostics import Report
from compiler.syntax import Entry, Gap, Mapping, Node, Scalar, Sequence

FOR_PEOPLE = ("description", "display_name", "message")
_PATH = re.compile(
    r"(?<![\w.-])(?:\$\{\s*|\{\{\s*)?(?P<path>(?P<root>parameters|steps|variables|target)\.(?P<name>[\w-]+)[\w.\[\]'-]*)"
)
_SUSPECT = re.compile(r"(?<!\$\{\{)(?<!\$\{\{ )(?<![\w.-])(?:parameters|steps|variables|target)\.\w")
_BRANCHES = ("then", "else", "steps")
Known = dict[str, frozenset[str]]


def without_lookalikes(root: Mapping, report: Report) -> Mapping:
    """The document with gaps where text speaks of a declared name like an expression: nothing else can be meant.

    A glance at the text says whether any place is suspect at all.
    """
    if not _SUSPECT.search(root.span.source.text) and "extends" not in root.entries:
        return root
    known = {section: frozenset(_keys(root.get(section))) for section in ("parameters", "variables")}
    known |= {"target": frozenset(_keys(root.get("pipeline"))), "steps": frozenset(_step_names(root.get("steps")))}
    found = _cleared(root, known, report)
    assert isinstance(found, Mapping)
    return found


def _keys(node: Node | None) -> tuple[str, ...]:
    return tuple(node.entries) if isinstance(node, Mapping) else ()


def _step_names(node: Node | None) -> list[str]:
    names = []
    for entry in node if isinstance(node, Mapping) else ():
        names.append(entry.key.text)
        if isinstance(entry.value, Mapping):
            names += [name for key in _BRANCHES for name in _step_names(entry.value.get(key))]
    return names


def _cleared(node: Node, known: Known, report: Report) -> Node:
    match node:
        case Scalar(value=str()):
            return Gap(node.span) if _told(node, known, report) else node
        case Sequence(items):
            return Sequence(tuple(_cleared(item, known, report) for item in items), node.span)
        case Mapping():
            return Mapping({k: _entry(e, known, report) for k, e in node.entries.items()}, node.span)
        case _:
            return node


def _entry(entry: Entry, known: Known, report: Report) -> Entry:
    if entry.key.text in FOR_PEOPLE:
        return entry
    return Entry(entry.key, _cleared(entry.value, known, report))


def _told(node: Scalar, known: Known, report: Report) -> bool:
    if "." not in node.text or "${{" in node.text:
        return False
    match = next((m for m in _PATH.finditer(node.text) if m["name"] in known[m["root"]]), None)
    if match is None:
        return False
    path = match["path"].rstrip(".")
    at = node.span.text.find(path)
    span = node.span.sub(at, at + len(path)) if at >= 0 else node.span
    hint = f"write `${{{{ {path} }}}}` for its value"
    report.add("almost-expression", f"`{path}` is plain text here", span, hint=hint)
    return True
