"""Tuning jobs: what is drawn, and what is kept."""

from __future__ import annotations

from typing import Any

import pytest
from tiny import Project
from trainings import built_in, scripted, source, training, tuning

from compiler.local.session import InputFault

Json = Any


def test_tuning_keeps_the_best_of_its_jobs(project: Project) -> None:
    pytest.importorskip("xgboost")
    project.steps = [tuning(built_in(project))]
    ran = project.run()
    found = ran.outcomes["tune"]
    assert ran.status == "Succeeded", found.reason
    summaries = found.properties["TrainingJobSummaries"]
    values = [s["FinalHyperParameterTuningJobObjectiveMetric"]["Value"] for s in summaries]
    assert len(values) == 3 and values == sorted(values, reverse=True)
    assert found.properties["BestTrainingJob"] == summaries[0]
    assert found.notes[0].startswith("Bayesian search is not done here")
    drawn = [s["TunedHyperParameters"] for s in summaries]
    assert all(0.1 <= float(d["eta"]) <= 1 and 1 <= int(d["max_depth"]) <= 4 for d in drawn)
    again = project.run()
    assert [s["TunedHyperParameters"] for s in again.outcomes["tune"].properties["TrainingJobSummaries"]] == drawn
    best = f"s3://b/{ran.id}/train/{summaries[0]['TrainingJobName']}/output/model.tar.gz"
    assert project.store.find(best)


def test_a_grid_is_walked_through(project: Project) -> None:
    script = "import argparse\np=argparse.ArgumentParser()\np.add_argument('-a',type=int)\np.add_argument('--bee')\n"
    script += "g=p.parse_args()\nprint(f'score={g.a + len(g.bee)}')"
    definition = training("train", {}, scripted(source(project, "grid", train_py=script)))
    definition["Arguments"]["AlgorithmSpecification"]["MetricDefinitions"] = [{"Name": "s", "Regex": "score=(.*)"}]
    ranges = [{"Name": "bee", "Values": ["x", "xxx"]}, {"Name": "a", "Values": ["1", "5"]}]
    project.steps = [
        tuning(
            definition, Strategy="Grid", ParameterRanges={"CategoricalParameterRanges": ranges},
            HyperParameterTuningJobObjective={"Type": "Minimize", "MetricName": "s"},
            ResourceLimits={"MaxNumberOfTrainingJobs": 4, "MaxParallelTrainingJobs": 2},
        )
    ]  # fmt: skip
    ran = project.run()
    summaries = ran.outcomes["tune"].properties["TrainingJobSummaries"]
    values = [s["FinalHyperParameterTuningJobObjectiveMetric"]["Value"] for s in summaries]
    assert sorted(values) == values == [2.0, 4.0, 6.0, 8.0]


def test_tuning_without_its_metric_says_what_the_log_tells(project: Project) -> None:
    definition = training("train", {}, scripted(source(project, "silent", train_py="print('hello')")))
    project.steps = [tuning(definition)]
    reason = project.run().outcomes["tune"].reason
    assert reason.startswith("all 3 training jobs failed; the first: ")


def printing(project: Project) -> Json:
    """A tuning step whose jobs print what they were given."""
    script = "import sys\ngiven = dict(zip(sys.argv[1::2], sys.argv[2::2]))\nprint('score=' + given['--eta'])"
    definition = training("train", {}, scripted(source(project, "print", train_py=script)))
    definition["Arguments"]["AlgorithmSpecification"]["MetricDefinitions"] = [{"Name": "s", "Regex": "score=(.*)"}]
    return tuning(definition, HyperParameterTuningJobObjective={"Type": "Maximize", "MetricName": "s"})


def test_a_warm_start_draws_other_values_and_keeps_the_best_of_all(project: Project) -> None:
    first, second = printing(project), printing(project)
    parent = {"HyperParameterTuningJobName": {"Get": "Steps.tune.HyperParameterTuningJobName"}}
    second["Name"] = "warm"
    second["Arguments"]["WarmStartConfig"] = {
        "ParentHyperParameterTuningJobs": [parent], "WarmStartType": "IdenticalDataAndAlgorithm"
    }  # fmt: skip
    project.steps = [first, second]
    ran = project.run()
    assert ran.status == "Succeeded", ran.outcomes["warm"].reason
    earlier, later = (ran.outcomes[name].properties for name in ("tune", "warm"))
    drawn = [str(s["TunedHyperParameters"]) for p in (earlier, later) for s in p["TrainingJobSummaries"]]
    assert len(set(drawn)) == 6
    every = [*earlier["TrainingJobSummaries"], *later["TrainingJobSummaries"]]
    scores = [s["FinalHyperParameterTuningJobObjectiveMetric"]["Value"] for s in every]
    best = later["OverallBestTrainingJob"]["FinalHyperParameterTuningJobObjectiveMetric"]["Value"]
    assert best == max(scores)
    again = project.run().outcomes["warm"].properties["TrainingJobSummaries"]
    assert [str(s["TunedHyperParameters"]) for s in again] == [
        str(s["TunedHyperParameters"]) for s in later["TrainingJobSummaries"]
    ]


def test_a_warm_start_from_what_is_not_here_is_refused(project: Project) -> None:
    step = printing(project)
    step["Arguments"]["WarmStartConfig"] = {
        "ParentHyperParameterTuningJobs": [{"HyperParameterTuningJobName": "long-ago"}],
        "WarmStartType": "TransferLearning",
    }
    project.steps = [step]
    with pytest.raises(InputFault, match="it starts from the tuning job `long-ago`, which was not made here"):
        project.run()
