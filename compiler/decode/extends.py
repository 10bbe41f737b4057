"""`extends`: a document laid over another file, which lies in the project and extends none itself."""

from __future__ import annotations

from collections.abc import Callable

from compiler.decode.merge import merge_documents, without
from compiler.diagnostics import Report
from compiler.model.document import DOCUMENT, EXTENDED
from compiler.syntax import Entry, Gap, Mapping, Scalar, parse
from compiler.text import Source, Span, closest


def extended(node: Mapping, extend: Callable[[Scalar], Source | None], report: Report) -> Mapping | None:
    """The document over the one it extends; None where that cannot be read, or not all of it, which is reported."""
    given = node.get("extends")
    if given is None:
        misspelt = any(e.key.text not in DOCUMENT and closest(e.key.text, DOCUMENT) == "extends" for e in node)
        return None if misspelt else node
    if not isinstance(given, Scalar) or given.value is None or isinstance(given.value, bool):
        return None  # which the schema refuses
    source = extend(given)
    base = parse(source, report) if source else None
    if base is not None and not isinstance(base, Mapping):
        report.add("wrong-type", "an extended file holds a map", base.span)
    if not isinstance(base, Mapping) or _foreign(base, report):
        return None
    kept = Mapping({k: e for k, e in base.entries.items() if k in EXTENDED}, base.span)
    merged = merge_documents(kept, without(node, "steps"))
    steps = {"steps": node.entries["steps"]} if "steps" in node.entries else {}
    return Mapping({**merged.entries, **steps}, node.span)


def _foreign(base: Mapping, report: Report) -> bool:
    """Whether the file holds what it cannot hold; reported."""
    found = [e.key for e in base if e.key.text not in EXTENDED and not e.key.text.startswith("x-")]
    for key in found:
        message = f"an extended file cannot hold `{key.text}`"
        report.add("extends-key", message, key.span, hint="it may hold " + ", ".join(f"`{k}`" for k in EXTENDED))
    return bool(found)


def with_gaps(node: Mapping, keys: tuple[str, ...], span: Span | None = None) -> Mapping:
    """The map with a gap for each of `keys` that it lacks, so that nothing is said of what may have been meant."""
    gaps = {key: Entry(Scalar(key, key, node.span), Gap(node.span)) for key in keys if key not in node.entries}
    return Mapping({**node.entries, **gaps}, span or node.span)
