"""Executions: parameters checked before any call, starting, following to each outcome, stopping, retrying, listing."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from loopback import Endpoint
from small import Sagepipe, edited

from compiler.deploy.session import Session
from compiler.deploy.watch import Screen, follow

Json = dict[str, Any]
JOB = "arn:aws:sagemaker:us-east-1:111122223333:training-job/pipelines-abc-train"
BEGAN = 1_700_000_000.0


def step(name: str, status: str, **more: Any) -> Json:
    ended = {"EndTime": BEGAN + 125} if status in ("Succeeded", "Failed", "Stopped") else {}
    return {"StepName": name, "StepStatus": status, "StartTime": BEGAN, **ended, **more}


CACHED = step("prepare", "Succeeded", CacheHitResult={"SourcePipelineExecutionArn": f"{JOB}/execution/earlier"})
RUNNING = step("train", "Executing", Metadata={"TrainingJob": {"Arn": JOB}})
BROKEN = step(
    "train", "Failed", FailureReason="ClientError: no data", AttemptCount=3, Metadata={"TrainingJob": {"Arn": JOB}}
)
TRAINED = step("train", "Succeeded", CacheHitResult={"SourcePipelineExecutionArn": ""})


@pytest.fixture
def live(aws: Endpoint, run: Sagepipe, pipeline: Path) -> Path:
    assert run("upsert", pipeline, "--yes").exit_code == 0
    aws.calls.clear()
    return pipeline


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["-p", "Rounds=ten"], "parameter `Rounds` is of type integer, which `ten` is not"),
        (["-p", "Rounds=1.5"], "parameter `Rounds` is of type integer, which `1.5` is not"),
        (["-p", "Rounds=1_0"], "parameter `Rounds` is of type integer, which `1_0` is not"),
        (["-p", "Rounds=0"], "parameter `Rounds` is at least 1, not 0"),
        (["-p", "Rounds=1001"], "parameter `Rounds` is at most 1000, not 1001"),
        (["-p", "Round=10"], "no parameter is named `Round`; did you mean `Rounds`?"),
        (["-p", "Share=nan"], "parameter `Share` is of type float, which `nan` is not"),
        (["-p", "Mode=slow"], "parameter `Mode` is one of `fast`, `exact`, not `slow`"),
        (["-p", "Code=abc"], "parameter `Code` does not match `[0-9]+`: `abc`"),
        (["-p", "Notify=yes"], "parameter `Notify` is true or false, not `yes`"),
        (["-p", f"Data={'x' * 1025}"], "parameter `Data` has 1025 characters; 1024 are the most"),
        ([], "parameter `Code` has no default: give it with -p Code=..."),
    ],
)
def test_parameters_are_checked_before_any_call(
    aws: Endpoint, run: Sagepipe, pipeline: Path, given: list[str], told: str
) -> None:
    more = (
        "  Share: {type: float, default: 0.5}\n  Mode: {type: string, default: fast, enum: [fast, exact]}\n"
        "  Code: {type: string, pattern: '[0-9]+'}\n  Notify: {type: boolean, default: true}\n"
    )
    edited(pipeline, "steps:\n", f"{more}steps:\n")
    started = run("start", pipeline, *given)
    assert started.exit_code == 1, started.output
    assert f"error: {told}\n" in started.stderr
    assert aws.calls == []


def test_start_with_parameters(aws: Endpoint, run: Sagepipe, live: Path, tmp_path: Path) -> None:
    params = tmp_path / "params.yaml"
    params.write_text("Rounds: 010\nData: s3://a/b\n")
    started = run("start", live, "--params", params, "-p", "Data=s3://c/d", "--name", "by-hand", "--parallelism", 2)
    assert started.exit_code == 0, started.output
    assert started.stdout.startswith("arn:aws:sagemaker:us-east-1:111122223333:pipeline/small/execution/")
    assert aws.operations == ["GetCallerIdentity", "StartPipelineExecution"]
    request = aws.calls[-1][1]
    assert request["PipelineParameters"] == [{"Name": "Rounds", "Value": "10"}, {"Name": "Data", "Value": "s3://c/d"}]
    assert request["PipelineExecutionDisplayName"] == "by-hand"
    assert request["ParallelismConfiguration"] == {"MaxParallelExecutionSteps": 2}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- 1\n", "holds no parameters"),
        ("Data: x\nRounds: {b: 1}\n", "params.yaml, parameter `Rounds` has no single value"),
        ("a: [", "error["),
    ],
)
def test_a_file_of_parameters_that_is_none(aws: Endpoint, run: Sagepipe, live: Path, text: str, told: str) -> None:
    params = live.parent / "params.yaml"
    params.write_text(text)
    started = run("start", live, "--params", params)
    assert started.exit_code == 1 and told in started.stderr


def test_start_by_name_checks_against_the_live_definition(aws: Endpoint, run: Sagepipe, live: Path) -> None:
    bad = run("start", "small", "--region", "us-east-1", "-p", "Rounds=x")
    assert bad.exit_code == 1 and "of type integer" in bad.stderr and aws.writes == []
    assert run("start", "arn:aws:sagemaker:us-east-1:111122223333:pipeline/small", "-p", "Rounds=7").exit_code == 0
    absent = run("start", "other", "--region", "us-east-1")
    assert absent.exit_code == 3 and "there is no pipeline `other` in us-east-1" in absent.stderr


def test_a_lost_answer_starts_one_execution(aws: Endpoint, run: Sagepipe, live: Path) -> None:
    aws.fail("StartPipelineExecution", "reset", after=True)
    assert run("start", live).exit_code == 0
    assert len(aws.account.executions) == 1


def test_selective_execution(aws: Endpoint, run: Sagepipe, live: Path) -> None:
    early = run("start", live, "--only", "train")
    assert early.exit_code == 3 and "has no execution that has ended" in early.stderr
    assert "need what an earlier execution made in prepare" in early.stderr
    run("start", live)
    first = next(iter(aws.account.executions))
    for options, steps in ((["--only", "train"], ["train"]), (["--from", "prepare"], ["prepare", "train"])):
        aws.calls.clear()
        assert run("start", live, *options).exit_code == 0
        chosen = aws.calls[-1][1]["SelectiveExecutionConfig"]
        assert [s["StepName"] for s in chosen["SelectedSteps"]] == steps
        source = chosen.get("SourcePipelineExecutionArn", "")
        assert source.startswith(first.rpartition("/")[0]) if options[0] == "--only" else not source
    wrong = run("start", live, "--only", "tran")
    assert wrong.exit_code == 2 and "did you mean `train`?" in wrong.stderr


@pytest.mark.parametrize(
    ("status", "steps", "code"),
    [("Succeeded", [CACHED, TRAINED], 0), ("Failed", [CACHED, BROKEN], 5),
     ("CompletedWithFailures", [CACHED, BROKEN], 5),
     ("Stopped", [CACHED, step("train", "Stopped")], 6)],
)  # fmt: skip
def test_watch_to_each_outcome(
    aws: Endpoint, run: Sagepipe, live: Path, status: str, steps: list[Json], code: int
) -> None:
    aws.account.page = 1
    aws.account.future = [("Executing", []), ("Executing", [CACHED, RUNNING]), (status, steps)]
    report = live.parent / "report.xml"
    watched = run("start", live, "--watch", "--interval", 0, "--junit", report)
    assert watched.exit_code == code, watched.output
    assert "step prepare: Succeeded, in 2 m 05 s, reused from earlier" in watched.stderr
    assert "step train: Executing" in watched.stderr and f"execution {status}" in watched.stderr
    if code == 5:
        assert (
            "step train: Failed, in 2 m 05 s, attempt 3\n  ClientError: no data\n  https://us-east-1.console"
            in watched.stderr
        )
        assert "TrainingJobs$3FlogStreamNameFilter$3Dpipelines-abc-train" in watched.stderr
    suite = ElementTree.parse(report).getroot()
    assert suite.get("tests") == "2" and suite.get("failures") == ("1" if code == 5 else "0")
    assert suite.get("skipped") == ("1" if code == 6 else "0")
    assert run("watch", live, "--interval", 0).exit_code == code


def test_the_table_of_a_terminal(aws: Endpoint, run: Sagepipe, live: Path, capsys: pytest.CaptureFixture[str]) -> None:
    aws.account.future = [("Executing", [CACHED, RUNNING]), ("Failed", [CACHED, BROKEN])]
    arn = run("start", live).stdout.strip()
    seen = follow(Session("us-east-1"), arn, 0.0, Screen())
    assert seen.status == "Failed"
    told = capsys.readouterr().err
    for part in (
        "step",
        "prepare",
        "Succeeded",
        "2 m 05 s",
        "reused from",
        "ClientError: no data",
        "000000000001  Failed",
    ):
        assert part in told
    (link,) = [line for line in told.splitlines() if "train: https://us-east-1.console" in line]
    assert link.endswith("$3FlogStreamNameFilter$3Dpipelines-abc-train")  # whole, on a line of its own


PLACE = "https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1#logsV2:log-groups/log-group/"
CHECK_JOB = "arn:aws:sagemaker:us-east-1:111122223333:processing-job/pipelines-abc-check"
ASK = "arn:aws:lambda:us-east-1:111122223333:function:sagemaker-ask"
CASES = [
    ({"QualityCheck": {"CheckJobArn": CHECK_JOB, "ViolationReport": "s3://b/v.json"}}, "broken",
     "broken; violations: s3://b/v.json",
     f"{PLACE}$252Faws$252Fsagemaker$252FProcessingJobs$3FlogStreamNameFilter$3Dpipelines-abc-check"),
    ({"Lambda": {"Arn": ASK, "OutputParameters": []}}, "an error", "an error",
     f"{PLACE}$252Faws$252Flambda$252Fsagemaker-ask"),
    ({"EMR": {"ClusterId": "j-1", "StepId": "s-1", "LogFilePath": "s3://logs/j-1"}}, "no", "no", "s3://logs/j-1"),
    ({"Fail": {"ErrorMessage": "AUC below 0.75"}}, "", "AUC below 0.75", ""),
    ({"Model": {"Arn": "arn:aws:sagemaker:us-east-1:111122223333:model/m"}}, "no", "no", ""),
    ({}, "", "", ""),
]  # fmt: skip


@pytest.mark.parametrize(("metadata", "reason", "said", "log"), CASES, ids=[next(iter(c[0]), "none") for c in CASES])
def test_why_a_step_failed_and_where_its_log_is(
    aws: Endpoint, run: Sagepipe, live: Path, metadata: Json, reason: str, said: str, log: str
) -> None:
    aws.account.future = [("Failed", [step("s", "Failed", FailureReason=reason, Metadata=metadata)])]
    lines = ["step s: Failed, in 2 m 05 s", *(f"  {text}" for text in (said, log) if text), "execution Failed"]
    assert run("start", live, "--watch", "--interval", 0).stderr == "".join(f"{line}\n" for line in lines)


def test_each_iteration_of_a_loop_is_a_step_of_its_own(aws: Endpoint, run: Sagepipe, live: Path) -> None:
    """Else two rows of one name would take turns, and each look would tell both of them anew."""
    rows = [
        step("train", status, IterationContext={"ParentStepName": "loop", "Index": index, "Item": "a"})
        for index, status in enumerate(("Succeeded", "Executing"))
    ]
    aws.account.future = [*[("Executing", rows)] * 3, ("Succeeded", [rows[0], {**rows[1], "StepStatus": "Succeeded"}])]
    lines = run("start", live, "--watch", "--interval", 0).stderr.splitlines()
    assert [line.partition(",")[0] for line in lines] == [
        "step train[0]: Succeeded", "step train[1]: Executing", "execution Executing",
        "step train[1]: Succeeded", "execution Succeeded",
    ]  # fmt: skip


def test_an_execution_that_failed_without_a_failed_step_is_a_failure_in_the_report(
    aws: Endpoint, run: Sagepipe, live: Path
) -> None:
    aws.account.future = [("Failed", [])]
    report = live.parent / "report.xml"
    assert run("start", live, "--watch", "--interval", 0, "--junit", report).exit_code == 5
    suite = ElementTree.parse(report).getroot()
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("1", "1", "0")


def test_watch_outlasts_faults_and_gives_up_when_they_last(aws: Endpoint, run: Sagepipe, live: Path) -> None:
    run("start", live)
    aws.fail("DescribePipelineExecution", "reset", times=15)
    assert run("watch", live, "--interval", 0).exit_code == 0
    aws.fail("DescribePipelineExecution", "reset", times=-1)
    lost = run("watch", live, "--interval", 0)
    assert lost.exit_code == 3 and "the execution goes on; watch it again later" in lost.stderr


def test_stop_and_retry(aws: Endpoint, run: Sagepipe, live: Path) -> None:
    aws.account.future = [("Executing", [RUNNING]), ("Succeeded", [TRAINED])]
    run("start", live)
    (arn,) = aws.account.executions
    assert run("stop", live).stdout == f"{arn}\n"
    assert run("watch", arn, "--interval", 0).exit_code == 6
    late = run("stop", live)
    assert late.exit_code == 3 and "already ended" in late.stderr
    assert run("retry", live, arn.rpartition("/")[2], "--watch", "--interval", 0).exit_code == 0
    again = run("retry", live)
    assert again.exit_code == 3 and "cannot be retried" in again.stderr
    missing = run("watch", live, "nowhere")
    assert missing.exit_code == 3 and "has no execution `nowhere`" in missing.stderr


def test_list_and_describe(aws: Endpoint, run: Sagepipe, live: Path) -> None:
    aws.account.future = [("Failed", [CACHED, BROKEN])]
    aws.account.page = 1
    run("start", live)
    run("start", live)
    assert run("list", "--region", "us-east-1").stdout.splitlines()[1].startswith("small  2023-11-14")
    rows = run("list", live).stdout.splitlines()
    assert rows[0].split() == ["execution", "status", "started", "name", "why"] and rows[1].startswith(
        "000000000002  Failed"
    )
    assert len(run("list", live, "-n", 1).stdout.splitlines()) == 2
    shown = run("describe", live).stdout
    for part in (
        "role: arn:aws:iam::111122223333:role/sm-pipeline",
        "project  fraud",
        "Rounds     Integer",
        "train    Training",
    ):
        assert part in shown
    assert '"Version": "2020-12-01"' in run("describe", "small", "--region", "us-east-1", "--definition").stdout
    execution = run("describe", live, "latest").stdout
    assert run("watch", "small", "latest", "--region", "us-east-1", "--interval", 0).exit_code == 5
    listed = run("list", live, "--set", "unknown=1")
    assert listed.exit_code == 1 and "no variable is named `unknown`" in listed.stderr
    assert run("list", "--target", "dev").exit_code == 2
    assert "Failed" in execution and "ClientError: no data" in execution
    assert '"status": "Failed"' in run("describe", live, "000000000001", "--format", "json").stdout


def test_delete_asks_and_says_what_stays(aws: Endpoint, run: Sagepipe, live: Path) -> None:
    aws.account.future = [("Executing", [RUNNING])]
    run("start", live)
    assert run("delete", live, answer="n\n").exit_code == 130
    busy = run("delete", live, "--yes")
    assert busy.exit_code == 3 and "an execution still runs: `sagepipe stop small`" in busy.stderr
    run("stop", live)
    run("watch", live, "--interval", 0)
    aws.account.schedules["small"] = {}
    gone = run("delete", live, "--yes", "--schedule")
    assert gone.exit_code == 0 and "What stays: the code and data in S3" in gone.stderr
    assert aws.account.pipelines == {} and aws.account.schedules == {}
    assert run("delete", live, "--yes").exit_code == 3


def test_promote_and_roll_back(aws: Endpoint, run: Sagepipe, live: Path) -> None:
    for rounds in (200, 300):
        edited(live, f"default: {rounds - 100}", f"default: {rounds}")
        run("upsert", live, "--yes")
    versions = aws.account.pipelines["small"].versions
    assert run("promote", live, "--alias", "staging").stdout == "alias staging names version 3\n"
    assert run("promote", live, "--alias", "prod", "--version", 1).exit_code == 0
    assert run("promote", "small", "--region", "us-east-1", "--alias", "prod", "--like", "staging").exit_code == 0
    assert [v.aliases for v in versions] == [[], [], ["staging", "prod"]]
    assert run("rollback", live, "--alias", "prod").stdout == "alias prod names version 2, before 3\n"
    assert run("start", live, "--alias", "prod").exit_code == 0
    assert aws.calls[-1] == ("StartPipelineExecution", aws.calls[-1][1] | {"PipelineVersionAlias": "prod"})
    assert run("start", live, "--version", 1).exit_code == 0
    assert aws.calls[-1] == ("StartPipelineExecution", aws.calls[-1][1] | {"PipelineVersionId": 1})
    assert run("rollback", live, "--alias", "prod", "--to", 1).exit_code == 0
    oldest = run("rollback", live, "--alias", "prod")
    assert oldest.exit_code == 3 and "there is none before it" in oldest.stderr
    unknown = run("rollback", live, "--alias", "production")
    assert unknown.exit_code == 3 and "aliases of `small`: prod, staging" in unknown.stderr
    assert run("promote", live, "--alias", "prod", "--version", 9).exit_code == 3
