"""Each kind of job, as a container would see it."""

from __future__ import annotations

import io
import json
import os
import tarfile
import time
from pathlib import Path
from typing import Any

import pytest
from tiny import HOUR, Project, processing
from trainings import XGBOOST, scripted, source, training

from compiler.local.jobs import toolkit
from compiler.local.jobs.archive import pack, unpack
from compiler.local.jobs.job import JobFailed
from compiler.local.jobs.metrics import read_metrics
from compiler.local.machine import last_lines
from compiler.local.session import InputFault
from compiler.local.store import Store

Json = Any
FUNCTION = "arn:aws:lambda:eu-west-1:111122223333:function:sagemaker-f"


SCRIPT = """
import json, os, pathlib, sys
seen = {'argv': sys.argv[1:], 'env': {k: v for k, v in os.environ.items() if k.startswith('SM_')},
        'cwd': os.getcwd(), 'files': sorted(str(p) for p in pathlib.Path('/opt/ml').rglob('*') if p.is_file()),
        'hyperparameters': json.load(open('/opt/ml/input/config/hyperparameters.json')),
        'channels': json.load(open('/opt/ml/input/config/inputdataconfig.json'))}
import helper
pathlib.Path(os.environ['SM_OUTPUT_DATA_DIR'], 'seen.json').write_text(json.dumps(seen))
pathlib.Path(os.environ['SM_MODEL_DIR'], 'model.bin').write_bytes(b'weights')
print('epoch 1 loss=0.5; acc: 0.25')
print('epoch 2 loss=0.25; acc: 0.75')
"""


def test_script_mode_is_as_in_the_containers(project: Project) -> None:
    code = source(project, "code", train_py=SCRIPT, helper_py="")
    given = scripted(code, objective="binary:logistic", rounds=7, flag=True, x=[1])
    definitions = [{"Name": "loss", "Regex": r"loss=([0-9.]+)"}, {"Name": "acc", "Regex": "acc: (.*)"}]
    spec = {"TrainingImage": XGBOOST, "TrainingInputMode": "File", "MetricDefinitions": definitions}
    step = training(
        "train", {"train": project.file("train.csv", "1,2")}, given, arguments={"AlgorithmSpecification": spec}
    )
    project.steps = [step]
    ran = project.run()
    assert ran.status == "Succeeded", project.log(ran, "train")
    found = ran.outcomes["train"].properties
    base = f"s3://b/{ran.id}/train/{found['TrainingJobName']}/output"
    assert found["ModelArtifacts"] == {"S3ModelArtifacts": f"{base}/model.tar.gz"}
    assert found["FinalMetricDataList"] == [
        {"MetricName": "loss", "Value": 0.25},
        {"MetricName": "acc", "Value": 0.75},
    ]
    with tarfile.open(fileobj=io.BytesIO(project.store.read(f"{base}/model.tar.gz"))) as archive:
        assert archive.getnames() == ["model.bin"]
    with tarfile.open(fileobj=io.BytesIO(project.store.read(f"{base}/output.tar.gz"))) as archive:
        member = archive.extractfile("seen.json")
        assert member is not None
        seen = json.load(member)
    assert seen["argv"] == ["--flag", "True", "--objective", "binary:logistic", "--rounds", "7", "-x", "[1]"]
    assert seen["hyperparameters"] == given, "the strings exactly as in the definition"
    assert seen["channels"] == {
        "train": {
            "ContentType": "text/csv", "TrainingInputMode": "File", "S3DistributionType": "FullyReplicated",
            "RecordWrapperType": "None",
        }
    }  # fmt: skip
    assert seen["cwd"] == "/opt/ml/code"
    assert "/opt/ml/input/data/train/train.csv" in seen["files"]
    env = seen["env"]
    assert env["SM_CHANNEL_TRAIN"] == "/opt/ml/input/data/train" and env["SM_MODEL_DIR"] == "/opt/ml/model"
    assert json.loads(env["SM_HPS"]) == {"objective": "binary:logistic", "rounds": 7, "flag": True, "x": [1]}
    assert (env["SM_HP_ROUNDS"], env["SM_CHANNELS"], env["SM_HOSTS"]) == ("7", '["train"]', '["algo-1"]')
    assert len(env) >= 35


def test_arguments_of_scripts_follow_the_toolkit() -> None:
    given = toolkit.decoded({"b": "1.50", "a": "text", "m": '{"k": 1, "j": 2}', "n": "null", "z": '"q"'})
    assert toolkit.script_arguments(given) == [
        "-a", "text", "-b", "1.5", "-m", "j=2,k=1", "-n", "", "-z", "q"
    ]  # fmt: skip


def test_a_failed_job_shows_what_it_left(project: Project) -> None:
    script = "import pathlib, sys\npathlib.Path('/opt/ml/output/failure').write_text('no rows')\nsys.exit(4)"
    project.steps = [training("train", {}, scripted(source(project, "bad", train_py=script)))]
    assert project.run().outcomes["train"].reason == "AlgorithmError: no rows, exit code: 4"
    project.steps = [processing("p", project.file("p.py", script.replace("failure", "message")))]
    assert project.run().outcomes["p"].reason == "AlgorithmError: no rows, exit code: 4"


def test_a_job_that_takes_too_long_is_ended(project: Project) -> None:
    limit = {"StoppingCondition": {"MaxRuntimeInSeconds": 1}}
    project.steps = [processing("p", project.file("p.py", "import time; time.sleep(60)"), arguments=limit)]
    assert project.run().outcomes["p"].reason == "the job was ended: it ran longer than its 1 seconds"


LEFT = """
import os, socket
os.chdir('/opt/ml/processing/o')
for name in ('real', 'a b', 'new\\nline', '\\u6570', '.kept.tmp'):
    open(name, 'w').write('x')
os.symlink('real', 'link')
os.symlink('/etc', 'folder')
os.mkfifo('pipe')
socket.socket(socket.AF_UNIX).bind('socket')
"""


def test_nothing_but_files_is_uploaded(project: Project) -> None:
    project.steps = [processing("p", project.file("p.py", LEFT), None, {"o": ("s3://b/out", "/opt/ml/processing/o")})]
    assert project.run().status == "Succeeded"
    assert [found.key for found in project.store.find("s3://b/out")] == [".kept.tmp", "a b", "new\nline", "real", "数"]


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("open(b'/opt/ml/processing/o/\\xff', 'w')", "has a name that is no UTF-8, which no object in S3 can have"),
        ("import shutil; shutil.rmtree('/opt/ml/processing/o')", "the job removed `/opt/ml/processing/o`, the folder"),
    ],
)
def test_an_output_that_cannot_be_uploaded_fails_the_step(project: Project, script: str, reason: str) -> None:
    project.steps = [processing("p", project.file("p.py", script), None, {"o": ("s3://b/out", "/opt/ml/processing/o")})]
    assert reason in project.run().outcomes["p"].reason


def test_an_input_may_have_any_name(project: Project) -> None:
    given = project.folder / "given"
    given.mkdir()
    (given / os.fsdecode(b"\xff")).write_text("x", encoding="utf-8")
    (given / "away").symlink_to("nothing")
    script = "import os; print(os.listdir(b'/opt/ml/processing/i'))"
    inputs = {"i": ("s3://b/given/", "/opt/ml/processing/i")}
    project.mounts["s3://b/given/"] = str(given)
    project.steps = [processing("p", project.file("p.py", script), inputs, CacheConfig=HOUR)]
    ran = project.run()
    assert project.log(ran, "p").strip() == r"[b'\xff']"
    assert project.run().outcomes["p"].reused == ran.id


def test_a_model_is_packed_without_what_holds_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "weights").write_bytes(b"w")
    (folder / "link").symlink_to("weights")
    (folder / "broken").symlink_to("nothing")
    os.mkfifo(folder / "pipe")
    pack(folder, tmp_path / "model.tar.gz")
    with tarfile.open(tmp_path / "model.tar.gz") as archive:
        assert archive.getnames() == ["link", "weights"]


def test_what_a_job_leaves_behind_ends_with_it(project: Project) -> None:
    mark = project.folder / "ticks"
    ticking = f"import pathlib, time\nwhile True:\n    pathlib.Path({str(mark)!r}).touch()\n    time.sleep(0.02)"
    script = f"import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', {ticking!r}], start_new_session=True)\n"
    wait = f"import pathlib, time\nwhile not pathlib.Path({str(mark)!r}).exists():\n    time.sleep(0.02)"
    project.steps = [processing("p", project.file("p.py", script + wait))]
    assert project.run().status == "Succeeded"
    mark.unlink(missing_ok=True)
    time.sleep(0.3)
    assert not mark.exists()


def test_the_last_lines_do_not_move_the_cursor(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    log.write_bytes(b"one\n\x1b[2J\x1b[31mred\x1b[0m\x07 \x1b]0;title\x07\xff\t.\n" + b"x" * 2000 + b"\n\n")
    assert last_lines(log, 2) == ["red␇ \ufffd  .", "x" * 500 + "..."]


HANDLER = """
def handler(event, context):
    print('called with', event)
    return {'double': event['n'] * 2, 'text': str(event['n']), 'deep': {'a': 1}}

def callback(message, context):
    assert len(message['token']) == 10 and message['arguments'] == {'n': 8}
    return {'answer': True}
"""


def test_handlers_answer_for_lambda_and_callback(project: Project) -> None:
    project.file("handlers.py", HANDLER)
    outputs = [{"OutputName": "double", "OutputType": "Integer"}, {"OutputName": "deep", "OutputType": "String"}]
    double = {"Get": "Steps.L.OutputParameters['double']"}
    project.steps = [
        {"Name": "L", "Type": "Lambda", "FunctionArn": FUNCTION, "Arguments": {"n": 4}, "OutputParameters": outputs},
        {
            "Name": "C", "Type": "Callback", "SqsQueueUrl": "https://sqs.eu-west-1.amazonaws.com/1/sagemaker-q",
            "Arguments": {"n": double}, "OutputParameters": [{"OutputName": "answer", "OutputType": "Boolean"}],
        },
    ]  # fmt: skip
    ran = project.run(handlers={"sagemaker-f": "handlers:handler", "C": "handlers.py:callback"})
    assert ran.status == "Succeeded", {n: o.reason for n, o in ran.outcomes.items()}
    with pytest.raises(InputFault, match=r"a Lambda step needs a local handler: --handler L=module:function"):
        project.run()


def test_a_handler_of_which_nothing_is_wanted_may_return_nothing(project: Project) -> None:
    project.file("handlers.py", "def handler(event, context):\n    print(event)\n")
    step = {"Name": "L", "Type": "Lambda", "FunctionArn": FUNCTION, "Arguments": {"n": 4}}
    project.steps = [step]
    assert project.run(handlers={"L": "handlers:handler"}).status == "Succeeded"
    project.steps = [{**step, "OutputParameters": [{"OutputName": "a", "OutputType": "String"}]}]
    assert project.run(handlers={"L": "handlers:handler"}).outcomes["L"].reason == "the handler must return a dict"


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ({"OutputName": "none", "OutputType": "String"}, "the handler returned no `none`"),
        ({"OutputName": "text", "OutputType": "Integer"}, "the handler returned '4' for `text`, which is declared as"),
    ],
)
def test_a_handler_must_return_what_is_declared(project: Project, declared: Json, said: str) -> None:
    project.file("handlers.py", HANDLER)
    project.steps = [
        {"Name": "L", "Type": "Lambda", "FunctionArn": FUNCTION, "Arguments": {"n": 4}, "OutputParameters": [declared]}
    ]
    assert project.run(handlers={"L": "handlers:handler"}).outcomes["L"].reason.startswith(said)


def test_packages_are_numbered_and_approved(project: Project, sagepipe: Any) -> None:
    data = project.file("model.tar.gz", "x")
    container = {"Image": XGBOOST, "ModelDataUrl": data}
    project.steps = [
        {
            "Name": "R", "Type": "RegisterModel",
            "Arguments": {"ModelPackageGroupName": "g", "InferenceSpecification": {"Containers": [container]}},
        }
    ]  # fmt: skip
    numbers = [project.run().outcomes["R"].properties["ModelPackageVersion"] for _ in range(3)]
    assert numbers == [1, 2, 3]
    root = ("--root", project.folder)
    assert sagepipe("runs", *root, "approve", "g", "2").returncode == 0
    rows = sagepipe("runs", *root, "models").stdout.splitlines()[1:]
    assert [row.split()[2] for row in rows] == ["PendingManualApproval", "Approved", "PendingManualApproval"]
    assert sagepipe("runs", *root, "approve", "g", "9").returncode == 1


def test_archives_are_the_same_bytes_and_stay_inside(tmp_path: Path) -> None:
    folder = tmp_path / "f"
    folder.mkdir()
    (folder / "b").write_text("b")
    (folder / "a").write_text("a")
    pack(folder, tmp_path / "one.tar.gz")
    (folder / "a").touch()
    pack(folder, tmp_path / "two.tar.gz")
    assert (tmp_path / "one.tar.gz").read_bytes() == (tmp_path / "two.tar.gz").read_bytes()
    unpack(tmp_path / "one.tar.gz", tmp_path / "g")
    assert sorted(p.name for p in (tmp_path / "g").iterdir()) == ["a", "b"]
    with tarfile.open(tmp_path / "bad.tar.gz", "w:gz") as archive:
        archive.addfile(tarfile.TarInfo("../out"))
    with pytest.raises(JobFailed, match="names a path outside of itself"):
        unpack(tmp_path / "bad.tar.gz", tmp_path / "h")
    (tmp_path / "no.tar.gz").write_text("no archive")
    with pytest.raises(JobFailed, match="no sound archive"):
        unpack(tmp_path / "no.tar.gz", tmp_path / "h")


def test_an_archive_leads_nowhere_and_makes_no_devices(tmp_path: Path) -> None:
    """Links and devices are left out; what would be written through a link lands beside it."""
    with tarfile.open(tmp_path / "odd.tar.gz", "w:gz") as archive:
        for name, kind in (("link", tarfile.SYMTYPE), ("hard", tarfile.LNKTYPE), ("pipe", tarfile.FIFOTYPE)):
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, str(tmp_path)
            archive.addfile(member)
        archive.addfile(tarfile.TarInfo("link/escaped"))
    unpack(tmp_path / "odd.tar.gz", tmp_path / "g")
    assert sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*escaped")) == ["g/link/escaped"]
    assert not any(path.is_symlink() or path.is_fifo() for path in (tmp_path / "g").rglob("*"))


def test_metrics_take_the_last_value_and_know_tabs(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    log.write_text("[0]\ttrain-auc:0.5\tvalidation-auc:0.25\n[1]\ttrain-auc:0.75\tvalidation-auc:5e-1\n")
    assert read_metrics(log, [], XGBOOST) == {"train:auc": 0.75, "validation:auc": 0.5}
    assert read_metrics(log, [], "other") == {}
    assert read_metrics(log, [{"Name": "m", "Regex": "#011train-auc:([0-9.]+)"}], XGBOOST) == {"m": 0.75}


LOOK = """
import json, os
print(json.dumps({name: text for name, text in os.environ.items()}))
print(os.getcwd())
"""


def test_the_environment_of_a_job(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_PROFILE", "PYTHONPATH", "PIP_TARGET", "SM_MODEL_DIR"):
        monkeypatch.setenv(name, "of the user")
    monkeypatch.setenv("KEPT", "of the user")
    own = {"Environment": {"OWN": "of the step", "OMP_NUM_THREADS": "1"}}
    project.steps = [processing("look", project.file("look.py", LOOK), arguments=own)]
    ran = project.run()
    said, folder = project.log(ran, "look").splitlines()
    found = json.loads(said)
    assert [name for name, text in found.items() if text == "of the user"] == ["KEPT"]
    assert (found["OWN"], found["OMP_NUM_THREADS"], found["OMP_WAIT_POLICY"]) == ("of the step", "1", "PASSIVE")
    assert folder == str(ran.folder / "jobs" / "look" / "work")


def test_the_projects_own_folder_may_stand_for_a_uri(project: Project) -> None:
    (project.folder / "loop").symlink_to(project.folder)
    project.run()
    project.mounts["s3://b/all/"] = str(project.folder)
    project.steps = [
        processing("p", project.file("p.py", ""), {"all": ("s3://b/all/", "/opt/ml/processing/all")}, CacheConfig=HOUR)
    ]
    ran = project.run()
    assert ran.status == "Succeeded"
    copied = sorted(p.name for p in (ran.folder / "jobs" / "p" / "ml" / "processing" / "all").iterdir())
    assert copied == ["p.py", "pyproject.toml", "tiny.json"]


@pytest.mark.skipif(os.geteuid() == 0, reason="to root nothing is forbidden")
def test_a_folder_that_may_not_be_read_is_no_empty_one(tmp_path: Path) -> None:
    shut = tmp_path / "out" / "shut"
    shut.mkdir(parents=True)
    (shut / "file").touch()
    shut.chmod(0)
    with pytest.raises(PermissionError):
        Store(tmp_path / "state").upload(tmp_path / "out", "s3://b/out")
    shut.chmod(0o700)
