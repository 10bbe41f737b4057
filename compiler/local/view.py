"""What the user sees while a definition runs: a line an event, JSON an event, or a live table."""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from compiler.local.outcome import Outcome, brief
from compiler.local.plan import Node

Json = Any
MARKS = {"Succeeded": "done", "Failed": "FAILED", "Stopped": "stopped", "NotRun": "not run"}


class View(Protocol):
    """One run's display. `note` is for anything that is worth a line; `close` ends the display."""

    def opened(self, execution: str, folder: Path) -> None: ...
    def note(self, text: str) -> None: ...
    def started(self, node: Node) -> None: ...
    def ended(self, node: Node, outcome: Outcome, seconds: float) -> None: ...
    def waiting(self) -> None: ...
    def close(self) -> None: ...


class Lines:
    """A line for every start and end, to standard error."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write, self._began = write, time.monotonic()

    def opened(self, execution: str, folder: Path) -> None:
        pass

    def note(self, text: str) -> None:
        self._write(text)

    def started(self, node: Node) -> None:
        if node.type not in ("Condition", "Fail", "Model", "RegisterModel"):
            self._say(node, "started")

    def ended(self, node: Node, outcome: Outcome, seconds: float) -> None:
        self._say(node, outcome_text(node, outcome, seconds))
        for line in outcome.notes:
            self._write(f"        {'':<22} {line}")

    def waiting(self) -> None:
        pass

    def close(self) -> None:
        pass

    def _say(self, node: Node, text: str) -> None:
        self._write(f"{time.monotonic() - self._began:7.2f}s {node.name:<22} {text}")


class Events:
    """One JSON object a line, to standard output."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def opened(self, execution: str, folder: Path) -> None:
        self.event({"event": "started", "execution": execution, "folder": str(folder)})

    def note(self, text: str) -> None:
        self.event({"event": "note", "text": text})

    def started(self, node: Node) -> None:
        self.event({"event": "step-started", "step": node.name, "type": node.type})

    def ended(self, node: Node, outcome: Outcome, seconds: float) -> None:
        said: dict[str, Json] = {
            "event": "step-ended", "step": node.name, "type": node.type, "status": outcome.status,
            "seconds": round(seconds, 3),
        }  # fmt: skip
        for name in ("reason", "reused"):
            if getattr(outcome, name):
                said[name] = getattr(outcome, name)
        if outcome.metrics:
            said["metrics"] = {name: _finite(value) for name, value in outcome.metrics.items()}
        if isinstance(outcome.properties, dict) and node.type == "Condition":
            said["outcome"] = outcome.properties["Outcome"]
        self.event({**said, **{k: v for k, v in outcome.details.items() if k in ("folder", "cache", "attempts")}})

    def waiting(self) -> None:
        pass

    def close(self) -> None:
        pass

    def event(self, said: dict[str, Json]) -> None:
        """Tell one event, with the seconds since the run began."""
        text = json.dumps({"at": round(time.monotonic() - self._began, 3), **said}, ensure_ascii=False)
        sys.stdout.write(text + "\n")
        sys.stdout.flush()


def _finite(value: Json) -> Json:
    """JSON has no number for `nan` and the infinities: they are told as text."""
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def outcome_text(node: Node, outcome: Outcome, seconds: float) -> str:
    """How a step ended, in a few words."""
    if outcome.reused:
        return f"reused  {outcome.reused}{_measured(outcome)}"
    if outcome.status == "NotRun":
        return f"not run: {outcome.reason}"
    if node.type == "Condition" and isinstance(outcome.properties, dict):
        return "holds: then" if outcome.properties["Outcome"] else "does not hold: else"
    word = MARKS[outcome.status]
    if outcome.status != "Succeeded":
        return word if word == outcome.reason else f"{word}  {outcome.reason}"
    return f"{word}  {seconds:.1f}s{_measured(outcome)}"


def _measured(outcome: Outcome) -> str:
    shown = [f"{name} {brief(value)}" for name, value in list(outcome.metrics.items())[:4]]
    return "  " + ", ".join(shown) if shown else ""
