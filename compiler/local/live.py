"""The live table of a terminal: every step with its state and time, and the last lines that the running ones said."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.live import Live as Screen
from rich.table import Table
from rich.text import Text

from compiler.local.machine import last_lines, newest_log
from compiler.local.outcome import Outcome
from compiler.local.plan import Node, Plan
from compiler.local.view import outcome_text

Json = Any
COLORS = {"Succeeded": "green", "Failed": "bold red", "Stopped": "yellow", "NotRun": "dim"}
TAIL = 4
WIDE = 60  # cells, from which on the types of the steps are shown


class Row:
    """A step on the screen."""

    def __init__(self, kind: str) -> None:
        self.kind, self.text, self.style, self.began = kind, "", "dim", 0.0
        self.running = False


class Live:
    """Draws itself anew ten times a second; what was noted stands above."""

    def __init__(self, name: str, plan: Plan) -> None:
        self._rows = {node.name: Row(node.type) for node in plan.nodes.values() if not plan.in_loop(node)}
        self._name, self._began = name, time.monotonic()
        self._folder: Path | None = None
        self._closed = False
        self._console = Console(file=sys.stderr)
        self._screen = Screen(console=self._console, get_renderable=self._draw, refresh_per_second=10)
        self._screen.start()

    def opened(self, execution: str, folder: Path) -> None:
        self._folder = folder

    def note(self, text: str) -> None:
        self._console.print(Text(text, style="dim"))

    def started(self, node: Node) -> None:
        row = self._rows.setdefault(node.name, Row(node.type))
        row.running, row.began, row.style = True, time.monotonic(), "cyan"

    def ended(self, node: Node, outcome: Outcome, seconds: float) -> None:
        row = self._rows.setdefault(node.name, Row(node.type))
        row.running, row.text = False, outcome_text(node, outcome, seconds)
        row.style = "magenta" if outcome.reused else COLORS[outcome.status]
        for line in outcome.notes:
            self.note(f"{node.name}: {line}")

    def waiting(self) -> None:
        pass

    def close(self) -> None:
        self._closed = True
        self._screen.stop()

    def _draw(self) -> RenderableType:
        now = time.monotonic()
        table = Table(box=None, pad_edge=False, header_style="dim")
        table.add_column(self._name, no_wrap=True, min_width=max([len(self._name), *map(len, self._rows)]))
        wide = self._console.width >= WIDE
        if wide:
            table.add_column("type", no_wrap=True, min_width=max([4, *(len(row.kind) for row in self._rows.values())]))
        table.add_column(f"{now - self._began:.1f} s", no_wrap=not self._closed, overflow="ellipsis")
        tails: list[RenderableType] = []
        shown, others = self._shown()
        for name, row in shown.items():
            text = f"running  {now - row.began:.1f}s" if row.running else row.text or "waiting"
            said = Text(text, style=row.style, overflow="fold" if self._closed else "ellipsis")
            table.add_row(Text(name, style="bold" if row.running else ""), *([row.kind] if wide else []), said)
            if row.running:
                tails += [Text(f"  {name} | {line}", style="dim", no_wrap=True) for line in self._tail(name)]
        return Group(table, *([Text(others, style="dim")] if others else []), *tails)

    def _shown(self) -> tuple[dict[str, Row], str]:
        """The rows there is room for, and a word on the others: where there are too many, those that run, those that
        failed, the newest of those that ended, and the next."""
        running = sum(row.running for row in self._rows.values())
        room = self._console.height - running * TAIL - 3
        hidden = len(self._rows) - room
        if hidden <= 0 or self._closed:
            return self._rows, ""
        ended = [name for name, row in self._rows.items() if row.text and not row.text.startswith("FAILED")]
        waiting = [name for name, row in self._rows.items() if not (row.text or row.running)]
        away = ended[: max(0, min(hidden, len(ended) - 2))]
        away += waiting[len(waiting) - (hidden - len(away)) :] if hidden > len(away) else []
        left = {name: row for name, row in self._rows.items() if name not in away}
        return left, f"... and {len(self._rows) - len(left)} more steps"

    def _tail(self, name: str) -> list[str]:
        if self._folder is None:
            return []
        return last_lines(newest_log(self._folder / "jobs" / name), TAIL)
