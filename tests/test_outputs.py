"""The output folder: what stands in it, that it stands on its own, that nothing else is touched."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from compiler import Result, compile_file, compile_text
from compiler.data import data_path
from compiler.emit import write_folder

EXAMPLE = data_path("pipelines", "fraud-detection.pipeline.yaml")
FILES = ["assets.json", "definition.json", "sourcemap.json", "upsert.json", "upsert.py"]
HEAD = """\
version: 1
pipeline: {name: small, region: us-east-1, role: "arn:aws:iam::111122223333:role/r", bucket: a-bucket%s}
"""
STOP = "steps:\n  stop: {type: fail, message: done}\n"


@pytest.fixture(scope="module")
def example() -> Result:
    return compile_file(EXAMPLE, target="prod")


def read(folder: Path, name: str) -> Any:
    return json.loads((folder / name).read_text("utf-8"))


# the files


def test_the_folder_holds_what_the_reference_says(example, tmp_path):
    folder = tmp_path / "deep" / "out"
    write_folder(example.files(), folder)
    assert sorted(path.name for path in folder.iterdir()) == ["assets", *FILES]
    assert read(folder, "definition.json") == example.definition
    assert not list(tmp_path.rglob(".*"))


def test_the_definition_is_canonical(example):
    text = example.files()["definition.json"].decode()
    assert text == json.dumps(example.definition, ensure_ascii=False, separators=(",", ":")) + "\n"


def test_both_upsert_calls_carry_the_definition(example):
    request = json.loads(example.files()["upsert.json"])
    text = example.files()["definition.json"].decode().rstrip("\n")
    for call in ("create", "update"):
        assert request[call]["PipelineName"] == "fraud-detection"
        assert request[call]["PipelineDefinition"] == text
        assert request[call]["RoleArn"] == "arn:aws:iam::444455556666:role/sm-pipeline"


def test_a_large_definition_is_sent_by_way_of_s3():
    steps = "".join(f"  s{n}: {{type: fail, message: {'x' * 3000}, description: {'x' * 3000}}}\n" for n in range(50))
    parameters = "".join(f"  P{n}: {{type: string, default: '{'y' * 4000}'}}\n" for n in range(200))
    result = compile_text(f"{HEAD % ''}parameters:\n{parameters}steps:\n{steps}")
    assert result.ok, [d.message for d in result.report.errors]
    files = result.files()
    request = json.loads(files["upsert.json"])["create"]
    (asset,) = json.loads(files["assets.json"])["assets"]
    place = request["PipelineDefinitionS3Location"]
    assert asset["uri"] == f"s3://{place['Bucket']}/{place['ObjectKey']}"
    assert files[asset["path"]] == files["definition.json"].rstrip(b"\n")
    assert "PipelineDefinition" not in request


def test_assets_are_named_by_their_content(example):
    files = example.files()
    rows = json.loads(files["assets.json"])["assets"]
    assert [row["path"].rsplit("/", 1)[1] for row in rows] == ["preprocess.py", "sourcedir.tar.gz", "evaluate.py"]
    for row in rows:
        content = files[row["path"]]
        assert hashlib.sha256(content).hexdigest() == row["sha256"] and len(content) == row["size"]
        assert row["uri"].startswith("s3://ml-prod-444455556666/fraud-detection/code/")
        assert row["uri"] in files["definition.json"].decode()
        assert row["path"].split("/")[1] in row["uri"]


def test_an_archive_holds_the_code_and_no_more(example):
    (name,) = [name for name in example.files() if name.endswith(".tar.gz")]
    with tarfile.open(fileobj=BytesIO(example.files()[name])) as archive:
        members = archive.getmembers()
        train = archive.extractfile("train.py")
        assert train is not None and train.read() == data_path("step_code", "train.py").read_bytes()
    assert [m.name for m in members] == sorted(m.name for m in members)
    assert {(m.uid, m.gid, m.uname, m.gname, m.mtime, m.mode) for m in members} == {(0, 0, "", "", 0, 0o644)}
    assert not [m.name for m in members if "__pycache__" in m.name or m.name.endswith(".pyc") or "/." in f"/{m.name}"]


def test_every_pointer_of_the_source_map_leads_into_the_definition_and_the_file(example):
    places = json.loads(example.files()["sourcemap.json"])
    lines = EXAMPLE.read_text("utf-8").splitlines()
    for pointer, place in places.items():
        node: Any = example.definition
        for part in pointer.split("/")[1:]:
            node = node[int(part) if isinstance(node, list) else part.replace("~1", "/").replace("~0", "~")]
        assert place["file"] == "pipelines/fraud-detection.pipeline.yaml"
        assert 0 < place["column"] <= len(lines[place["line"] - 1])
    argument = places["/Steps/0/Arguments/AppSpecification/ContainerArguments/1"]
    assert lines[argument["line"] - 1][argument["column"] - 1 :].startswith("0.2")


def test_a_schedule_is_a_request_of_its_own():
    schedule = ', schedule: {expression: "cron(0 3 * * ? *)", timezone: Asia/Seoul}'
    files = compile_text(HEAD % schedule + STOP).files()
    request = json.loads(files["schedule.json"])
    assert request["ScheduleExpression"] == "cron(0 3 * * ? *)"
    assert request["Target"]["Arn"] == "arn:aws:sagemaker:us-east-1:111122223333:pipeline/small"
    assert "schedule.json" not in compile_text(HEAD % "" + STOP).files()


def test_nothing_is_made_of_what_is_wrong():
    assert compile_text(HEAD % "" + "steps: {stop: {type: fial}}").files() == {}


# writing


def test_an_earlier_compile_is_replaced_and_the_rest_left_alone(tmp_path):
    folder = tmp_path / "out"
    schedule = ', schedule: {expression: "rate(1 day)"}'
    write_folder(compile_file(EXAMPLE).files(), folder)
    stale = sorted(path.name for path in (folder / "assets").iterdir())
    for kept in ("notes.txt", "assets/logo.svg", "assets/images/a.png"):
        (folder / kept).parent.mkdir(exist_ok=True)
        (folder / kept).write_text("mine", "utf-8")
    write_folder(compile_text(HEAD % schedule + STOP).files(), folder)
    assert (folder / "schedule.json").exists()
    assert not [name for name in stale if (folder / "assets" / name).exists()]
    write_folder(compile_text(HEAD % "" + STOP).files(), folder)
    assert sorted(path.name for path in folder.iterdir()) == ["assets", *sorted([*FILES, "notes.txt"])]
    assert sorted(path.name for path in (folder / "assets").iterdir()) == ["images", "logo.svg"]


def test_a_fault_half_way_leaves_the_old_files(tmp_path, monkeypatch):
    folder = tmp_path / "out"
    write_folder({"definition.json": b"old"}, folder)
    write = Path.write_bytes

    def full(path: Path, content: bytes) -> int:
        if path.name == "upsert.json":
            raise OSError(28, "No space left on device", str(path))
        return write(path, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    for target in (folder, tmp_path / "new"):
        with pytest.raises(OSError, match="No space"):
            write_folder({"definition.json": b"new", "upsert.json": b"new"}, target)
    assert (folder / "definition.json").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert [path.name for path in folder.iterdir()] == ["definition.json"]


@pytest.mark.parametrize("place", ["file", "file/inside"])
def test_a_place_that_cannot_be_written_is_named(tmp_path, place):
    (tmp_path / "file").write_text("mine", "utf-8")
    with pytest.raises(OSError) as caught:
        write_folder({"definition.json": b"new"}, tmp_path / place)
    assert caught.value.filename == str(tmp_path / place)


# upsert.py, on its own

FAKES = {}
FAKES["boto3/__init__.py"] = '''
"""A boto3 that writes down what it is asked; the pipeline is there once it was created."""
import json, pathlib
CALLS = pathlib.Path(__file__).parents[1] / "calls.jsonl"

def sizes():
    assets = json.loads((CALLS.parents[1] / "moved" / "assets.json").read_text())["assets"]
    return {row["uri"].split("/", 3)[3]: row["size"] for row in assets}

class Client:
    def __init__(self, service, **_):
        self.service = service
    def get_paginator(self, operation):
        return self
    def paginate(self, **_):
        return []
    def __getattr__(self, operation):
        def call(**given):
            from botocore.exceptions import ClientError
            lines = CALLS.read_text().splitlines() if CALLS.exists() else []
            shown = {k: v if isinstance(v, (str, dict, list)) else type(v).__name__ for k, v in given.items()}
            CALLS.write_text("\\n".join([*lines, json.dumps([self.service, operation, shown])]) + "\\n")
            done = [json.loads(line) for line in lines]
            if operation == "describe_pipeline" and not [c for c in done if c[1] == "create_pipeline"]:
                raise ClientError("ResourceNotFound", 400)
            if operation == "head_object":
                if not [c for c in done if c[1] == "put_object" and c[2]["Key"] == given["Key"]]:
                    raise ClientError("404", 404)
                return {"ContentLength": sizes()[given["Key"]]}
            if operation == "describe_pipeline":
                (created,) = [c[2] for c in done if c[1] == "create_pipeline"]
                return {**created, "PipelineArn": "arn:live", "ResponseMetadata": {"HTTPStatusCode": 200}}
            known = {"PipelineArn": "arn:live", "Tags": [], "Account": "444455556666"}
            return {**known, "ResponseMetadata": {"HTTPStatusCode": 200}}
        return call

class Session:
    def __init__(self, region_name=None, **_):
        self.region_name = region_name
    def client(self, service, **_):
        return Client(service)

class session:
    Session = Session

client = Client
'''
FAKES["botocore/__init__.py"] = ""
FAKES["botocore/config.py"] = """
class Config:
    def __init__(self, **_):
        pass
"""
FAKES["botocore/parsers.py"] = """
class ResponseParserError(Exception):
    pass
"""
FAKES["botocore/exceptions.py"] = """
class BotoCoreError(Exception):
    pass

class ClientError(Exception):
    def __init__(self, code, status):
        super().__init__(code)
        self.response = {"Error": {"Code": code, "Message": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
"""


@pytest.fixture
def stand_alone(tmp_path, example):
    """The output folder far from the project, with a boto3 that is none."""
    write_folder(example.files(), tmp_path / "made")
    shutil.move(tmp_path / "made", tmp_path / "moved")
    for name, text in FAKES.items():
        (tmp_path / "fake" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "fake" / name).write_text(text, "utf-8")
    return tmp_path


def run_script(folder: Path) -> subprocess.CompletedProcess[str]:
    """Without this project on the path, without a home."""
    bare = {"PYTHONPATH": str(folder / "fake"), "HOME": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-S", str(folder / "moved" / "upsert.py")]
    return subprocess.run(command, cwd="/", env=bare, capture_output=True, text=True)


def calls(folder: Path) -> list[tuple[str, str, dict[str, Any]]]:
    return [json.loads(line) for line in (folder / "fake" / "calls.jsonl").read_text("utf-8").splitlines()]


def test_the_script_uploads_and_creates_and_then_changes_nothing(stand_alone, example):
    done = run_script(stand_alone)
    assert done.returncode == 0, done.stderr
    made = calls(stand_alone)
    request = json.loads(example.files()["upsert.json"])
    uploaded = [call[2] for call in made if call[1] == "put_object"]
    keys = [row["uri"].split("/", 3)[3] for row in json.loads(example.files()["assets.json"])["assets"]]
    assert [given["Key"] for given in uploaded] == keys
    assert {given["Bucket"] for given in uploaded} == {"ml-prod-444455556666"}
    (created,) = [call[2] for call in made if call[1] == "create_pipeline"]
    assert request["create"].items() <= created.items()
    again = run_script(stand_alone)
    assert again.returncode == 0, again.stderr
    assert not [call for call in calls(stand_alone)[len(made) :] if call[1] in ("create_pipeline", "update_pipeline")]


def test_the_script_refuses_changed_assets(stand_alone):
    (script,) = (stand_alone / "moved" / "assets").rglob("preprocess.py")
    script.write_text("# changed", "utf-8")
    done = run_script(stand_alone)
    assert done.returncode != 0 and "preprocess.py" in done.stderr
    assert not (stand_alone / "fake" / "calls.jsonl").exists()


def test_no_name_can_leave_the_text_it_stands_in():
    text = HEAD % "" + 'targets: {"\\"\\"\\"\\nimport os": {default: true}}\n' + STOP
    script = compile_text(text).files()["upsert.py"].decode()
    compile(script, "upsert.py", "exec")
    assert not [line for line in script.splitlines() if line.startswith("import os")]
