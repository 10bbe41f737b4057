"""A loop that runs: its iterations, and what later steps read of it. Source: the SDK's ForEach step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from compiler.local.outcome import FAILED, STOPPED, SUCCEEDED, Outcome
from compiler.local.plan import Node
from compiler.local.values import ValueFault, as_text, segments, select
from compiler.text.jsonfault import parse_json

Json = Any


class Loop:
    """A loop that was opened. `children`: name of a step to the step of the body it was made from, and the index."""

    def __init__(self, node: Node, items: list[Json], children: dict[str, tuple[str, int]], at_once: int) -> None:
        self.node, self.items, self.children, self.at_once = node, items, children, at_once
        self.open = True

    def properties(self, ended: Mapping[str, Outcome]) -> dict[str, Json]:
        """What later steps read of the loop. Raises `ValueFault` where no iteration can be picked."""
        counts = {s: sum(o.status == s for o in ended.values()) for s in (SUCCEEDED, FAILED, STOPPED)}
        status = FAILED if counts[FAILED] else STOPPED if counts[STOPPED] else SUCCEEDED
        outputs: list[dict[str, Json]] = [{} for _ in self.items]
        for name, (step, index) in self.children.items():
            if ended[name].properties is not None:
                outputs[index][step] = ended[name].properties
        found: dict[str, Json] = {
            "Status": status,
            "InputItemCount": len(self.items),
            "TotalStepCount": len(self.children),
            "SucceededStepCount": counts[SUCCEEDED],
            "FailedStepCount": counts[FAILED],
            "StoppedStepCount": counts[STOPPED],
            "IterationOutputs": outputs,
        }
        selector = self.node.arguments.get("Selector")
        if selector and status == SUCCEEDED:
            found["Selected"] = _picked(selector, outputs)
        return found


def _picked(selector: dict[str, Json], outputs: list[dict[str, Json]]) -> Json:
    _, step, *path = segments(selector["Field"]["Get"])
    scored = [(select(o[str(step)], path, selector["Field"]["Get"]), o[str(step)]) for o in outputs if str(step) in o]
    if not scored:
        raise ValueFault("no iteration can be picked: the list of items is empty")
    best = max if selector.get("Pick") == "MaxBy" else min
    return best(scored, key=lambda pair: pair[0])[1]


def read_items(value: Json) -> list[Json]:
    if isinstance(value, list):
        return value
    try:
        found = parse_json(value)
    except (TypeError, ValueError):
        found = None
    if not isinstance(found, list):
        raise ValueFault(f"the items are no JSON list: {as_text(value)[:80]}")
    return found
