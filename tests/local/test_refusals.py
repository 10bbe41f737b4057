"""What cannot run here is told before anything starts: all of it, with its lines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tiny import HOUR, Project, processing
from trainings import BOOST, training

from compiler.local.session import InputFault

Json = Any


def test_what_cannot_run_here_is_all_told_before_anything_starts(project: Project) -> None:
    pipe = training("pipe", {"c": "s3://b/x"}, BOOST)
    pipe["Arguments"]["AlgorithmSpecification"]["TrainingInputMode"] = "Pipe"
    hosts = processing("hosts", project.file("p.py", ""))
    hosts["Arguments"]["ProcessingResources"]["ClusterConfig"]["InstanceCount"] = {"Get": "Parameters.Count"}
    bare = processing("bare", "s3://b/p.py")
    del bare["Arguments"]["AppSpecification"]["ContainerEntrypoint"]
    other = training("algorithm", {}, {"k": "1"})
    other["Arguments"]["AlgorithmSpecification"]["TrainingImage"] = "1.dkr.ecr.us-east-1.amazonaws.com/kmeans:1"
    project.parameters = [{"Name": "Count", "Type": "Integer", "DefaultValue": 3}]
    project.mounts |= {"s3://b/x": str(project.folder / "p.py"), "s3://b/p.py": str(project.folder / "p.py")}
    project.steps = [pipe, hosts, bare, other, {"Name": "E", "Type": "EMR", "Arguments": {}}]
    with pytest.raises(InputFault) as fault:
        project.run()
    lines = str(fault.value).splitlines()
    assert lines[0] == "this cannot run here, so nothing was started:"
    assert len(lines) == 6
    for said in ("Pipe mode", "3 instances", "no ContainerEntrypoint", "kmeans:1` has no script", "EMR steps do not"):
        assert said in str(fault.value)
    assert not (project.state / "executions").exists()


def test_a_model_without_data_is_refused(project: Project) -> None:
    project.steps = [
        {"Name": "M", "Type": "Model", "Arguments": {"PrimaryContainer": {"ModelDataUrl": "s3://b/none.tar.gz"}}}
    ]
    lines = refused(project)
    assert lines[1:] == [
        "  `M`: nothing lies at `s3://b/none.tar.gz`; `--data s3://b/none.tar.gz=PATH` says what stands for it here"
    ]


def refused(project: Project, **wishes: Any) -> list[str]:
    """What is told, "" for the heading; nothing was started."""
    with pytest.raises(InputFault) as fault:
        project.run(**wishes)
    assert not (project.state / "executions").exists()
    return str(fault.value).splitlines()


def test_all_that_is_wrong_with_a_call_is_told_at_once(project: Project) -> None:
    project.parameters = [
        {"Name": "Count", "Type": "Integer", "DefaultValue": 3},
        {"Name": "Mode", "EnumValues": ["a"]},
    ]
    step = processing("p", project.file("p.py", ""), {"x": ("s3://b/none/", "/opt/ml/processing/x")})
    step["Arguments"]["ProcessingResources"]["ClusterConfig"]["InstanceCount"] = {"Get": "Parameters.Count"}
    project.steps = [step, {"Name": "E", "Type": "EMR", "Arguments": {}}]
    wishes: Json = {"parameters": {"Mode": "b", "No": "1"}, "handlers": {"L": "x"}, "python": "/nonexistent/python"}
    lines = refused(project, **wishes)
    assert [line.partition(":")[0] for line in lines[:5]] == [
        "parameter `Mode` is one of `a`, not `b`", "no parameter is named `No`",
        "--handler L=x", lines[3].partition(":")[0], "this cannot run here, so nothing was started",
    ]  # fmt: skip
    assert lines[3].startswith("`/nonexistent/python` is no Python")
    assert lines[5:] == [
        "  `p`: nothing lies at `s3://b/none/`; `--data s3://b/none/=PATH` says what stands for it here",
        "  `p`: 3 instances are wanted, and this is one machine",
        "  `E`: EMR steps do not run on this machine",
    ]


def test_data_that_an_earlier_step_writes_is_not_missed(project: Project) -> None:
    script = "import pathlib; pathlib.Path('/opt/ml/processing/o/x.txt').write_text('1')"
    project.steps = [
        processing("make", project.file("make.py", script), None, {"o": ("s3://b/made/deep", "/opt/ml/processing/o")}),
        processing("take", project.file("take.py", ""), {"i": ("s3://b/made", "/opt/ml/processing/i")},
                   DependsOn=["make"]),
    ]  # fmt: skip
    assert project.run().status == "Succeeded"
    assert project.run(resume="latest", only="take").status == "Succeeded"


def test_data_may_be_away_where_only_uris_count(project: Project) -> None:
    data = project.file("in.txt", "one")
    inputs = {"in": (data, "/opt/ml/processing/in")}
    project.steps = [processing("p", project.file("p.py", ""), inputs, CacheConfig=HOUR)]
    assert project.run().status == "Succeeded"
    del project.mounts[data]
    (project.folder / "in.txt").unlink()
    assert "nothing lies at `s3://b/in.txt`" in refusal(project)
    assert project.run(mode="sagemaker").outcomes["p"].reused


def refusal(project: Project) -> str:
    with pytest.raises(InputFault) as fault:
        project.run()
    return str(fault.value)


GATE = """
version: 1
pipeline: {name: gate, region: eu-west-1, role: "arn:aws:iam::111122223333:role/R", bucket: bucket}
parameters:
  Threshold: {type: float, default: 0.8, min: 0.5, max: 1.0}
  Mode: {type: string, default: full, pattern: "[a-z]+"}
  Count: {type: integer, default: 3}
steps:
  gate:
    type: condition
    if:
      all: [{value: "${{ parameters.Threshold }}", gt: 0.7}, {value: "${{ parameters.Mode }}", eq: full}]
    then: {high: {type: fail, message: "${{ parameters.Count }}"}}
    else: {low: {type: fail, message: low}}
"""
FIT = """
version: 1
pipeline: {name: fit, region: us-east-1, role: "arn:aws:iam::111122223333:role/R", bucket: bucket}
steps:
  fit:
    type: training
    algorithm: {name: xgboost, version: 1.7-1}
    instance_type: ml.m5.xlarge
    inputs:
      train: {from: s3://bucket/none/, content_type: text/csv, input_mode: Pipe}
    hyperparameters: {num_round: 1}
"""


def test_bounds_and_patterns_of_the_file_are_checked(tmp_path: Path, sagepipe: Any) -> None:
    (tmp_path / "gate.pipeline.yaml").write_text(GATE, encoding="utf-8")
    wrong = ("-p", "Threshold=7", "-p", "Mode=A-B", "-p", "Count=1_000")
    said = [
        "parameter `Threshold` is at most 1, not 7", "parameter `Mode` does not match `[a-z]+`: `A-B`",
        "parameter `Count` is of type integer, which `1_000` is not",
    ]  # fmt: skip
    done = sagepipe("run", "gate.pipeline.yaml", *wrong, cwd=tmp_path)
    assert (done.returncode, done.stderr.splitlines()) == (1, said)
    done = sagepipe("test", "gate.pipeline.yaml", "--truth-table", *wrong, cwd=tmp_path)
    assert (done.returncode, done.stderr.splitlines()) == (1, said)
    cases = "version: 1\ncases:\n  high: {parameters: {Threshold: 7}, expect: {steps: [gate]}}\n"
    (tmp_path / "gate.tests.yaml").write_text(cases, encoding="utf-8")
    done = sagepipe("test", "gate.pipeline.yaml", cwd=tmp_path)
    assert done.returncode == 1 and said[0] in done.stdout


def test_a_refusal_names_line_and_column(tmp_path: Path, sagepipe: Any) -> None:
    """From a pipeline file, and from a compiled folder with its source map."""
    (tmp_path / "fit.pipeline.yaml").write_text(FIT, encoding="utf-8")
    row = FIT.splitlines()[9]
    pipe, data = row.index("Pipe") + 1, row.index("s3:") + 1
    assert sagepipe("compile", "fit.pipeline.yaml", "-o", "build", cwd=tmp_path).returncode == 0
    for file in ("fit.pipeline.yaml", "build/definition.json"):
        done = sagepipe("run", file, cwd=tmp_path)
        assert done.returncode == 1
        assert f"  fit.pipeline.yaml:10:{pipe}: `fit`: channel `train` is read in Pipe mode" in done.stderr
        assert f"  fit.pipeline.yaml:10:{data}: `fit`: nothing lies at `s3://bucket/none/`;" in done.stderr
