"""Maps merge, scalars and lists replace, null removes."""

from __future__ import annotations

from collections.abc import Mapping as Map

from compiler.model.values import FORMS
from compiler.steps import STEP_TYPES
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


def merge_documents(base: Mapping, over: Mapping) -> Mapping:
    """A document laid on the one it extends. A null removes what the other has; all that a null in `targets` or
    `defaults` may remove is known only later, so these are kept."""
    entries = dict(base.entries)
    for key, entry in over.entries.items():
        below, value = base.get(key), entry.value
        if isinstance(below, Mapping) and isinstance(value, Mapping):
            entries[key] = Entry(entry.key, _section(key, below, value))
        else:
            entries[key] = entry
    return Mapping(entries, over.span)


def _section(key: str, base: Mapping, over: Mapping) -> Node:
    match key:
        case "targets":
            return _written(base, over)
        case "defaults":
            return merge_defaults(base, over)
        case _:
            return _with_nulls(base, over, {k: e for k, e in over.entries.items() if k not in base.entries})


def merge_defaults(base: Mapping | None, over: Mapping) -> Mapping:
    """`defaults` laid on `defaults`. Nulls, also those in the map of a step type, are kept: they switch off what stands
    below them when the defaults reach a step, which may be a shared default."""
    entries = dict(base.entries) if base else {}
    for key, entry in over.entries.items():
        below, value = entries[key].value if key in entries else None, entry.value
        if key in STEP_TYPES and isinstance(value, Mapping):
            merged: Node = _with_nulls(below if isinstance(below, Mapping) else None, value, value.entries)
        else:
            merged = merge(below, value) or value
        entries[key] = Entry(entry.key, merged)
    return Mapping(entries, over.span)


def _with_nulls(base: Mapping | None, over: Mapping, kept: Map[str, Entry]) -> Mapping:
    """Maps merged, and those entries of `kept` that are null as they are."""
    merged = merge_maps(base, over) or over
    return Mapping({**merged.entries, **{k: e for k, e in kept.items() if is_null(e.value)}}, over.span)


def merge_maps(base: Mapping | None, over: Mapping | None) -> Mapping | None:
    """The same for two maps, either of which may be missing."""
    merged = merge(base, over)
    return merged if isinstance(merged, Mapping) else None


def without(node: Mapping, *keys: str) -> Mapping:
    """The map without some of its keys."""
    return Mapping({k: e for k, e in node.entries.items() if k not in keys}, node.span)
