"""Every backend runs the same end-to-end test, where this machine allows it."""

from __future__ import annotations

import sys
import threading
import time
from itertools import pairwise
from pathlib import Path

import pytest
from tiny import Project, here, output, processing

from compiler.local.backends import BACKENDS, Room, choose, probe
from compiler.local.backends.table import ISOLATED, Command

WORKSHOP = """
import pathlib, pickle, subprocess, sys

source = pathlib.Path('/opt/ml/processing/input/claims')      # hard-coded, as the workshops do it
rows = [line.split(',') for file in sorted(source.glob('*.csv')) for line in file.read_text().splitlines()]
open('scratch.txt', 'w').write('relative')                    # into the current directory
subprocess.check_call([sys.executable, '-m', 'pip', 'install', '-q', '--no-index', '--no-deps', '--no-build-isolation',
                       '/opt/ml/processing/input/wheels/tinylib-1.0-py3-none-any.whl'])
import tinylib
model = {'mean': sum(float(row[1]) for row in rows) / len(rows), 'lib': tinylib.NAME}
pathlib.Path('/opt/ml/processing/output/model').mkdir(parents=True, exist_ok=True)
with open('/opt/ml/processing/output/model/model.pkl', 'wb') as file:
    pickle.dump(model, file)
"""
CHECK = """
import json, os, pathlib, pickle

model = pickle.load(open('/opt/ml/processing/model/model.pkl', 'rb'))
assert not [name for name in os.environ if name.startswith('AWS_')], 'credentials'
assert not pathlib.Path('scratch.txt').exists(), 'the folder of another job'
config = json.load(open('/opt/ml/config/processingjobconfig.json'))
assert config['ProcessingJobName'].startswith('pipelines-')
pathlib.Path('/opt/ml/output/message').write_text('all is well')
pathlib.Path('/opt/ml/processing/report/out.json').write_text(json.dumps(model))
"""


def wheel(path: Path) -> None:
    """A package of one module, as pip wants it."""
    import zipfile

    name = "tinylib-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("tinylib.py", "NAME = 'tiny'\n")
        archive.writestr(f"{name}/METADATA", "Metadata-Version: 2.1\nName: tinylib\nVersion: 1.0\n")
        archive.writestr(
            f"{name}/WHEEL", "Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{name}/RECORD", "")


def workshop(project: Project) -> None:
    project.file("data/claims.csv", "a,1\nb,2\nc,6\n")
    project.mounts["s3://b/data/"] = str(project.folder / "data")
    (project.folder / "wheels").mkdir()
    wheel(project.folder / "wheels" / "tinylib-1.0-py3-none-any.whl")
    project.mounts["s3://b/wheels/"] = str(project.folder / "wheels")
    inputs = {
        "claims": ("s3://b/data/", "/opt/ml/processing/input/claims"),
        "wheels": ("s3://b/wheels/", "/opt/ml/processing/input/wheels"),
    }
    first = {"model": (here("model"), "/opt/ml/processing/output/model")}
    second = {"report": (here("report"), "/opt/ml/processing/report")}
    project.steps = [
        processing("fit", project.file("fit.py", WORKSHOP), inputs, first),
        processing(
            "check", project.file("check.py", CHECK), {"model": (output("fit", "model"), "/opt/ml/processing/model")},
            second, PropertyFiles=[{"PropertyFileName": "P", "OutputName": "report", "FilePath": "out.json"}],
        ),
    ]  # fmt: skip


def require(name: str) -> None:
    why = probe(BACKENDS[name])
    if why:
        pytest.skip(f"backend {name} does not work here: {why}")


@pytest.mark.parametrize("name", BACKENDS)
def test_a_workshop_script_runs_unmodified(project: Project, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    require(name)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    workshop(project)
    ran = project.run(backend=name)
    assert ran.status == "Succeeded", ran.outcomes
    report = project.store.read(f"s3://b/{ran.id}/report/out.json")
    assert b'"mean": 3.0' in report and b"tiny" in report
    assert ran.outcomes["check"].properties["ExitMessage"] == "all is well"
    assert any(note.startswith(f"backend {name}") for note in project.told.notes)
    assert "tinylib" not in {path.stem for folder in sys.path if folder for path in Path(folder).glob("tinylib*")}
    assert not Path("/opt/ml/processing").exists()


def test_an_isolated_job_sees_nothing_of_the_user(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    why = probe(ISOLATED)
    if why:
        pytest.skip(f"--isolate does not work here: {why}")
    monkeypatch.setenv("SERVICE_TOKEN", "secret")
    monkeypatch.setenv("LC_TIME", "C")
    script = f"""
import os, pathlib
assert not pathlib.Path({str(project.folder / "secret.txt")!r}).exists(), 'the project is in sight'
assert not (pathlib.Path({str(Path.home())!r}) / 'sagepipe-probe').exists(), 'the home folder is in sight'
assert 'SERVICE_TOKEN' not in os.environ and os.environ['LC_TIME'] == 'C'
try:
    pathlib.Path('/usr/sagepipe-probe').write_text('x')
except OSError:
    print('cannot write')
"""
    project.file("secret.txt", "secret")
    probe_file = Path.home() / "sagepipe-probe"
    probe_file.write_text("secret", encoding="utf-8")
    try:
        project.steps = [processing("look", project.file("look.py", script))]
        ran = project.run(isolate=True, network=False)
    finally:
        probe_file.unlink()
    assert ran.status == "Succeeded", project.log(ran, "look")
    assert "cannot write" in project.log(ran, "look")


def test_an_isolated_handler_finds_itself(project: Project) -> None:
    if why := probe(ISOLATED):
        pytest.skip(f"--isolate does not work here: {why}")
    project.file("handlers.py", "import beside\ndef handler(event, context):\n    print(event, beside.__name__)\n")
    project.file("beside.py", "")
    project.steps = [{"Name": "L", "Type": "Lambda", "FunctionArn": "f", "Arguments": {}, "OutputParameters": []}]
    ran = project.run(handlers={"L": "handlers.py:handler"}, isolate=True)
    assert ran.status == "Succeeded", project.log(ran, "L")


def test_what_an_isolated_job_does_not_see_is_the_project(tmp_path: Path) -> None:
    """Wherever that lies: the folders of tests lie in /tmp, which is covered as a whole."""
    room = Room(tmp_path / ".sagepipe" / "executions" / "x" / "jobs" / "look")
    words = ISOLATED.wrap(Command(["true"], {}, "/"), room).arguments
    covered = [place for option, place in pairwise(words) if option == "--tmpfs"]
    assert str(tmp_path) in covered
    assert words.index(str(tmp_path)) < words.index(str(room.folder))


@pytest.mark.parametrize("name", ["namespace", "bubblewrap", "proot"])
def test_opt_keeps_all_else_and_the_host_gets_no_folder(project: Project, name: str) -> None:
    require(name)
    before = sorted(path.name for path in Path("/opt").iterdir())
    mark = project.folder / "mark"
    script = f"""
import os, pathlib, time
assert sorted(set(os.listdir('/opt')) - {{'ml'}}) == {sorted(set(before) - {"ml"})}
pathlib.Path({str(mark)!r}).touch()
time.sleep(0.5)
"""
    project.steps = [processing("look", project.file("look.py", script))]
    seen: list[list[str]] = []

    def watch() -> None:
        while not mark.exists():
            time.sleep(0.01)
        seen.append(sorted(path.name for path in Path("/opt").iterdir()))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    ran = project.run(backend=name)
    assert ran.status == "Succeeded", project.log(ran, "look")
    watcher.join(timeout=10)
    assert seen == [before]


def test_a_path_that_rewriting_misses_is_told(project: Project) -> None:
    script = "import os\nopen(os.sep.join(['', 'opt', 'ml', 'processing', 'x.txt']), 'w')\n"
    project.steps = [processing("miss", project.file("miss.py", script))]
    ran = project.run(backend="rewrite")
    assert ran.status == "Failed"
    assert "put together while running, which the backend `rewrite` cannot see" in project.log(ran, "miss")


def test_the_first_that_works_is_chosen_and_the_others_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    choice = choose("bubblewrap")
    assert choice == "backend `bubblewrap` does not work here: there is no program `bwrap`"


def test_a_backend_that_cannot_give_the_folder_is_found_out(tmp_path: Path) -> None:
    broken = BACKENDS["rewrite"]
    command = broken.wrap(Command(["test", "-f", "/opt/ml/x"], {"A": "/opt/ml/y"}, "/opt/ml"), Room(tmp_path))
    assert command.arguments[-1] == f"{tmp_path}/ml/x" and command.environment["A"] == f"{tmp_path}/ml/y"
