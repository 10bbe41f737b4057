"""Which step runs when: needs and triggers, branches, loops, and how many at once.

What a step does is not known here: `perform` is given a step and its resolved arguments and says how it ended.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

from compiler.local.loops import Loop, read_items
from compiler.local.outcome import COMPLETED_WITH_FAILURES, FAILED, NOT_RUN, STOPPED, SUCCEEDED, Outcome
from compiler.local.plan import Need, Node, Plan
from compiler.local.values import Scope, State, ValueFault, as_text

Json = Any
NAMED = 5  # of the iterations that failed
_MEETS = {"Completed": (SUCCEEDED,), "Failed": (FAILED,), "Stopped": (STOPPED,), "Any": (SUCCEEDED, FAILED, STOPPED)}


class Task(NamedTuple):
    """A step about to run: `arguments` without references, `keys` the other members of the step likewise."""

    node: Node
    arguments: dict[str, Json]
    keys: dict[str, Json]
    scope: Scope


class Watcher(Protocol):
    """Who is told. All calls come from the thread that called `Engine.run`."""

    def started(self, node: Node) -> None: ...
    def ended(self, node: Node, outcome: Outcome) -> None: ...
    def waiting(self) -> None:
        """Nothing to do for the moment; called several times a second."""


class Engine:
    """One run of a plan. `perform` is called in threads, `limit` of them at most; `inline`, in none."""

    def __init__(
        self, plan: Plan, state: State, perform: Callable[[Task], Outcome], watcher: Watcher, limit: int = 50,
        job_name: Callable[[str], str] = str, pause: float = 0.1, inline: bool = False,
    ) -> None:  # fmt: skip
        self.plan, self.state, self.perform, self.watcher = plan, state, perform, watcher
        self.limit, self.job_name, self.pause, self.inline = limit, job_name, pause, inline
        self.pending = {name: node for name, node in plan.nodes.items() if not plan.in_loop(node)}
        self.outcomes: dict[str, Outcome] = {}
        self.running: dict[str, Node] = {}
        self.loops: dict[str, Loop] = {}
        self.scopes: dict[str, Scope] = {}
        self.stopping = False
        self._done: queue.SimpleQueue[tuple[Node, Outcome]] = queue.SimpleQueue()

    def run(self) -> str:
        """Run all there is to run, and say how the execution ended. `stop` may be called meanwhile."""
        while True:
            while self._settle():
                pass
            if not self.running:
                break
            self._await()
        for node in list(self.pending.values()):
            self._end(node, Outcome(NOT_RUN, reason=self._why_halted))
        for loop in [loop for loop in self.loops.values() if loop.open]:
            self._end(loop.node, Outcome(STOPPED, reason=self._why_halted))
        return self.status

    @property
    def _why_halted(self) -> str:
        return "stopped" if self.stopping else "an earlier step failed"

    @property
    def status(self) -> str:
        """Of the execution as a whole."""
        if self.stopping:
            return STOPPED
        every = {name: o for name, o in self.outcomes.items() if not self._in_iteration(name)}
        failed = [name for name, outcome in every.items() if outcome.status == FAILED]
        if not failed:
            return SUCCEEDED
        return COMPLETED_WITH_FAILURES if all(self._is_handled(name) for name in failed) else FAILED

    def stop(self) -> None:
        """Start nothing more; what runs is for its owner to stop."""
        self.stopping = True

    def _await(self) -> None:
        try:
            node, outcome = self._done.get(timeout=self.pause)
        except queue.Empty:
            self.watcher.waiting()
            return
        del self.running[node.name]
        self._end(node, outcome)

    def _settle(self) -> bool:
        """Decide what can be decided now; whether anything was."""
        changed = False
        for loop in list(self.loops.values()):
            if loop.open and all(name in self.outcomes for name in loop.children):
                changed = True
                self._close(loop)
        for node in list(self.pending.values()):
            why = self._never(node)
            if why:
                self._end(node, Outcome(NOT_RUN, reason=why))
                changed = True
            elif self._ready(node) and not self._halted and len(self.running) < self.limit and self._has_room(node):
                self._start(node)
                changed = True
        return changed

    def _never(self, node: Node) -> str:
        """Why a step cannot run any more, "" while it may."""
        container = self.outcomes.get(node.container)
        if container and node.branch in ("then", "else"):
            taken = container.properties and container.properties.get("Outcome")
            if container.status != SUCCEEDED:
                return f"`{node.container}` did not decide"
            if taken is not (node.branch == "then"):
                return "the other branch was taken"
        for need in node.needs:
            before = self.outcomes.get(need.step)
            if before and before.status not in _MEETS[need.trigger]:
                return f"`{need.step}` {_said(before.status)}"
        return ""

    def _ready(self, node: Node) -> bool:
        waits = [need.step for need in node.needs]
        if node.branch in ("then", "else"):
            waits.append(node.container)
        return all(name in self.outcomes for name in waits)

    @property
    def _halted(self) -> bool:
        """Nothing new starts after a failure that no step was made to answer."""
        if self.stopping:
            return True
        return any(
            o.status == FAILED and not self._is_handled(name) and not self._in_iteration(name)
            for name, o in self.outcomes.items()
        )

    def _is_handled(self, name: str) -> bool:
        return any(
            need.step == name and need.trigger in ("Failed", "Any")
            for node in self.plan.nodes.values()
            for need in node.needs
        )

    def _in_iteration(self, name: str) -> bool:
        return any(name in loop.children for loop in self.loops.values())

    def _has_room(self, node: Node) -> bool:
        loop = self.loops.get(node.container)
        return loop is None or sum(name in loop.children for name in self.running) < loop.at_once

    def _start(self, node: Node) -> None:
        del self.pending[node.name]
        scope = self.scopes.get(node.name, Scope())
        self.watcher.started(node)
        try:
            match node.type:
                case "Condition":
                    self._end(node, self._decide(node, scope))
                case "Fail":
                    message = as_text(self.state.evaluate(node.arguments.get("ErrorMessage", ""), scope))
                    self._end(node, Outcome(FAILED, reason=message))
                case "ForEach":
                    self._open(node, scope)
                case _:
                    self._launch(self._task(node, scope))
        except ValueFault as fault:
            self._end(node, Outcome(FAILED, reason=str(fault)))

    def _task(self, node: Node, scope: Scope) -> Task:
        named = Scope(scope.item, scope.renamed, self.job_name(node.name))
        keys = {k: v for k, v in node.json.items() if k not in ("Arguments", "DependsOn", "Name", "Type")}
        return Task(
            node, self.state.evaluate(node.arguments, named), self.state.evaluate(keys, named), named
        )  # fmt: skip

    def _launch(self, task: Task) -> None:
        self.running[task.node.name] = task.node

        def work() -> None:
            try:
                outcome = self.perform(task)
            except Exception as error:
                outcome = Outcome(FAILED, reason=f"internal error: {type(error).__name__}: {error}")
            self._done.put((task.node, outcome))

        if self.inline:
            work()
        else:
            threading.Thread(target=work, name=task.node.name, daemon=True).start()

    def _decide(self, node: Node, scope: Scope) -> Outcome:
        holds = [self.state.holds(condition, scope) for condition in node.arguments.get("Conditions", [])]
        return Outcome(SUCCEEDED, {"Outcome": all(holds)})

    def _end(self, node: Node, outcome: Outcome) -> None:
        self.pending.pop(node.name, None)
        self.outcomes[node.name] = outcome
        if outcome.properties is not None:
            self.state.properties[node.name] = outcome.properties
        self.watcher.ended(node, outcome)

    def _open(self, node: Node, scope: Scope) -> None:
        """Make the steps of a loop, one of each for every item."""
        items = read_items(self.state.evaluate(node.arguments.get("IterableItems"), scope))
        loop = Loop(node, items, {}, int(node.arguments.get("MaxConcurrency", 1)))
        body = self.plan.inside(node.name)
        for name in (f"{inner.name}-{index}" for inner in body for index in range(len(items))):
            if name in self.plan.nodes:
                raise ValueFault(f"an iteration would be named `{name}`, as another step is")
        self.loops[node.name] = loop
        for index, item in enumerate(items):
            names = {inner.name: f"{inner.name}-{index}" for inner in body}
            for inner in body:
                child = Node(
                    names[inner.name], inner.type, inner.json, inner.pointer, node.name, "",
                    tuple(Need(names.get(need.step, need.step), need.trigger) for need in inner.needs),
                )  # fmt: skip
                loop.children[child.name] = (inner.name, index)
                self.scopes[child.name] = Scope(item, names)
                self.pending[child.name] = child

    def _close(self, loop: Loop) -> None:
        loop.open = False
        ended = {name: self.outcomes[name] for name in loop.children}
        try:
            properties = loop.properties(ended)
        except ValueFault as fault:
            self._end(loop.node, Outcome(FAILED, reason=str(fault)))
            return
        failed = [name for name, outcome in ended.items() if outcome.status == FAILED]
        more = f" and {len(failed) - NAMED} more" if len(failed) > NAMED else ""
        reason = f"failed: {', '.join(failed[:NAMED])}{more}" if failed else ""
        self._end(loop.node, Outcome(properties["Status"], properties, reason))


def _said(status: str) -> str:
    return {SUCCEEDED: "succeeded", FAILED: "failed", STOPPED: "was stopped"}.get(status, "did not run")
