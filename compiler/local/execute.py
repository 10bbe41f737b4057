"""One execution from start to end: `execute`."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import field, replace
from functools import partial
from pathlib import Path
from typing import Any

from compiler.emit.bytes import digest_of
from compiler.local.backends.table import Choice
from compiler.local.cache import Cache, Mode
from compiler.local.engine import Engine
from compiler.local.environment import Python
from compiler.local.jobs.job import Handler, Shop
from compiler.local.jobs.places import ACCOUNT, REGION
from compiler.local.machine import Machine
from compiler.local.outcome import COMPLETED_WITH_FAILURES, NOT_RUN, STOPPED, SUCCEEDED, Outcome
from compiler.local.perform import Performer
from compiler.local.plan import Node, Plan
from compiler.local.records import Execution
from compiler.local.registry import Registry
from compiler.local.store import Store
from compiler.local.values import State
from compiler.local.view import View
from compiler.text import record

Json = Any
FINE = (SUCCEEDED, COMPLETED_WITH_FAILURES)


@record
class Settings:
    """How to run. `limit`: steps at once; `facts`: what the record of the execution says beside its own; `only`: the
    steps that may run, all where it is empty."""

    pipeline: str
    state: Path
    project: Path
    choice: Callable[[], Choice | str]
    python: Python
    handlers: Mapping[str, Handler] = field(default_factory=dict)
    cache: bool = True
    mode: Mode = "content"
    limit: int = 0
    network: bool = True
    reuse: Mapping[str, dict[str, Json]] = field(default_factory=dict)
    facts: Mapping[str, Json] = field(default_factory=dict)
    only: frozenset[str] = frozenset()


@record
class Ran:
    """What an execution came to: its id, its status, and every step's outcome. `basis`: the one to go on from."""

    id: str
    status: str
    folder: Path
    outcomes: dict[str, Outcome]
    seconds: float
    basis: str


def execute(plan: Plan, parameters: Mapping[str, Json], store: Store, settings: Settings, view: View) -> Ran:
    """Run a plan that nothing refuses. Ctrl-C stops its jobs, and the execution is then `Stopped`."""
    backends: dict[str, str] = {}

    def chosen(choice: Choice) -> None:
        backends["backend"] = choice.backend.name
        for name, why in choice.passed.items():
            view.note(f"backend {name} does not work here: {why}")
        view.note(f"backend {choice.backend.name}: {choice.backend.note}")

    machine = Machine(settings.choice, settings.python, chosen, network=settings.network)
    execution = Execution(settings.state, settings.pipeline, {"parameters": dict(parameters), **settings.facts})
    state = State(parameters, execution_variables(settings.pipeline, execution), store.read)
    state.property_files = {n.name: n.json.get("PropertyFiles") or [] for n in plan.nodes.values()}
    view.opened(execution.id, execution.folder)
    registry = Registry(settings.state)
    shop = Shop(machine, store, registry, execution.id, settings.pipeline, settings.project, settings.handlers)
    cache = Cache(settings.state, store, settings.mode) if settings.cache else None
    performer = Performer(shop, execution, cache, settings.python.digest, settings.reuse, settings.only)
    keeper = Keeper(execution, view, state)
    limit = min(settings.limit or 50, max(2, machine.cores))
    engine = Engine(plan, state, performer, keeper, limit, partial(job_name, execution.id))
    status = _run(engine, machine, view)
    steps = {name: outcome.status for name, outcome in engine.outcomes.items()}
    execution.finish(status, {"steps": steps, "metrics": state.measured, **backends})
    execution.close()
    return Ran(execution.id, status, execution.folder, engine.outcomes, time.time() - execution.started, execution.id)


def _run(engine: Engine, machine: Machine, view: View) -> str:
    """Run; the first Ctrl-C stops the jobs, a second one everything."""
    while True:
        try:
            return engine.run()
        except KeyboardInterrupt:
            if engine.stopping:
                raise
            view.note("stopping the jobs that run; Ctrl-C again to leave at once")
            engine.stop()
            machine.stop()


def execution_variables(pipeline: str, execution: Execution) -> dict[str, str]:
    """API: the execution variables of pipelines, but for the job names."""
    begun = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(execution.started))
    arn = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:pipeline/{pipeline}"
    return {
        "PipelineExecutionId": execution.id,
        "PipelineExecutionArn": f"{arn}/execution/{execution.id}",
        "PipelineName": pipeline,
        "PipelineArn": arn,
        "StartDateTime": f"{begun}.000Z",
        "CurrentDateTime": f"{begun}.000Z",
    }


def job_name(execution: str, step: str) -> str:
    """A name in the service's form: pipelines-<execution>-<step, cut>-<token>."""
    token = digest_of([execution, step])[:10]
    return f"pipelines-{execution}-{step[:20]}-{token}"


class Keeper:
    """Writes each step's record when it ends, and tells the view. Records are numbered in the order of the starts."""

    def __init__(self, execution: Execution, view: View, state: State) -> None:
        self._execution, self._view, self._state = execution, view, state
        self._began: dict[str, float] = {}
        self._measured: dict[str, Json] = {}
        self._numbers: dict[str, int] = {}

    def started(self, node: Node) -> None:
        self._began[node.name] = time.time()
        self._numbers[node.name] = len(self._numbers)
        self._measured = dict(self._state.measured)
        self._view.started(node)

    def ended(self, node: Node, outcome: Outcome) -> None:
        ended = time.time()
        began = self._began.get(node.name, ended)
        if node.type == "Condition":
            read = {k: v for k, v in self._state.measured.items() if k not in self._measured}
            outcome = replace(outcome, metrics={**outcome.metrics, **read})
        if outcome.status != NOT_RUN:
            self._execution.write_step(
                node.name,
                {
                    "number": self._numbers.get(node.name, len(self._numbers)), "type": node.type,
                    "status": outcome.status, "started": began, "ended": ended, "reason": outcome.reason,
                    "reused": outcome.reused, "execution": outcome.reused or self._execution.id,
                    "metrics": dict(outcome.metrics), "notes": list(outcome.notes), "properties": outcome.properties,
                    **outcome.details,
                },
            )  # fmt: skip
        self._view.ended(node, outcome, ended - began)

    def waiting(self) -> None:
        self._view.waiting()


def exit_status(status: str) -> int:
    """0 for an execution that came through, 130 for one that was stopped, 1 for one that failed."""
    return 0 if status in FINE else 130 if status == STOPPED else 1
