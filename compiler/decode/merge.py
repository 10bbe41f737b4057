"""Maps merge, scalars and lists replace, null removes."""

from __future__ import annotations

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
        if key in AS_WRITTEN:
            entries[key] = entry
            continue
        below = entries.get(key)
        merged = merge(below.value if below else None, entry.value)
        if merged is None:
            entries.pop(key, None)
        else:
            entries[key] = entry if merged is entry.value else Entry(entry.key, merged)
    return Mapping(entries, over.span)


def merge_maps(base: Mapping | None, over: Mapping | None) -> Mapping | None:
    """The same for two maps, either of which may be missing."""
    merged = merge(base, over)
    return merged if isinstance(merged, Mapping) else None


def without(node: Mapping, *keys: str) -> Mapping:
    """The map without some of its keys."""
    return Mapping({k: e for k, e in node.entries.items() if k not in keys}, node.span)
