"""What is said when an execution has ended."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from compiler.local.execute import Ran
from compiler.local.machine import last_lines, newest_log
from compiler.local.outcome import FAILED, STOPPED, Outcome
from compiler.local.project import Given

LINES, MOST = 12, 10  # of a log; of failed steps


def report(ran: Ran, given: Given, again: str, say: Callable[[str], None], *, explain: bool) -> None:
    """The end of an execution: the cache explained where that was asked for, every failed step with what its log said
    last and the command that repeats it, and how to go on. `again` is the command so far."""
    if explain:
        _explain(ran, list(given.plan.nodes), say)
    failed = {name: outcome for name, outcome in ran.outcomes.items() if outcome.status == FAILED}
    for name, outcome in list(failed.items())[:MOST]:
        _failed(ran, given, name, outcome, again, say)
    if len(failed) > MOST:
        say(f"{len(failed) - MOST} more steps failed; `sagepipe runs show {ran.id}` lists them all\n")
    say(f"{ran.status} in {ran.seconds:.2f} s: execution {ran.id}, kept in {_near(ran.folder)}")
    if ran.status == STOPPED:
        say(f"to go on where it stopped: {again} --resume {ran.basis}")


def _explain(ran: Ran, order: list[str], say: Callable[[str], None]) -> None:
    """In the order of the definition, the runs of loops after all; steps that run together end in any order."""
    for name in sorted(ran.outcomes, key=lambda name: order.index(name) if name in order else len(order)):
        answer, why = ran.outcomes[name].details.get("cache") or ("", "")
        if answer:
            say(f"cache: {name:<22} {answer:<5} {why}")


def _failed(ran: Ran, given: Given, name: str, outcome: Outcome, again: str, say: Callable[[str], None]) -> None:
    pointer = next((p for p in _pointers(given, name)), "")
    line = given.place(pointer) if pointer else ""
    say("")
    say(f"step `{name}` failed" + (f" ({line})" if line else "") + f": {outcome.reason}")
    folder = outcome.details.get("folder")
    if folder:
        log = newest_log(Path(str(folder)))
        lines = last_lines(log, LINES)
        for text in lines:
            say(f"  | {text}")
        if lines:
            say(f"  the whole log: {_near(log)}")
        say(f"  this step again: {again} --resume {ran.basis} --only {name}")
        say(f"  this step and what follows: {again} --resume {ran.basis}")
    say("")


def _pointers(given: Given, name: str) -> list[str]:
    nodes = given.plan.nodes
    node = nodes.get(name) or nodes.get(name.rpartition("-")[0])
    return [f"{node.pointer}/Name", node.pointer] if node else []


def _near(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
