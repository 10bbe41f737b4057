"""How a step is done here: taken from the cache, or run as a job, again where its retry policies say so."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any, NamedTuple

from compiler.local.cache import Cache, Found, Key, is_cached
from compiler.local.engine import Task
from compiler.local.jobs import handlers, models, processing, training, transform, tuning
from compiler.local.jobs.job import Done, Job, JobFailed, JobStopped, Shop
from compiler.local.machine import NoBackend
from compiler.local.outcome import FAILED, NOT_RUN, STOPPED, SUCCEEDED, Outcome
from compiler.local.records import Execution
from compiler.local.refusals import Here, refuse
from compiler.local.retries import Retries, as_failure
from compiler.local.store import Artifact
from compiler.local.values import ValueFault
from compiler.text import record

Json = Any
JOBS: Mapping[str, Callable[[Job], Done]] = {
    "Processing": processing.run,
    "Training": training.run,
    "Tuning": tuning.run,
    "Transform": transform.run,
    "Model": models.run_model,
    "RegisterModel": models.run_register,
    "Lambda": handlers.run_lambda,
    "Callback": handlers.run_callback,
}
ELSEWHERE = "SageMaker would reuse the earlier result, for it looks at URIs alone"


class Explanation(NamedTuple):
    """What the cache said of a step: `hit`, `miss` or `off`, and why."""

    answer: str
    why: str


@record
class Performer:
    """Does the steps of one execution. `reuse`: outcomes of an earlier execution, by step, that stand as they are;
    `only`: the steps that may run beside them, all where it is empty."""

    shop: Shop
    execution: Execution
    cache: Cache | None
    environment: str
    reuse: Mapping[str, dict[str, Json]] = field(default_factory=dict)
    only: frozenset[str] = frozenset()

    def __call__(self, task: Task) -> Outcome:
        earlier = self.reuse.get(task.node.name)
        if earlier is not None:
            return self._again(task, earlier)
        if self.only and not {task.node.name, task.node.name.rpartition("-")[0]} & self.only:
            return Outcome(NOT_RUN, reason="another step was asked for")
        here = Here(self.shop.handlers, self.shop.registry)
        refused = refuse(task.node.type, task.arguments, task.keys, task.node.name, here)
        if refused:
            return Outcome(FAILED, reason="; ".join(one.text for one in refused))
        try:
            key, explained = self._look_up(task)
        except ValueFault as fault:
            return Outcome(FAILED, reason=str(fault))
        if isinstance(explained, Outcome):
            return explained
        return self._run(task, key, explained)

    def _again(self, task: Task, earlier: dict[str, Json]) -> Outcome:
        """A step as an earlier execution ended it, where its artifacts are still what they were."""
        artifacts = [Artifact(*row) for row in earlier.get("artifacts", [])]
        for artifact in artifacts:
            if not self.shop.store.sound(artifact):
                return Outcome(
                    FAILED, reason=f"what execution {earlier['execution']} wrote to {artifact.uri} is damaged or gone"
                )
            self.shop.store.put_back(artifact)
        return Outcome(
            SUCCEEDED, earlier["properties"], reused=earlier["execution"], metrics=earlier.get("metrics", {}),
            details={"artifacts": earlier.get("artifacts", [])},
        )  # fmt: skip

    def _look_up(self, task: Task) -> tuple[Key | None, Outcome | Explanation]:
        config = task.keys.get("CacheConfig") or {}
        if not config.get("Enabled"):
            return None, Explanation("off", "the step has no cache")
        if not is_cached(task.node.type):
            return None, Explanation("off", f"no cache is documented for {task.node.type} steps")
        if self.cache is None:
            return None, Explanation("off", "switched off with --no-cache")
        key = self.cache.key(
            self.shop.pipeline, task.node.name, task.node.type, task.arguments, task.keys, self.environment
        )  # fmt: skip
        found: Found = self.cache.find(key, str(config.get("ExpireAfter") or ""))
        if found.record is None:
            return key, Explanation("miss", found.why + (f"; {ELSEWHERE}" if found.elsewhere else ""))
        entry = found.record
        details = {"artifacts": entry["artifacts"], "cache": ["hit", found.why]}
        hit = Outcome(
            SUCCEEDED, entry["properties"], reused=entry["execution"], metrics=entry["facts"].get("metrics", {}),
            details=details,
        )  # fmt: skip
        return key, hit

    def _run(self, task: Task, key: Key | None, explained: Explanation) -> Outcome:
        notes = [explained.why] if ELSEWHERE in explained.why else []
        details: dict[str, Json] = {"cache": list(explained)}
        done = self._tried(task, notes, details)
        if isinstance(done, Outcome):
            return done
        rows = [list(artifact) for artifact in done.artifacts]
        if key is not None and self.cache is not None:
            facts = {"metrics": done.metrics}
            self.cache.write(key, self.execution.id, done.properties, done.artifacts, facts)
        return Outcome(
            SUCCEEDED, done.properties, metrics=done.metrics, notes=tuple(notes), details={**details, "artifacts": rows}
        )  # fmt: skip

    def _tried(self, task: Task, notes: list[str], details: dict[str, Json]) -> Done | Outcome:
        """What the job gave, at last; else how it ended. Tells each attempt in `notes` and `details`."""
        began, retries = time.monotonic(), Retries(task.keys.get("RetryPolicies") or [])
        for attempt in itertools.count(1):
            folder = self.execution.step_folder(task.node.name)
            folder = folder if attempt == 1 else folder.with_name(f"{folder.name}.attempt-{attempt}")
            job = Job(
                task.node.name, task.node.type, task.scope.job_name, task.arguments, task.keys, folder, self.shop,
                notes.append,
            )  # fmt: skip
            details |= {"folder": str(folder), "attempts": attempt}
            try:
                return JOBS[task.node.type](job)
            except JobStopped:
                break
            except (NoBackend, ValueFault) as fault:
                return Outcome(FAILED, reason=str(fault), details=details)
            except (JobFailed, OSError) as problem:
                failed = as_failure(problem)
            pause = retries.pause(failed.kind, time.monotonic() - began)
            if pause is None:
                return Outcome(FAILED, reason=str(failed), notes=tuple(notes), details=details)
            notes.append(f"attempt {attempt} failed ({failed.kind}): {failed}")
            if self.shop.machine.stopping.wait(pause):
                break
        return Outcome(STOPPED, reason="stopped", notes=tuple(notes), details=details)
