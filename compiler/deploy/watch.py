"""Following an execution to its end: a live table on a terminal, else a line for every change."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol
from xml.etree import ElementTree

from compiler.deploy.executions import STEP_ENDED, Seen, StepSeen, see
from compiler.deploy.faults import AwsFault, clean
from compiler.deploy.session import Session

if TYPE_CHECKING:
    from rich.live import Live
    from rich.table import Table

LOST = 10  # so many looks in a row may fail before the watch gives up; the execution goes on anyway
FAILURES = ("Failed", "CompletedWithFailures")
STYLES = {"Succeeded": "green", "Failed": "red", "Stopped": "yellow", "CompletedWithFailures": "red"}


class View(Protocol):
    def show(self, seen: Seen) -> None: ...
    def close(self) -> None: ...


def follow(session: Session, arn: str, interval: float, view: View) -> Seen:
    """Show the execution every `interval` seconds until it is over. Raises AwsFault when it cannot be seen for long."""
    lost, before = 0, False
    try:
        while True:
            found = _looked(session, arn)
            if isinstance(found, Seen):
                lost, before = 0, True
                view.show(found)
                if found.over:
                    return found
            elif not found.transient or (lost := lost + 1) == LOST:
                known = before or found.transient
                raise found.with_notes("the execution goes on; watch it again later") if known else found
            time.sleep(interval)
    finally:
        view.close()


def _looked(session: Session, arn: str) -> Seen | AwsFault:
    try:
        return see(session, arn)
    except AwsFault as fault:
        return fault


class Lines:
    """A line for each change of a step or of the whole."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write, self._known = write, dict[str, str]()

    def show(self, seen: Seen) -> None:
        for step in seen.steps:
            if self._known.get(step.name) != _state(step):
                self._known[step.name] = _state(step)
                self._write(line(step))
        if self._known.get("") != seen.status:
            self._known[""] = seen.status
            self._write(f"execution {seen.status}" + (f": {clean(seen.reason)}" if seen.reason else ""))

    def close(self) -> None:
        pass


def _state(step: StepSeen) -> str:
    return f"{step.status} {step.attempts}"


def line(step: StepSeen) -> str:
    """A step in one line; a failed one with its reason and the link to its log, a line each."""
    words = [f"step {step.name}: {step.status}"]
    if step.status in STEP_ENDED and step.started:
        words.append(f"in {duration(step.seconds(step.ended or step.started))}")
    if step.source:
        words.append(f"reused from {step.source.rpartition('/')[2]}")
    if step.attempts > 1:
        words.append(f"attempt {step.attempts}")
    told = [", ".join(words)]
    if step.status == "Failed":
        told += [f"  {text}" for text in (clean(step.reason), step.log) if text]
    return "\n".join(told)


def duration(seconds: float) -> str:
    """`42 s`, `3 m 05 s`, `2 h 07 m`."""
    whole = int(seconds)
    if whole < 60:
        return f"{whole} s"
    return f"{whole // 60} m {whole % 60:02} s" if whole < 3600 else f"{whole // 3600} h {whole % 3600 // 60:02} m"


class Screen:
    """A table that is drawn anew at each look; below it, at the end, what failed, with links that can be copied."""

    def __init__(self) -> None:
        self._live: Live | None = None
        self._seen: Seen | None = None

    def show(self, seen: Seen) -> None:
        from rich.console import Console
        from rich.live import Live

        if self._live is None:
            self._live = Live(console=Console(stderr=True), auto_refresh=False)
            self._live.start()
        self._seen = seen
        self._live.update(table(seen, datetime.now(UTC)), refresh=True)

    def close(self) -> None:
        if self._live is None or self._seen is None:
            return
        self._live.stop()
        for step in self._seen.steps:
            if step.status == "Failed" and step.log:  # in the table it would be cut, or wrapped
                self._live.console.print(f"{step.name}: {step.log}", soft_wrap=True, markup=False, highlight=False)


def table(seen: Seen, now: datetime) -> Table:
    """The execution as a table: a row a step; reasons of failures stand below their steps."""
    from rich.table import Table
    from rich.text import Text

    style = STYLES.get(seen.status, "")
    found = Table(title=Text(f"{seen.arn.rpartition('/')[2]}  {seen.status}", style), title_justify="left")
    for head in ("step", "status", "time", "attempt", ""):
        found.add_column(head)
    for step in seen.steps:
        reused = f"reused from {step.source.rpartition('/')[2]}" if step.source else ""
        detail = clean(step.reason) if step.status == "Failed" else reused
        attempt = str(step.attempts) if step.attempts > 1 else ""
        status = Text(step.status, STYLES.get(step.status, ""))
        found.add_row(Text(step.name), status, duration(step.seconds(now)), attempt, Text(detail))
    if seen.reason:
        found.caption = Text(clean(seen.reason))
    return found


def junit(seen: Seen) -> str:
    """The execution as JUnit XML: a case a step; what has not ended is skipped. A failure of no step is one, too."""
    name = seen.arn.rpartition("/")[2]
    suite = ElementTree.Element("testsuite", name=name, tests=str(len(seen.steps)), errors="0")
    for step in seen.steps:
        seconds = step.seconds(step.ended or step.started) if step.started else 0.0
        case = ElementTree.SubElement(suite, "testcase", classname=name, name=step.name, time=f"{seconds:.3f}")
        if step.status == "Failed":
            failure = ElementTree.SubElement(case, "failure", message=clean(step.reason), type="Failed")
            failure.text = clean(f"{step.reason}\n{step.log}")
        elif step.status != "Succeeded":
            ElementTree.SubElement(case, "skipped", message=step.status)
    if seen.status in FAILURES and suite.find(".//failure") is None:
        case = ElementTree.SubElement(suite, "testcase", classname=name, name="the execution itself")
        ElementTree.SubElement(case, "failure", message=clean(seen.reason), type=seen.status)
        suite.set("tests", str(len(seen.steps) + 1))
    suite.set("failures", str(len(suite.findall(".//failure"))))
    suite.set("skipped", str(len(suite.findall(".//skipped"))))
    ElementTree.indent(suite)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(suite, encoding="unicode") + "\n"
