"""Misspelt keys that decide how a step is read at all: what type it is, and which steps stand inside it.

They are read before the step's other keys are judged, so they are respelled first.
"""

from __future__ import annotations

from collections.abc import KeysView
from functools import cache

from compiler.diagnostics import Report
from compiler.model.steptype import StepType
from compiler.steps import STEP_TYPES
from compiler.syntax import Entry, Mapping, Scalar
from compiler.text import closest

BRANCHES = {"condition": ("then", "else"), "for-each": ("steps",)}


def respelled(steps: Mapping, report: Report) -> Mapping:
    """The steps with `type`, `matrix`, `then`, `else` and `steps` where something near stood; reported."""
    entries = {name: _step(entry, report) for name, entry in steps.entries.items()}
    if all(entries[name] is entry for name, entry in steps.entries.items()):
        return steps
    return Mapping(entries, steps.span)


def _step(entry: Entry, report: Report) -> Entry:
    node = entry.value
    if not isinstance(node, Mapping):
        return entry
    if "type" not in node.entries:
        node = _respell(node, ("type",), _any_fields(), f"step `{entry.key.text}`", report)
    kind = step_type(node)
    if kind is None:
        return entry if node is entry.value else Entry(entry.key, node)
    inside = BRANCHES.get(kind.name, ())
    node = _respell(node, (*inside, "matrix"), kind.fields.keys(), f"{kind.name} step `{entry.key.text}`", report)
    for key in inside:
        below = node.get(key)
        if isinstance(below, Mapping) and (changed := respelled(below, report)) is not below:
            node = Mapping({**node.entries, key: Entry(node.entries[key].key, changed)}, node.span)
    return entry if node is entry.value else Entry(entry.key, node)


def step_type(node: Mapping) -> StepType | None:
    """The type a step is given, or was probably meant to be given; None where it has none or an expression."""
    given = node.get("type")
    word = given.text if isinstance(given, Scalar) else ""
    return STEP_TYPES.get(word) or STEP_TYPES.get(near_type(word) or "")


def near_type(word: str) -> str | None:
    """The step type that a word was probably meant to be: one spelled like it, or of that name in the API."""
    by_api = {t.json_type.lower(): t.name for t in STEP_TYPES.values() if t.json_type}
    return by_api.get(word.lower()) or closest(word, STEP_TYPES)


def _respell(node: Mapping, wanted: tuple[str, ...], known: KeysView[str], what: str, report: Report) -> Mapping:
    """The map with the keys near to `wanted` respelled; other keys that are not `known` are left to the schema."""
    if node.entries.keys() <= known:
        return node
    free = [key for key in wanted if key not in node.entries]
    strange = [e for e in node if e.key.text not in known] if free else []
    found: dict[str, str] = {}
    for entry in strange:
        near = closest(entry.key.text, known)
        if near in free and near not in found.values():
            found[entry.key.text] = near
            report.add("unknown-key", f"{what} has no key `{entry.key.text}`", entry.key.span,
                       hint=f"did you mean `{near}`?")  # fmt: skip
    if not found:
        return node
    keys = {old: Scalar(new, new, node.entries[old].key.span) for old, new in found.items()}
    entries = [Entry(keys.get(old, e.key), e.value) for old, e in node.entries.items()]
    return Mapping({e.key.text: e for e in entries}, node.span)


@cache
def _any_fields() -> KeysView[str]:
    return dict.fromkeys(name for t in STEP_TYPES.values() for name in t.fields).keys()
