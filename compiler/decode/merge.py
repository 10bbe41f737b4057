"""Maps merge, scalars and lists replace, null removes."""

from __future__ import annotations

from compiler.model.values import FORMS
from compiler.syntax import Entry, Mapping, Node, Scalar

AS_WRITTEN = ("raw", "definition")  # their nulls mean something to whoever reads them


def is_null(node: Node) -> bool:
    return isinstance(node, Scalar) and node.value is None


def merge(base: Node | None, over: Node | None) -> Node | None:
    """`over` laid on `base`. A map keeps the base's order, new keys come behind. Nulls in `over` remove."""
    if over is None:
        return base
    if not isinstance(over, Mapping):
        return None if is_null(over) else over
    entries = dict(base.entries) if isinstance(base, Mapping) else {}
    for key, entry in over.entries.items():
        if isinstance(entry.value, Scalar) and entry.value.value is not None:
            entries[key] = entry
            continue
        below = entries.get(key)
        if key in AS_WRITTEN and not is_null(entry.value):
            entries[key] = Entry(entry.key, _written(below.value, entry.value)) if below else entry
            continue
        merged = merge(below.value if below else None, entry.value)
        if merged is None:
            entries.pop(key, None)
        else:
            entries[key] = entry if merged is entry.value else Entry(entry.key, merged)
    return Mapping(entries, over.span)


def _written(base: Node, over: Node) -> Node:
    """The same in the service's spelling, where nulls are kept for whoever merges it, and a wire form is one value."""
    if not isinstance(base, Mapping) or not isinstance(over, Mapping) or _is_form(base) or _is_form(over):
        return over
    entries = dict(base.entries)
    for key, entry in over.entries.items():
        below = entries.get(key)
        entries[key] = Entry(entry.key, _written(below.value, entry.value)) if below else entry
    return Mapping(entries, over.span)


def _is_form(node: Mapping) -> bool:
    return len(node.entries) == 1 and next(iter(node.entries)) in FORMS


def merge_maps(base: Mapping | None, over: Mapping | None) -> Mapping | None:
    """The same for two maps, either of which may be missing."""
    merged = merge(base, over)
    return merged if isinstance(merged, Mapping) else None


def without(node: Mapping, *keys: str) -> Mapping:
    """The map without some of its keys."""
    return Mapping({k: e for k, e in node.entries.items() if k not in keys}, node.span)
