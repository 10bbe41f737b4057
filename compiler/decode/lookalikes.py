"""Text that was meant as an expression: `${parameters.X}`, `{{ parameters.X }}`, `s3://parameters.X`."""

from __future__ import annotations

import re

from compiler.diagnostics import Report
from compiler.syntax import Entry, Gap, Mapping, Node, Scalar, Sequence

FOR_PEOPLE = ("description", "display_name", "message")
_ROOTS = "parameters|steps|variables|target|execution|matrix|item"
_PATH = re.compile(
    r"(?<![\w.-])(?P<open>\$\{\s*|\{\{\s*)?"
    rf"(?P<path>(?P<root>{_ROOTS})\.(?P<name>[\w-]+)[\w.\[\]'-]*)"
)
_ROOT = re.compile(rf"(?:{_ROOTS})\.\w")
_HARMLESS = re.compile(r"(?s).*(?:\$\{\{ ?|[\w.-])")  # what may stand before it
_EXECUTION = ("id", "arn", "pipeline_name", "pipeline_arn", "start_time", "current_time", "training_job_name",
              "processing_job_name")  # fmt: skip
_BRANCHES = ("then", "else", "steps")
Known = dict[str, frozenset[str]]


def without_lookalikes(root: Mapping, report: Report) -> Mapping:
    """The document with gaps where text speaks of a declared name like an expression: nothing else can be meant.

    A glance at the text says whether any place is suspect at all.
    """
    if not _suspect(root.span.source.text) and "extends" not in root.entries:
        return root
    known = {section: frozenset(_keys(root.get(section))) for section in ("parameters", "variables")}
    known |= {"target": frozenset(_keys(root.get("pipeline"))), "steps": frozenset(_step_names(root.get("steps")))}
    known |= {
        "execution": frozenset(_EXECUTION),
        "item": frozenset(),
        "matrix": frozenset(_matrix_keys(root.get("steps"))),
    }
    found = _cleared(root, known, report)
    assert isinstance(found, Mapping)
    return found


def declared_names(root: Mapping) -> dict[str, str]:
    """Each declared name with the namespace it is in; parameters before variables, files and steps."""
    names = [(name, "steps") for name in _step_names(root.get("steps"))]
    names += [(name, section) for section in ("files", "variables", "parameters") for name in _keys(root.get(section))]
    return dict(names)


def _suspect(text: str) -> bool:
    found = (match.start() for match in _ROOT.finditer(text))
    return not all(_HARMLESS.fullmatch(text, max(0, at - len("${{ ")), at) for at in found)


def _keys(node: Node | None) -> tuple[str, ...]:
    return tuple(node.entries) if isinstance(node, Mapping) else ()


def _step_names(node: Node | None) -> list[str]:
    names = []
    for entry in node if isinstance(node, Mapping) else ():
        names.append(entry.key.text)
        if isinstance(entry.value, Mapping):
            names += [name for key in _BRANCHES for name in _step_names(entry.value.get(key))]
    return names


def _matrix_keys(node: Node | None) -> list[str]:
    keys: list[str] = []
    for entry in node if isinstance(node, Mapping) else ():
        if isinstance(entry.value, Mapping):
            keys += _keys(entry.value.get("matrix"))
            keys += [key for branch in _BRANCHES for key in _matrix_keys(entry.value.get(branch))]
    return keys


def _cleared(node: Node, known: Known, report: Report) -> Node:
    match node:
        case Scalar(value=str()):
            return Gap(node.span) if _told(node, known, report) else node
        case Sequence(items):
            return Sequence(tuple(_cleared(item, known, report) for item in items), node.span)
        case Mapping():
            people = FOR_PEOPLE if "type" in node.entries or "name" in node.entries else ()
            entries = {k: e if k in people else _entry(e, known, report) for k, e in node.entries.items()}
            return Mapping(entries, node.span)
        case _:
            return node


def _entry(entry: Entry, known: Known, report: Report) -> Entry:
    return Entry(entry.key, _cleared(entry.value, known, report))


def _meant(match: re.Match[str], known: Known) -> bool:
    """Whether the name is one that is declared; the fields of an item are not, but brackets say what is meant."""
    return match["name"] in known[match["root"]] or (match["root"] == "item" and match["open"] is not None)


def _told(node: Scalar, known: Known, report: Report) -> bool:
    if "." not in node.text or "${{" in node.text:
        return False
    match = next((m for m in _PATH.finditer(node.text) if _meant(m, known)), None)
    if match is None:
        return False
    path = match["path"].rstrip(".")
    at = node.span.text.find(path)
    span = node.span.sub(at, at + len(path)) if at >= 0 else node.span
    hint = f"write `${{{{ {path} }}}}` for its value"
    report.add("almost-expression", f"`{path}` is plain text here", span, hint=hint)
    return True
