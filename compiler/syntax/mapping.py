"""The entries of a map: keys made text, duplicates refused, `<<` resolved."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.diagnostics import Place, Report
from compiler.syntax.nodes import Entry, Gap, Mapping, Node, Scalar, Sequence, Template
from compiler.syntax.unquoted import report_unquoted
from compiler.text import Span

MERGE = "<<"


def read_mapping(items: list[Node], span: Span, report: Report) -> Mapping | Gap:
    """The map of alternating keys and values. An entry whose key is at fault is reported and left out."""
    if len(items) == 2 and isinstance(items[0], (Mapping, Gap)) and span.text.startswith("{{"):
        return _braces(items[0], span, report)
    entries: dict[str, Entry] = {}
    pairs = iter(items)
    for node, value in zip(pairs, pairs, strict=True):
        key = node if node.__class__ is Scalar and node.value.__class__ is str else _key(node, report)
        if key is None:
            continue
        name = key.text
        if name in entries:
            _duplicate(key, entries[name].key, report)
        else:
            entries[name] = Entry(key, value)
    if MERGE in entries and entries[MERGE].key.plain:
        entries = _merged(entries, report)
    return Mapping(entries, span)


def _key(node: Node, report: Report) -> Scalar | None:
    match node:
        case Scalar(value=str()):
            return node
        case Scalar(value=bool()):
            report.add("yaml-key", f"`{node.text}` as a key is a boolean", node.span, hint="put the key in quotes")
        case Scalar(value=int() | float()):
            return Scalar(node.text, node.text, node.span)
        case Scalar():
            _null_key(node, report)
        case Template():
            report.add("expression-in-key", "a key cannot hold an expression", node.span,
                       hint="write the key out; expressions are read in values only")
        case Mapping() | Sequence():
            kind = "map" if isinstance(node, Mapping) else "list"
            report.add("yaml-key", f"a key is a {kind}", node.span, hint="keys are text; quote it if text is meant")
    return None


def _null_key(node: Scalar, report: Report) -> None:
    if node.text:
        report.add("yaml-key", f"`{node.text}` as a key is null", node.span, hint="put the key in quotes")
        return
    at = node.span.start
    begin = node.span.source.text.find(":", at)
    span = Span(node.span.source, begin, begin + 1) if begin >= 0 else node.span
    report.add("yaml-key", "a key is empty", span, hint="write a name before the `:`")


def _duplicate(key: Scalar, first: Scalar, report: Report) -> None:
    hint = f"merge several maps with a list: `{MERGE}: [*a, *b]`" if key.text == MERGE else "remove one of the two"
    report.add("duplicate-key", f"the key `{key.text}` stands twice in this map", key.span, label="again here",
               hint=hint, places=(Place(first.span, "first here"),))


def _merged(entries: dict[str, Entry], report: Report) -> dict[str, Entry]:
    """The entries with those of the merged maps in the place of `<<`. Explicit keys win, then earlier maps."""
    result: dict[str, Entry] = {}
    for name, entry in entries.items():
        if name != MERGE:
            result[name] = entry
            continue
        for merged in _sources(entry, report):
            for inherited, own in merged.entries.items():
                if inherited not in entries:
                    result.setdefault(inherited, own)
    return result


def _sources(merge: Entry, report: Report) -> Iterator[Mapping]:
    for node in merge.value.items if isinstance(merge.value, Sequence) else (merge.value,):
        if isinstance(node, Mapping):
            yield node
        elif not isinstance(node, Gap):
            report.add("yaml-merge", f"`{MERGE}` takes a map, or a list of maps", node.span, label="this is no map",
                       hint=f"name an anchor that stands on a map, as in `{MERGE}: *anchor`",
                       places=(Place(merge.key.span, "merged here"),))


def _braces(inner: Mapping | Gap, span: Span, report: Report) -> Gap:
    """`{{ … }}`: in YAML a map whose key is a map; meant as an expression."""
    report_unquoted(span.source, span.start, "YAML reads this as a map in a map", report)
    return Gap(span)
