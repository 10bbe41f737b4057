"""The command line: exit codes, streams, verbs. Streams and codes through real processes, the rest in this one."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import compiler
from compiler.cli.application import VERBS, sagepipe
from compiler.cli.init import templates
from compiler.data import data_path

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "pipelines" / "fraud-detection.pipeline.yaml"
HEAD = """\
version: 1
pipeline: {name: small, region: us-east-1, role: "arn:aws:iam::111122223333:role/r", bucket: a-bucket}
"""
SMALL = HEAD + "steps:\n  stop: {type: fail, message: done}\n"
WARNED = HEAD + "variables: {unread: 1}\nsteps:\n  stop: {type: fail, message: done}\n"
WRONG = HEAD + "steps:\n  stop: {type: fial, message: done}\n"


@pytest.fixture
def here(tmp_path, monkeypatch) -> Path:
    """An empty folder to work in, far from any project."""
    monkeypatch.chdir(tmp_path)
    for name, text in (("small", SMALL), ("warned", WARNED), ("wrong", WRONG)):
        (tmp_path / f"{name}.pipeline.yaml").write_text(text, "utf-8")
    return tmp_path


def invoke(*arguments: str, text: str | bytes | None = None) -> Result:
    return CliRunner().invoke(sagepipe, arguments, input=text)


def process(*arguments: str, cwd: Path, **more: str) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **more}
    command = [sys.executable, "-m", "compiler", *arguments]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, timeout=120)


# streams and exit codes, as a shell sees them


def test_the_definition_and_nothing_else_goes_to_standard_output(here):
    done = process("compile", "warned.pipeline.yaml", cwd=here)
    assert done.returncode == 0
    assert json.loads(done.stdout)["Steps"][0]["Name"] == "stop"
    assert b"warning[unused-variable]" in done.stderr


@pytest.mark.parametrize("form", ["plain", "json", "sarif", "junit", "github"])
def test_other_formats_leave_standard_output_to_a_definition(here, form):
    done = process("compile", "warned.pipeline.yaml", "--format", form, cwd=here)
    assert done.returncode == 0
    assert json.loads(done.stdout)["Version"] == "2020-12-01"
    assert b"unused-variable" in done.stderr


def test_faults_go_to_standard_error_for_people_and_to_standard_output_for_programs(here):
    people = process("compile", "wrong.pipeline.yaml", cwd=here)
    assert (people.returncode, people.stdout) == (1, b"")
    assert b"did you mean `fail`?" in people.stderr
    program = process("compile", "wrong.pipeline.yaml", "--format", "json", cwd=here)
    assert (program.returncode, program.stderr) == (1, b"")
    assert json.loads(program.stdout)["code"] == "unknown-step-type"


def test_a_reader_that_goes_away_is_met_with_silence():
    command = f"{sys.executable} -m compiler compile {EXAMPLE} | head -c 10; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True)
    assert done.stdout == b'{"Version"'
    assert (done.returncode, done.stderr) in ((2, b""), (0, b""))  # 0 where the pipe took it all before


def test_an_interrupt_is_said_in_one_word(here, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("compiler.cli.validate.validate_source", interrupted)
    done = invoke("validate", "small.pipeline.yaml")
    assert (done.exit_code, done.output) == (130, "interrupted\n")


def test_the_console_script_is_the_same_command():
    script = Path(sys.executable).with_name("sagepipe")
    done = subprocess.run([str(script), "--version"], capture_output=True, text=True)
    assert done.stdout == f"sagepipe {compiler.__version__}\n"


# exit codes


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["validate", "small.pipeline.yaml"], 0),
        (["validate", "warned.pipeline.yaml"], 0),
        (["validate", "warned.pipeline.yaml", "--strict"], 1),
        (["validate", "wrong.pipeline.yaml"], 1),
        (["validate", "latin.pipeline.yaml"], 1),
        (["validate", "missing.pipeline.yaml"], 2),
        (["validate", "wrong.pipeline.yaml", "missing.pipeline.yaml"], 2),
        (["validate", "empty"], 2),
        (["validate"], 2),
        (["vaildate", "small.pipeline.yaml"], 2),
        (["validate", "small.pipeline.yaml", "--target", "prod"], 1),
        (["validate", "small.pipeline.yaml", "--set", "x"], 2),
        (["validate", "small.pipeline.yaml", "--set", "x=1"], 1),
        (["validate", "small.pipeline.yaml", "--format", "xml"], 2),
        (["compile", "small.pipeline.yaml", "-o", "latin.pipeline.yaml"], 2),
        (["compile", "small.pipeline.yaml", "-o", "latin.pipeline.yaml/inside"], 2),
        (["compile", "small.pipeline.yaml", "warned.pipeline.yaml"], 2),
        (["compile", "warned.pipeline.yaml", "--strict", "-o", "out"], 1),
        (["explain", "unknown-key"], 0),
        (["explain", "no-such-code"], 2),
        (["schema"], 0),
        (["--help"], 0),
    ],
)
def test_exit_codes(here, arguments, code):
    (here / "empty").mkdir()
    (here / "latin.pipeline.yaml").write_bytes("# é".encode("latin-1"))
    done = invoke(*arguments)
    assert done.exit_code == code, done.output
    assert not (here / "out").exists()
    assert "Traceback" not in done.output


def test_a_bug_is_reported_as_one(here, monkeypatch):
    def broken(*_):
        raise RuntimeError("no such luck")

    monkeypatch.setattr("compiler.cli.validate.validate_source", broken)
    done = invoke("validate", "small.pipeline.yaml")
    assert done.exit_code == 2
    assert "internal error: RuntimeError: no such luck" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Traceback" in invoke("--debug", "validate", "small.pipeline.yaml").stderr


# validate


def test_a_folder_stands_for_every_pipeline_file_below_it(here):
    for place in ("b/deep/two.pipeline.yml", "a/one.pipeline.yaml", ".hidden/three.pipeline.yaml", "a/other.yaml"):
        (here / "all" / place).parent.mkdir(parents=True, exist_ok=True)
        (here / "all" / place).write_text(WRONG, "utf-8")
    done = invoke("validate", "all", "all/a/one.pipeline.yaml", "--format", "plain")
    found = [line.split(":")[0] for line in done.stdout.splitlines()]
    assert found == ["all/a/one.pipeline.yaml", "all/b/deep/two.pipeline.yml"]


def test_standard_input_is_a_file_like_others(here):
    assert invoke("validate", "-", text=SMALL).exit_code == 0
    assert "<stdin>:4:16" in invoke("validate", "-", "--format", "plain", text=WRONG).stdout
    assert invoke("validate", "-", text=b"# \xff").exit_code == 1
    assert json.loads(invoke("compile", "-", text=SMALL).stdout)["Steps"]


def test_every_target_is_checked_unless_one_is_named(here):
    text = HEAD + (
        "parameters: {Count: {type: integer, default: 1}}\n"
        "targets: {dev: {default: true}, prod: {parameters: {Count: many}}}\n"
        "steps: {stop: {type: fail, message: \"${{ parameters.Count }} were enough\"}}\n"
    )
    (here / "targets.pipeline.yaml").write_text(text, "utf-8")
    assert invoke("compile", "targets.pipeline.yaml").exit_code == 0
    assert invoke("validate", "targets.pipeline.yaml", "--target", "dev").exit_code == 0
    assert invoke("validate", "targets.pipeline.yaml", "--target", "prod").exit_code == 1
    every = invoke("validate", "targets.pipeline.yaml", "--format", "plain")
    assert every.exit_code == 1 and every.stdout.count("\n") == 1


def test_the_files_looked_at_are_counted(here):
    said = invoke("validate", "small.pipeline.yaml", "warned.pipeline.yaml").stderr
    assert said.endswith("valid: 2 files, 2 targets\n")
    junit = invoke("validate", "small.pipeline.yaml", "--format", "junit").stdout
    assert 'tests="1" failures="0"' in junit and 'name="small.pipeline.yaml"' in junit


# what may pass


def test_a_warning_may_pass_and_an_error_may_not(here):
    assert "unused-variable" in invoke("validate", "warned.pipeline.yaml").stderr
    allowed = invoke("validate", "warned.pipeline.yaml", "--allow", "unused-variable", "--strict")
    assert allowed.exit_code == 0 and "unused-variable" not in allowed.output
    refused = invoke("validate", "wrong.pipeline.yaml", "--allow", "unknown-step-type")
    assert refused.exit_code == 2 and "only warnings and `quota-steps`" in refused.stderr
    unknown = invoke("validate", "wrong.pipeline.yaml", "--allow", "unused-variables")
    assert unknown.exit_code == 2 and "did you mean `unused-variable`?" in unknown.stderr


def test_the_quota_of_steps_may_pass_in_one_run(here):
    steps = "".join(f"  s{n}: {{type: fail, message: done}}\n" for n in range(51))
    (here / "many.pipeline.yaml").write_text(HEAD + "steps:\n" + steps, "utf-8")
    assert invoke("compile", "many.pipeline.yaml").exit_code == 1
    done = invoke("compile", "many.pipeline.yaml", "--allow", "quota-steps")
    assert done.exit_code == 0 and len(json.loads(done.stdout)["Steps"]) == 51


# colour


def test_colour_is_for_terminals_and_for_who_asks(here):
    assert "\x1b[" not in invoke("validate", "wrong.pipeline.yaml").stderr
    assert b"\x1b[" in process("validate", "wrong.pipeline.yaml", "--color", cwd=here, NO_COLOR="1").stderr
    assert b"\x1b[" not in process("validate", "wrong.pipeline.yaml", "--no-color", cwd=here).stderr


@pytest.mark.parametrize(("variables", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)])
def test_a_terminal_gets_colour_unless_it_says_no(here, variables, coloured):
    pty = pytest.importorskip("pty")
    parent, child = pty.openpty()
    environment = {"PATH": os.environ["PATH"], "TERM": "xterm", "PYTHONPATH": str(ROOT), **variables}
    command = [sys.executable, "-m", "compiler", "validate", "wrong.pipeline.yaml"]
    subprocess.run(command, cwd=here, env=environment, stderr=child, stdin=subprocess.DEVNULL)
    os.close(child)
    assert (b"\x1b[" in os.read(parent, 4096)) is coloured
    os.close(parent)


# init


@pytest.mark.parametrize("git", [True, False], ids=["in a checkout", "outside"])
@pytest.mark.parametrize("template", templates())
def test_a_starter_compiles_as_it_stands(tmp_path, monkeypatch, template, git):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / ".git").mkdir() if git else None
    assert invoke("init", str(tmp_path / "new"), "--template", template, "--name", "my-own").exit_code == 0
    for folder in (tmp_path, tmp_path / "new", elsewhere):
        monkeypatch.chdir(folder)
        done = invoke("compile", str(tmp_path / "new" / "my-own.pipeline.yaml"), "-o", str(elsewhere / "out"))
        assert done.exit_code == 0, done.stderr
    request = json.loads((elsewhere / "out" / "upsert.json").read_text("utf-8"))
    assert request["create"]["PipelineName"] == "my-own"


def test_init_never_overwrites_unless_told_to(here):
    assert invoke("init").exit_code == 0
    mine = here / "step_code" / "train.py"
    mine.write_text("# mine", "utf-8")
    (here / "step_code" / "notify.py").unlink()
    refused = invoke("init")
    assert refused.exit_code == 2
    assert "step_code/train.py" in refused.stderr and "notify.py" not in refused.stderr
    assert mine.read_text("utf-8") == "# mine" and not (here / "step_code" / "notify.py").exists()
    assert invoke("init", "--force").exit_code == 0
    assert mine.read_bytes() == data_path("step_code", "train.py").read_bytes()


def test_init_says_what_comes_next(here):
    said = invoke("init", "new").stdout
    commands = [line.split()[1:] for line in said.splitlines() if line.startswith("  sagepipe ")]
    assert [invoke(*command).exit_code for command in commands] == [0, 0, 0]


@pytest.mark.parametrize("name", ["true", "1e3", "123", "a-b"])
def test_a_name_stays_the_text_it_is(here, name):
    assert invoke("init", "--template", "hello-fraud", "--name", name).exit_code == 0
    assert invoke("validate", f"{name}.pipeline.yaml").exit_code == 0


def test_init_refuses_names_that_are_none(here):
    assert "letters and digits" in invoke("init", "--name", "a b").stderr
    assert "did you mean `hello-fraud`?" in invoke("init", "--template", "helo-fraud").stderr
    assert sorted(path.name for path in here.iterdir()) == [f"{n}.pipeline.yaml" for n in ("small", "warned", "wrong")]


# schema, explain, help


def test_the_schema_is_the_one_that_is_shipped():
    assert invoke("schema").stdout_bytes == data_path("schemas", "pipeline.schema.json").read_bytes()


def test_explain_tells_of_one_code_or_lists_them_all():
    one = invoke("explain", "unknown-key").stdout
    assert one.startswith("error[unknown-key]: ") and "`x-`" in one
    assert "did you mean `unknown-key`?" in invoke("explain", "unknwon-key").stderr
    listed = invoke("explain").stdout
    assert all(code in listed for code in ("unknown-key", "cache-never-hits", "yaml-syntax"))


def test_help_names_every_verb_and_the_exit_codes():
    said = invoke("--help").stdout
    assert all(re.search(rf"^  {verb} ", said, re.MULTILINE) for verb in VERBS)
    assert "Exit codes: 0 fine" in said


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_a_help(verb):
    done = invoke(verb, "--help")
    assert done.exit_code == 0 and "Usage: " in done.stdout


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("sagepipe va", "validate"),
        ("sagepipe explain unknown-k", "unknown-key"),
        ("sagepipe init --template hello", "hello-fraud"),
        ("sagepipe validate --format sa", "sarif"),
    ],
)
def test_shells_complete(words, offered):
    variables = {"COMP_WORDS": words, "COMP_CWORD": str(len(words.split()) - 1)}
    done = process(cwd=ROOT, _SAGEPIPE_COMPLETE="bash_complete", **variables)
    assert offered in done.stdout.decode()
