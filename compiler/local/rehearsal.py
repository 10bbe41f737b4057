"""A pipeline walked through without running any code: which steps would run, in which order, with which values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from compiler.local.engine import Engine, Task
from compiler.local.files import canonical
from compiler.local.jobs.metrics import final_metrics
from compiler.local.outcome import FAILED, NOT_RUN, SUCCEEDED, Outcome
from compiler.local.plan import Node, Plan
from compiler.local.retries import Retries
from compiler.local.values import Scope, Segment, State, ValueFault, segments, select
from compiler.text import record

Json = Any
EXECUTION = {
    "PipelineExecutionId": "<execution id>",
    "PipelineExecutionArn": "<execution arn>",
    "PipelineName": "<pipeline name>",
    "PipelineArn": "<pipeline arn>",
    "StartDateTime": "<start time>",
    "CurrentDateTime": "<current time>",
}


ATTEMPT = 60.0  # seconds that a failing attempt takes here, for policies that end after some time


@record
class Failure:
    """A failure to inject. `exception`: what retry policies name it, "" for the job's own fault; `times`: how many
    attempts fail, 0 for all of them."""

    reason: str = "injected"
    exception: str = ""
    times: int = 0

    def attempts(self, policies: list[dict[str, Json]]) -> tuple[int, bool]:
        """How many attempts a step makes, and whether the last one succeeds."""
        retries, elapsed, made = Retries(policies), 0.0, 1
        while not self.times or made <= self.times:
            elapsed += ATTEMPT
            pause = retries.pause(self.exception, elapsed)
            if pause is None:
                return made, False
            elapsed, made = elapsed + pause, made + 1
        return made, True


@record
class Facts:
    """What a rehearsal takes for given. `metrics`: step and JSON path or metric name to a value; `files`: step to the
    path of a file below its outputs (`report/evaluation.json`) to its content; `outputs`: step to what its function
    returns; `failures`: by step; `fixed`: operands, as canonical JSON, to values; `open`: values that nothing is said
    of do not fail the step that reads them, and stand for themselves."""

    metrics: Mapping[tuple[str, str], Json] = field(default_factory=dict)
    files: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    outputs: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    failures: Mapping[str, Failure] = field(default_factory=dict)
    fixed: Mapping[str, Json] = field(default_factory=dict)
    open: bool = False


@record
class Rehearsed:
    """What would have happened. `order` are the steps that ran, `arguments` their resolved Arguments, `attempts` how
    often a step with a job was tried."""

    status: str
    order: tuple[str, ...]
    outcomes: dict[str, Outcome]
    arguments: dict[str, Json]
    attempts: dict[str, int]

    @property
    def left_out(self) -> list[str]:
        """The steps that did not run, in the definition's order."""
        return [name for name, outcome in self.outcomes.items() if outcome.status == NOT_RUN]


def rehearse(plan: Plan, parameters: Mapping[str, Json], facts: Facts) -> Rehearsed:
    """Walk through a plan, one step after the other in the definition's order."""
    state = _State(parameters, plan, facts)
    actors = _Actors(facts, state)
    engine = Engine(plan, state, actors, actors, limit=1, inline=True, job_name=lambda step: f"<job of {step}>")
    status = engine.run()
    return Rehearsed(status, tuple(actors.order), engine.outcomes, actors.arguments, actors.attempts)


class _State(State):
    """Values as far as the facts tell them; what only a run would give reads `<Steps.train.TrainingJobName>`."""

    def __init__(self, parameters: Mapping[str, Json], plan: Plan, facts: Facts) -> None:
        super().__init__(parameters, EXECUTION, _nothing)
        self.property_files = {n.name: n.json.get("PropertyFiles") or [] for n in plan.nodes.values()}
        self._facts = facts

    def evaluate(self, value: Json, scope: Scope) -> Json:
        if isinstance(value, dict) and self._facts.fixed:
            fixed = self._facts.fixed.get(canonical(value), ...)
            if fixed is not ...:
                return fixed
        match value:
            case {"Std:JsonGet": {"PropertyFile": {"Get": str(reference)}, "Path": str(path)}}:
                return self._measured(reference, path)
            case {"Std:JsonGet": {"S3Uri": uri, "Path": str(path)}}:
                if self._facts.open:
                    return f"<{path} in {self.evaluate(uri, scope)}>"
                raise ValueFault(f"the case gives no value for `{path}` in {self.evaluate(uri, scope)}")
        return super().evaluate(value, scope)

    def get(self, path: str, scope: Scope) -> Json:
        try:
            return super().get(path, scope)
        except ValueFault:
            step = str(segments(path)[1]) if path.startswith("Steps.") else ""
            if scope.renamed.get(step, step) not in self.properties:
                raise
            if ".OutputParameters[" in path:
                raise ValueFault(f"the case gives no `{segments(path)[-1]}` among the outputs of `{step}`") from None
            return f"<{path}>"

    def _measured(self, reference: str, path: str) -> Json:
        _, step, _, name = [str(segment) for segment in segments(reference)][:4]
        given = self._facts.metrics.get((step, path), ...)
        if given is not ...:
            return given
        for file in self.property_files.get(step, ()):
            place = f"{file['OutputName']}/{file['FilePath']}"
            content = self._facts.files.get(step, {}).get(place)
            if file.get("PropertyFileName") == name and content is not None:
                return select(content, _path(path), f"{path} in {place} of {step}")
        if self._facts.open:
            return f"<{path} of {step}>"
        raise ValueFault(f"the case gives no value for `{path}` of step `{step}`")


def _path(path: str) -> list[Segment]:
    return segments(path.removeprefix("$"))


def _nothing(uri: str) -> bytes:
    raise ValueFault(f"`{uri}` is not read while testing")


class _Actors:
    """Performs nothing, and writes down what it was to do."""

    def __init__(self, facts: Facts, state: State) -> None:
        self._facts, self._state = facts, state
        self.order: list[str] = []
        self.arguments: dict[str, Json] = {}
        self.attempts: dict[str, int] = {}

    def __call__(self, task: Task) -> Outcome:
        name = task.node.name
        self.arguments[name] = task.arguments
        failure, self.attempts[name] = self._facts.failures.get(name), 1
        if failure is not None:
            self.attempts[name], succeeds = failure.attempts(task.keys.get("RetryPolicies") or [])
            if not succeeds:
                return Outcome(FAILED, reason=failure.reason)
        return Outcome(SUCCEEDED, self._properties(task))

    def started(self, node: Node) -> None:
        self.order.append(node.name)

    def ended(self, node: Node, outcome: Outcome) -> None:
        pass

    def waiting(self) -> None:
        pass

    def _properties(self, task: Task) -> dict[str, Json]:
        name = task.node.name
        found = dict(task.arguments)
        metrics = {key: value for (step, key), value in self._facts.metrics.items() if step == name}
        if metrics and task.node.type == "Training":
            found["FinalMetricDataList"] = final_metrics(metrics)
        if task.node.type in ("Lambda", "Callback"):
            body = name.rpartition("-")[0]
            given = self._facts.outputs.get(name) or self._facts.outputs.get(body) or {}
            names = [row["OutputName"] for row in task.keys.get("OutputParameters") or ()] if self._facts.open else []
            unsaid = {output: f"<{output} of {name}>" for output in names}
            found["OutputParameters"] = {**unsaid, **given}
        return found
