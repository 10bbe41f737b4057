"""What an update would change: parameters, steps added, removed, renamed, moved, and every changed member."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from compiler.diff.steps import StepAt, flatten
from compiler.diff.values import MISSING, differences, same
from compiler.text import record

Json = Any
ALIKE = 0.6  # how much of two steps must agree for the one to be the other renamed


@record
class Change:
    """One change. `kind`: added, removed, changed, renamed or moved. `subject`: pipeline, parameter or step.

    `path` is the member inside the subject, "" for the subject as a whole; `before` and `after` are JSON values, None
    where there is nothing. For renamed and moved they are the names, and the places.
    """

    kind: str
    subject: str
    name: str
    path: str = ""
    before: Json = None
    after: Json = None


def compare(before: dict[str, Json], after: dict[str, Json]) -> tuple[Change, ...]:
    """The changes from one definition to the other, in the order of the new one, removals last."""
    return (*_settings(before, after), *_parameters(before, after), *_steps(flatten(before), flatten(after)))


def _settings(before: dict[str, Json], after: dict[str, Json]) -> Iterator[Change]:
    for key in ("Version", "Metadata", "PipelineExperimentConfig", "MlflowConfig"):
        if not same(before.get(key, MISSING), after.get(key, MISSING)):
            yield from members("pipeline", "", {key: before.get(key, MISSING)}, {key: after.get(key, MISSING)})


def _parameters(before: dict[str, Json], after: dict[str, Json]) -> Iterator[Change]:
    one, other = _by_name(before), _by_name(after)
    for name, parameter in other.items():
        if name not in one:
            yield Change("added", "parameter", name, after=parameter)
        else:
            yield from members("parameter", name, one[name], parameter)
    for name in one:
        if name not in other:
            yield Change("removed", "parameter", name, before=one[name])


def _by_name(definition: dict[str, Json]) -> dict[str, Json]:
    return {str(p.get("Name")): {"Type": "String", **p} for p in parameters(definition)}


def parameters(definition: dict[str, Json]) -> list[dict[str, Json]]:
    """The declared parameters, as far as they are any."""
    rows = definition.get("Parameters")
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _steps(before: dict[str, StepAt], after: dict[str, StepAt]) -> Iterator[Change]:
    renamed = renames(before, after)
    back = {new: old for old, new in renamed.items()}
    for name, step in after.items():
        old = before.get(name) or before.get(back.get(name, ""))
        if old is None:
            yield Change("added", "step", name, after=step.json)
            continue
        if old.name != name:
            yield Change("renamed", "step", name, before=old.name, after=name)
        if (renamed.get(old.container, old.container), old.branch) != (step.container, step.branch):
            yield Change("moved", "step", name, before=old.place, after=step.place)
        yield from members("step", name, renamed_in(old.own, renamed), step.own)
    for name, step in before.items():
        if name not in after and name not in renamed:
            yield Change("removed", "step", name, before=step.json)


def members(subject: str, name: str, before: Json, after: Json) -> Iterator[Change]:
    """The changes inside a subject, member by member."""
    for found in differences(before, after):
        kind = "added" if found.before is MISSING else "removed" if found.after is MISSING else "changed"
        yield Change(kind, subject, name, found.path, _told(found.before), _told(found.after))


def _told(value: Json) -> Json:
    return None if value is MISSING else value


def renames(before: dict[str, StepAt], after: dict[str, StepAt]) -> dict[str, str]:
    """Old names to new ones: a step that went and one of the same type that came, when they are much alike."""
    gone = [s for n, s in before.items() if n not in after]
    come = [s for n, s in after.items() if n not in before]
    scored = [
        (-likeness(old, new), i, j)
        for i, old in enumerate(gone)
        for j, new in enumerate(come)
        if old.json.get("Type") == new.json.get("Type")
    ]
    found: dict[str, str] = {}
    for score, i, j in sorted(scored):
        if -score >= ALIKE and gone[i].name not in found and come[j].name not in found.values():
            found[gone[i].name] = come[j].name
    return found


def likeness(old: StepAt, new: StepAt) -> float:
    """The share of leaves that two steps have in common, from 0 to 1; their own names count for nothing."""
    one = dict(_leaves(_without_name(old.own, old.name)))
    other = dict(_leaves(_without_name(new.own, new.name)))
    paths = {*one, *other}
    shared = len([path for path in one if path in other and one[path] == other[path]])
    return shared / max(len(paths), 1)


def _leaves(value: Json, path: str = "") -> Iterator[tuple[str, Json]]:
    match value:
        case dict():
            for key, inner in value.items():
                yield from _leaves(inner, f"{path}.{key}")
        case list():
            for number, inner in enumerate(value):
                yield from _leaves(inner, f"{path}[{number}]")
        case _:
            yield path, value


def _without_name(value: Json, name: str) -> Json:
    """The value with text that is the step's own name blanked: it stands in the default places of outputs."""
    match value:
        case dict():
            return {k: _without_name(v, name) for k, v in value.items()}
        case list():
            return [_without_name(v, name) for v in value]
        case _:
            return "" if value == name else value


def renamed_in(value: Json, renamed: dict[str, str]) -> Json:
    """The value with references to renamed steps as they read after the renaming."""
    if not renamed:
        return value
    match value:
        case {"Get": str(path), **rest} if not rest:
            words = path.split(".", 2)
            if words[0] in ("Steps", "IterationOutput") and len(words) > 1 and words[1] in renamed:
                words[1] = renamed[words[1]]
            return {"Get": ".".join(words)}
        case dict():
            return {
                k: _renamed_depends(v, renamed) if k == "DependsOn" else renamed_in(v, renamed)
                for k, v in value.items()
            }
        case list():
            return [renamed_in(v, renamed) for v in value]
        case _:
            return value


def _renamed_depends(value: Json, renamed: dict[str, str]) -> Json:
    if not isinstance(value, list):
        return value
    return [
        renamed.get(v, v) if isinstance(v, str) else {**v, "Step": renamed.get(v.get("Step", ""), v.get("Step"))}
        for v in value
        if isinstance(v, (str, dict))
    ]
