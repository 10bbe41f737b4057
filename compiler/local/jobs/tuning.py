"""Tuning jobs: many training jobs, the best one kept. API: CreateHyperParameterTuningJob.

Values are drawn at random, from a seed that the definition gives or that follows from it; a grid is walked through.
"""

from __future__ import annotations

import hashlib
import itertools
import math
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

from compiler.local.files import canonical
from compiler.local.jobs import toolkit, training
from compiler.local.jobs.job import Done, Job, JobFailed, JobStopped
from compiler.local.jobs.places import arn
from compiler.local.outcome import brief
from compiler.local.store import Artifact

Json = Any
WARM = "a warm start: other values than those before are drawn, but nothing is learnt from them"
FALLBACK = "{strategy} search is not done here: values are drawn at random, from a fixed seed"


class Trial(NamedTuple):
    """One training job of a tuning job: what it was given, and what it gave; `score` is None where it failed."""

    name: str
    values: dict[str, str]
    definition: dict[str, Json]
    score: float | None
    artifacts: list[Artifact]
    reason: str = ""


def run(job: Job) -> Done:
    """All trials, as many at once as the definition and the machine allow, then the best one."""
    config = job.arguments["HyperParameterTuningJobConfig"]
    limits = config.get("ResourceLimits") or {}
    if config.get("Strategy") not in ("Random", "Grid"):
        job.note(FALLBACK.format(strategy=config.get("Strategy")))
    parents = _parents(job)
    definitions = definitions_of(job.arguments)
    most = limits.get("MaxNumberOfTrainingJobs") or (None if config.get("Strategy") == "Grid" else 1)
    drawn = list(itertools.islice(_drawn(job, definitions, parents), most and int(most)))
    at_once = max(1, min(int(limits.get("MaxParallelTrainingJobs") or 1), job.shop.machine.cores))
    with ThreadPoolExecutor(at_once) as pool:
        trials = list(pool.map(lambda numbered: _trial(job, *numbered), enumerate(drawn, 1)))
    succeeded = [trial for trial in trials if trial.score is not None]
    if not succeeded:
        raise JobFailed(f"all {len(trials)} training jobs failed; the first: {trials[0].reason}")
    ranked = _ranked(job, definitions, succeeded) + [trial for trial in trials if trial.score is None]
    artifacts = [artifact for trial in trials for artifact in trial.artifacts]
    best = ranked[0]
    metric = _objective(job.arguments, best.definition)["MetricName"]
    job.note(f"best of {len(trials)}: {metric} {best.score:g} with {_shown(best.values)}")
    made = properties(job, ranked) | _overall(job, parents, _summary(job, best))
    job.shop.registry.keep_tuning_job(job.name, made)
    return Done(made, artifacts, {f"best {metric}": best.score, **best.values})


def parents_of(arguments: dict[str, Json]) -> list[Json]:
    """The names of the tuning jobs that this one starts from."""
    rows = (arguments.get("WarmStartConfig") or {}).get("ParentHyperParameterTuningJobs") or []
    return [row.get("HyperParameterTuningJobName") for row in rows]


def _parents(job: Job) -> list[dict[str, Json]]:
    """What the tuning jobs came to that this one starts from. Raises `JobFailed` for one that was not made here."""
    found = []
    for name in parents_of(job.arguments):
        parent = job.shop.registry.tuning_job(str(name))
        if parent is None:
            raise JobFailed(f"it starts from the tuning job `{name}`, which was not made here")
        found.append(parent)
    if found:
        job.note(WARM)
    return found


def _overall(job: Job, parents: list[dict[str, Json]], best: dict[str, Json]) -> dict[str, Json]:
    """The best of this job and of those it repeats. API: OverallBestTrainingJob."""
    if (job.arguments.get("WarmStartConfig") or {}).get("WarmStartType") != "IdenticalDataAndAlgorithm":
        return {}
    every = [best, *(parent.get("OverallBestTrainingJob") or parent["BestTrainingJob"] for parent in parents)]
    key = "FinalHyperParameterTuningJobObjectiveMetric"
    sign = -1 if best[key]["Type"] == "Maximize" else 1
    return {"OverallBestTrainingJob": min(every, key=lambda summary: sign * float(summary[key]["Value"]))}


def definitions_of(arguments: dict[str, Json]) -> list[dict[str, Json]]:
    """The definitions of training jobs, one or several."""
    one = arguments.get("TrainingJobDefinition")
    return [one] if one else list(arguments.get("TrainingJobDefinitions") or [])


def properties(job: Job, ranked: list[Trial]) -> dict[str, Json]:
    """What DescribeHyperParameterTuningJob would say, and the list of jobs, the best first."""
    summaries = [_summary(job, trial) for trial in ranked]
    failed = sum(trial.score is None for trial in ranked)
    return {
        **job.arguments,
        "HyperParameterTuningJobName": job.name,
        "HyperParameterTuningJobArn": arn(job, "hyper-parameter-tuning-job", job.name),
        "HyperParameterTuningJobStatus": "Completed",
        "TrainingJobStatusCounters": {
            "Completed": len(ranked) - failed, "InProgress": 0, "RetryableError": 0, "NonRetryableError": failed,
            "Stopped": 0,
        },
        "BestTrainingJob": summaries[0],
        "TrainingJobSummaries": summaries,
    }  # fmt: skip


def _summary(job: Job, trial: Trial) -> dict[str, Json]:
    """API: HyperParameterTrainingJobSummary."""
    objective = _objective(job.arguments, trial.definition)
    found = {
        "TrainingJobName": trial.name,
        "TrainingJobArn": arn(job, "training-job", trial.name),
        "TunedHyperParameters": trial.values,
        "TrainingJobStatus": "Failed" if trial.score is None else "Completed",
    }
    if trial.score is None:
        return found | {"FailureReason": trial.reason}
    return found | {
        "FinalHyperParameterTuningJobObjectiveMetric": {
            "Type": objective["Type"], "MetricName": objective["MetricName"], "Value": trial.score,
        }
    }  # fmt: skip


def _objective(arguments: dict[str, Json], definition: dict[str, Json]) -> dict[str, Json]:
    found: dict[str, Json] = definition.get("TuningObjective") or arguments["HyperParameterTuningJobConfig"].get(
        "HyperParameterTuningJobObjective"
    )
    return found


def _ranked(job: Job, definitions: list[dict[str, Json]], trials: list[Trial]) -> list[Trial]:
    sign = -1 if _objective(job.arguments, definitions[0])["Type"] == "Maximize" else 1
    return sorted(trials, key=lambda trial: sign * (trial.score if trial.score is not None else math.inf))


def _trial(job: Job, number: int, drawn: tuple[dict[str, Json], dict[str, str]]) -> Trial:
    definition, values = drawn
    digest = hashlib.sha256(f"{job.name}/{number}".encode()).hexdigest()
    name = f"{job.name[:44]}-{number:03d}-{digest[:8]}"
    objective = _objective(job.arguments, definition)
    hyperparameters = {**(definition.get("StaticHyperParameters") or {}), **values}
    arguments = {
        **definition,
        "HyperParameters": {**hyperparameters, toolkit.TUNED: objective["MetricName"]},
        "ResourceConfig": definition.get("ResourceConfig")
        or definition.get("HyperParameterTuningResourceConfig")
        or {},
    }
    child = Job(job.step, "Training", name, arguments, {}, job.folder / f"{number:03d}", job.shop, job.note)
    if job.shop.machine.stopping.is_set():
        raise JobStopped
    try:
        done = training.run(child)
    except JobFailed as failure:
        return Trial(name, values, definition, None, [], str(failure))
    score = done.metrics.get(objective["MetricName"])
    if score is None:
        reason = (
            f"the log does not tell `{objective['MetricName']}`; it tells: {', '.join(done.metrics) or 'no metric'}"
        )
        return Trial(name, values, definition, None, done.artifacts, reason)
    return Trial(name, values, definition, score, done.artifacts)


def _drawn(
    job: Job, definitions: list[dict[str, Json]], parents: list[dict[str, Json]]
) -> Iterator[tuple[dict[str, Json], dict[str, str]]]:
    """What each trial gets, the definitions taking turns. What `parents` drew is part of the seed."""
    config = job.arguments["HyperParameterTuningJobConfig"]
    said = config.get("RandomSeed")
    tried = [row["TunedHyperParameters"] for parent in parents for row in parent["TrainingJobSummaries"]]
    warm = canonical(tried) if tried else ""
    streams = []
    for number, definition in enumerate(definitions):
        ranges = definition.get("HyperParameterRanges") or config.get("ParameterRanges") or {}
        seed = said if said is not None else hashlib.sha256(f"{number}{canonical(ranges)}".encode()).hexdigest()
        grid = config.get("Strategy") == "Grid"
        streams.append(_grid(ranges) if grid else _random(ranges, random.Random(f"{seed}{warm}")))
    for definition, stream in itertools.cycle(zip(definitions, streams, strict=True)):
        values = next(stream, None)
        if values is None:
            return
        yield definition, values


def _grid(ranges: dict[str, Json]) -> Iterator[dict[str, str]]:
    several = ranges.get("CategoricalParameterRanges") or []
    for values in itertools.product(*(r["Values"] for r in several)):
        yield {r["Name"]: str(v) for r, v in zip(several, values, strict=True)}


def _random(ranges: dict[str, Json], dice: random.Random) -> Iterator[dict[str, str]]:
    while True:
        drawn = {r["Name"]: repr(_scaled(r, dice)) for r in ranges.get("ContinuousParameterRanges") or []}
        for r in ranges.get("IntegerParameterRanges") or []:
            low, high = int(r["MinValue"]), int(r["MaxValue"])
            drawn[r["Name"]] = str(min(high, max(low, round(_scaled(r, dice)))))
        for r in ranges.get("CategoricalParameterRanges") or []:
            drawn[r["Name"]] = str(dice.choice(r["Values"]))
        yield drawn


def _scaled(r: dict[str, Json], dice: random.Random) -> float:
    """A value of a range, drawn evenly on its scale. API: ScalingType."""
    low, high = float(r["MinValue"]), float(r["MaxValue"])
    match r.get("ScalingType"):
        case "Logarithmic" if low > 0:
            return math.exp(dice.uniform(math.log(low), math.log(high)))
        case "ReverseLogarithmic" if high < 1:
            return 1 - math.exp(dice.uniform(math.log(1 - high), math.log(1 - low)))
        case _:
            return dice.uniform(low, high)


def _shown(values: dict[str, str]) -> str:
    return ", ".join(f"{name} {brief(value)}" for name, value in values.items())
