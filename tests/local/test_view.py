"""What a person sees while a pipeline runs."""

from __future__ import annotations

import json
import os
import pty
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tiny import Project, here, processing

from compiler.local.outcome import Outcome, brief
from compiler.local.parameters import ParameterFault, bind
from compiler.local.plan import Node, make_plan
from compiler.local.records import Execution
from compiler.local.registry import Registry
from compiler.local.view import Events

Json = Any


def on_a_terminal(words: list[str], folder: Path, columns: int = 100, lines: int = 40, kind: str = "xterm") -> str:
    """What a process writes to a terminal, controls taken out."""
    ours, its = pty.openpty()
    environment = {**os.environ, "TERM": kind, "COLUMNS": str(columns), "LINES": str(lines)}
    process = subprocess.Popen(words, stdout=its, stderr=its, stdin=its, cwd=folder, env=environment)
    os.close(its)
    said = b""
    while True:
        try:
            chunk = os.read(ours, 65536)
        except OSError:
            break
        if not chunk:
            break
        said += chunk
    os.close(ours)
    process.wait(timeout=60)
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", said.decode())


def test_a_terminal_shows_a_table_and_the_last_lines_of_the_log(project: Project) -> None:
    script = "import time\nprint('row 17 of the table', flush=True)\ntime.sleep(1)"
    project.steps = [
        processing("slow", project.file("slow.py", script)),
        processing("next", project.file("next.py", ""), DependsOn=["slow"]),
    ]
    said = on_a_terminal(command(project), project.folder)
    assert re.search(r"slow\s+Processing\s+running\s+\d", said), said
    assert re.search(r"next\s+Processing\s+waiting", said)
    assert "slow | row 17 of the table" in said
    assert re.search(r"next\s+Processing\s+done", said)
    assert "Succeeded in" in said


def command(project: Project) -> list[str]:
    words = [sys.executable, "-c", "from compiler.cli import main; main()", "run", str(project.definition())]
    return words + [word for uri, path in project.mounts.items() for word in ("--data", f"{uri}={path}")]


def test_a_small_terminal_shows_what_runs(project: Project) -> None:
    slow = project.file("slow.py", "import time\nprint('row 17 of the table', flush=True)\ntime.sleep(1)")
    quick = [{"Name": f"gate-{n:02}", "Type": "Condition", "Arguments": {"Conditions": []}} for n in range(30)]
    project.steps = [*quick, processing("slow", slow, DependsOn=["gate-29"]), processing("next", slow)]
    project.steps[-1]["DependsOn"] = ["slow"]
    said = on_a_terminal(command(project), project.folder, 60, 16)
    frame = said.split("row 17 of the table")[0]
    assert re.search(r"slow\s+Processing\s+running", frame) and "... and 2" in frame
    assert max(len(line.rstrip()) for line in said.splitlines() if "/" not in line) <= 60
    assert all(f"gate-{n:02}" in said.rpartition("slow | row")[2] for n in range(30)), "the last table is whole"


def test_a_narrow_terminal_leaves_out_the_types_and_at_last_cuts_nothing(project: Project) -> None:
    project.steps = [
        processing("one", project.file("one.py", "raise SystemExit('no rows')")),
        processing("two", project.file("two.py", ""), DependsOn=["one"]),
    ]
    said = on_a_terminal(command(project), project.folder, 24, 16).replace("\r", "")
    assert "Processing" not in said
    assert re.search(r"two +not run: `one` *\n +failed", said)


def test_a_terminal_that_cannot_draw_gets_lines(project: Project) -> None:
    project.steps = [processing("one", project.file("one.py", ""))]
    said = on_a_terminal(command(project), project.folder, kind="dumb")
    assert re.match(r" +\d\.\d\ds one +started", said)


def test_a_table_breaks_no_word(project: Project) -> None:
    group = "a-group-of-models-with-a-long-name"
    Registry(project.state).register(
        group,
        {
            "ModelApprovalStatus": "PendingManualApproval", "execution": "mwr3h934vpmd",
            "InferenceSpecification": {"Containers": [{"ModelDataUrl": "s3://bucket/with/a/long/prefix/model.tar.gz"}]},
        },
    )  # fmt: skip
    words = [sys.executable, "-c", "from compiler.cli import main; main()", "runs", "models"]
    said = on_a_terminal(words, project.folder, 40, 16)
    for word in (group, "PendingManualApproval", "mwr3h934vpmd", "s3://bucket/with/a/long/prefix/model.tar.gz"):
        assert word in said
    execution = Execution(project.state, "p", {})
    metrics = {"validation:auc": 0.75, "validation:error": 0.25, "train:logloss": 0.5}
    step = {
        "type": "Training",
        "status": "Succeeded",
        "started": 0,
        "ended": 1,
        "reused": "",
        "reason": "",
        "notes": [],
    }
    execution.write_step("train", {**step, "metrics": metrics})
    execution.close()
    lines = on_a_terminal([*words[:-1], "show"], project.folder, 72, 16).splitlines()
    rows = [line for line in lines if "0." in line]
    assert len(rows) == 3 and max(map(len, rows)) <= 72


def test_lines_where_there_is_no_terminal(project: Project, sagepipe: Any) -> None:
    project.steps = [processing("one", project.file("one.py", ""), None, {"o": (here("o"), "/opt/ml/processing/o")})]
    data = [word for uri, path in project.mounts.items() for word in ("--data", f"{uri}={path}")]
    done = sagepipe("run", project.definition(), *data, "--explain-cache", "--parallelism", "1")
    lines = done.stderr.splitlines()
    assert re.fullmatch(r" +\d\.\d\ds one +started", lines[0])
    assert re.fullmatch(r"backend \w+: .*", lines[1])
    assert re.fullmatch(r" +\d\.\d\ds one +done  \d\.\ds", lines[2])
    assert lines[3] == "cache: one                    off   the step has no cache"
    assert lines[4].startswith("Succeeded in ") and "execution " in lines[4]
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--no-network"], "--no-network needs --isolate"),
        (["-p", "x"], "`x` is not of the form NAME=VALUE"),
        (["--from", "one"], "--from and --only need --resume"),
        (["--resume", "latest"], "no execution is `latest`"),
        (["--handler", "L=module"], "write MODULE:FUNCTION"),
        (["--handler", "L=nofile.py:f"], "--handler L=nofile.py:f: there is no file nofile.py in "),
        (["--data", "folder=."], "an S3 URI begins with s3://"),
        (["--python", "/nonexistent/python"], "is no Python that can be run"),
    ],
)
def test_a_call_that_cannot_be_is_told(project: Project, sagepipe: Any, words: list[str], said: str) -> None:
    project.steps = []
    done = sagepipe("run", project.definition(), *words)
    assert done.returncode in (1, 2) and said in done.stderr


@pytest.mark.parametrize("text", ["[]", "{}", "no json", '{"Steps": 1}'])
def test_a_file_that_is_no_definition_is_told(tmp_path: Path, sagepipe: Any, text: str) -> None:
    (tmp_path / "some.json").write_text(text, encoding="utf-8")
    done = sagepipe("run", "some.json")
    assert done.returncode == 1 and done.stderr.startswith("some.json: this is no")


def test_parameters_take_the_types_that_are_declared() -> None:
    declared: Json = {
        "S": {"Name": "S"}, "I": {"Name": "I", "Type": "Integer"}, "F": {"Name": "F", "Type": "Float"},
        "B": {"Name": "B", "Type": "Boolean", "DefaultValue": False}, "E": {"Name": "E", "EnumValues": ["a", "b"]},
    }  # fmt: skip
    plan = make_plan({"Parameters": list(declared.values())})
    found = bind(plan, {"S": "07", "I": "-7", "F": "1e-3", "B": "True", "E": "b"})
    assert found == {"S": "07", "I": -7, "F": 0.001, "B": True, "E": "b"}
    with pytest.raises(ParameterFault) as fault:
        bind(plan, {"I": "7.5", "F": "x", "B": "yes", "E": "c", "Q": "1"})
    assert str(fault.value).splitlines() == [
        "parameter `I` is of type integer, which `7.5` is not",
        "parameter `F` is of type float, which `x` is not",
        "parameter `B` is true or false, not `yes`",
        "parameter `E` is one of `a`, `b`, not `c`",
        "no parameter is named `Q`",
        "parameter `S` has no default: give it with -p S=...",
    ]


def test_events_are_a_json_object_a_line(project: Project, sagepipe: Any) -> None:
    project.steps = [
        processing("one", project.file("one.py", "")),
        {"Name": "end", "Type": "Fail", "Arguments": {"ErrorMessage": "é"}, "DependsOn": ["one"]},
    ]
    done = sagepipe(*command(project)[3:], "--json")
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert (done.returncode, done.stderr) == (1, "")
    kinds = ["started", "step-started", "note", "step-ended", "step-started", "step-ended", "ended"]
    assert [event["event"] for event in events] == kinds
    times = [event["at"] for event in events]
    assert times == sorted(times) and times[-1] > 0
    assert (events[-2]["reason"], events[-1]["status"]) == ("é", "Failed")


def test_what_an_attempt_of_one_step_came_to_is_told_with_the_execution_to_go_on_from(
    project: Project, sagepipe: Any
) -> None:
    project.steps = [processing("bad", project.file("bad.py", "raise SystemExit(3)"))]
    first = sagepipe(*command(project)[3:])
    again = next(line for line in first.stderr.splitlines() if line.startswith("  this step again: sagepipe "))
    words = shlex.split(again.partition("sagepipe ")[2])
    assert words[-2:] == ["--only", "bad"]
    second = sagepipe(*words)
    assert again in second.stderr.splitlines(), "not from the execution of one step"
    project.file("bad.py", "print('mended')")
    assert sagepipe(*words).returncode == 0


@pytest.mark.parametrize(
    ("value", "shown"), [("0.04219724", "0.0422"), ("1.2345678e-05", "1.235e-05"), (0.72585, "0.7258"), ("3", "3")]
)
def test_measured_values_have_four_digits(value: object, shown: str) -> None:
    assert brief(value) == shown


def test_events_are_json_whatever_was_measured(capsys: pytest.CaptureFixture[str]) -> None:
    outcome = Outcome("Succeeded", metrics={"loss": float("nan"), "auc": 0.5})
    Events().ended(Node("train", "Training", {}, ""), outcome, 1.0)
    told = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    assert told["metrics"] == {"loss": "nan", "auc": 0.5}
