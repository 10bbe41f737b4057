"""What a service model has gained since an older one: members and enum values, as a pipeline definition spells them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from compiler.devtools.service_model import Shapes, spelled, targets

Facts = dict[str, Any]
Gained = dict[str, dict[str, list[str]]]  # "members" or "enum" -> shape name -> what is new in it


def fresh(service: str, old: Shapes, new: Shapes, roots: Iterable[str]) -> Gained:
    """Both models walked side by side from the roots they share, so that a renamed shape is not taken for a new one.

    Inside something new nothing is listed: the way to it is.
    """
    gained: Gained = {"members": {}, "enum": {}}
    seen: dict[tuple[str, str], None] = {}
    todo = [(root, root) for root in roots if root in old]
    while todo:
        pair = todo.pop()
        if pair not in seen:
            seen[pair] = None
            todo += _compare(service, pair[1], old[pair[0]], new[pair[1]], gained)
    return {kind: dict(sorted(shapes.items())) for kind, shapes in gained.items()}


def _compare(service: str, name: str, before: Facts, after: Facts, gained: Gained) -> list[tuple[str, str]]:
    old_targets, new_targets = targets(before), targets(after)
    members = [spelled(service, member) for member in new_targets if member not in old_targets]
    values = [value for value in after.get("enum", ()) if value not in before.get("enum", ())]
    _note(gained["members"], name, members)
    _note(gained["enum"], name, values)
    return [(old_targets[key], target) for key, target in new_targets.items() if key in old_targets]


def _note(shapes: dict[str, list[str]], name: str, new: list[str]) -> None:
    if new:
        known = shapes.setdefault(name, [])
        known += [item for item in new if item not in known]
