"""The makers of generated files, on small wheels made here; `python -m compiler.devtools check` runs the real ones."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
from pathlib import Path
from zipfile import ZipFile

import pytest
from click.testing import CliRunner

from compiler.devtools import __main__ as command_line
from compiler.devtools import wheels
from compiler.devtools.fresh import fresh
from compiler.devtools.generators import GENERATORS, Generator
from compiler.devtools.image_file import image_file
from compiler.devtools.patterns import to_python
from compiler.devtools.run import check, refresh
from compiler.devtools.service_file import service_file
from compiler.devtools.service_model import ROOTS, closure, pruned, untranslated
from compiler.devtools.sources import REQUIREMENTS, one_item_a_line, stamped


def structure(**members: str) -> dict[str, object]:
    return {"type": "structure", "members": {name: {"shape": shape} for name, shape in members.items()}}


# patterns


@pytest.mark.parametrize(
    ("java", "matches", "refuses"),
    [
        (r"[a-z]++", ["abc"], ["ABC"]),
        (r"[\p{Alnum}\-]+", ["a-9"], ["ä", ""]),
        (r"([\p{L}\p{Z}\p{N}_.:/=+\-@]*)", ["größe 1", "a\u3000b"], ["a#", "a\n"]),
        (r"[\p{L}\p{M}\p{Z}\p{S}\p{N}\p{P}]*", ["a+b"], ["a\nb"]),
        (r"[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\t]*", ["\U0001f600"], ["\n", "\udc00"]),
    ],
)
def test_a_java_pattern_becomes_a_python_one(java, matches, refuses):
    python = to_python(java)
    assert python is not None
    compiled = re.compile(python, re.ASCII)
    assert all(compiled.fullmatch(text) for text in matches)
    assert not any(compiled.fullmatch(text) for text in refuses)


@pytest.mark.parametrize("java", [r"[a-z&&[^b]]", r"\p{Lu}+", r"[a[b-c]]", r"\Qa.b\E", r"\h+", "(unclosed"])
def test_a_pattern_without_an_honest_translation_is_left_out(java):
    assert to_python(java) is None
    assert untranslated({"A": {"type": "string", "pattern": java}, "B": {"type": "string"}}) == ["A"]


# service shapes


def test_the_closure_reaches_through_members_lists_and_maps():
    shapes = {
        "Root": structure(List="List", Again="Root"),
        "List": {"type": "list", "member": {"shape": "Map"}},
        "Map": {"type": "map", "key": {"shape": "Key"}, "value": {"shape": "Value"}},
        "Key": {"type": "string"},
        "Value": {"type": "string"},
        "Elsewhere": {"type": "string"},
    }
    assert list(closure(shapes, ["Root"])) == ["Key", "List", "Map", "Root", "Value"]


def test_shapes_keep_facts_and_lose_documentation():
    shapes = {
        "Root": {**structure(aName="Name"), "required": ["aName"], "documentation": "long", "union": True},
        "Name": {"type": "string", "min": 0, "max": 3, "pattern": "[a-z]+", "enum": ["a"], "sensitive": True},
    }
    assert pruned("emr", shapes) == {
        "Root": {"type": "structure", "union": True, "required": ["aName"], "members": {"aName": "Name"}},
        "Name": {"type": "string", "enum": ["a"], "min": 0, "max": 3, "pattern": "[a-z]+"},
    }
    assert pruned("bedrock", shapes)["Root"]["members"] == {"AName": "Name"}


def test_what_is_new_is_told_once_and_at_its_way_in():
    old = {"Root": structure(A="Old"), "Old": structure(X="Kind"), "Kind": {"type": "string", "enum": ["a"]}}
    new = {
        "Root": structure(A="Renamed", B="Added"),
        "Renamed": structure(X="Kind"),
        "Kind": {"type": "string", "enum": ["a", "b"]},
        "Added": structure(Y="Kind"),
        "NewRoot": structure(Z="Kind"),
    }
    assert fresh("emr", old, new, ["Root", "NewRoot"]) == {"members": {"Root": ["B"]}, "enum": {"Kind": ["b"]}}


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("SAGEPIPE_DEVTOOLS_CACHE", str(tmp_path))
    return tmp_path


def wheel(folder: Path, package: str, version: str, files: dict[str, object]) -> None:
    with ZipFile(folder / f"{package}-{version}-py3-none-any.whl", "w") as archive:
        for name, content in files.items():
            data = json.dumps(content).encode()
            archive.writestr(name, gzip.compress(data) if name.endswith(".gz") else data)


def test_the_service_file_is_made_from_the_newest_api_of_both_wheels(cache):
    for version, members in (("1.0", {"Old": "S"}), ("1.1", {"Old": "S", "New": "S"})):
        files: dict[str, object] = {}
        for service, roots in ROOTS.items():
            shapes = {root: structure(**members) for root in roots} | {"S": {"type": "string"}}
            files[f"botocore/data/{service}/2001-01-01/service-2.json.gz"] = {"shapes": {}}
            files[f"botocore/data/{service}/2020-01-01/service-2.json.gz"] = {"shapes": shapes}
        wheel(cache, "botocore", version, files)
    made = service_file({"botocore": "1.1", "botocore_baseline": "1.0"})
    content = json.loads(made)
    assert next(iter(content)) == "generated"
    assert content["made_from"] == {"botocore": "1.1", "botocore_baseline": "1.0"}
    assert content["fresh"]["scheduler"] == {"members": {"CreateScheduleInput": ["New"]}, "enum": {}}
    assert list(content["services"]["scheduler"]) == ["CreateScheduleInput", "S"]
    assert made == service_file({"botocore": "1.1", "botocore_baseline": "1.0"})


# images


def test_the_image_file_merges_both_lines_and_keeps_each_map_once(cache):
    def table(versions: dict[str, object], **more: object) -> dict[str, object]:
        return {"training": {"versions": versions}, "inference": {"versions": versions}, **more}

    registries = {"us-east-1": "1", "cn-north-1": "2"}
    image = {"repository": "r", "registries": registries, "py_versions": ["py3"]}
    neuron = {
        "repository": "pytorch-training-neuron",
        "registries": registries,
        "container_version": {"trn": "os"},
        "sdk_versions": ["sdk2.9", "sdk2.12"],
    }
    wheel(cache, "sagemaker", "2.0", {"sagemaker/image_uri_config/f.json": table({"1": image, "2": image})})
    newer = {"sagemaker/core/image_uri_config/f.json": table({"2": {**image, "py_versions": ["py310"]}, "3": neuron})}
    wheel(cache, "sagemaker_core", "2.1", {**newer, "sagemaker/core/image_uri_config/instance_gpu_info.json": {}})
    partitions = [
        {"dnsSuffix": "amazonaws.com", "regionRegex": r"^us\-\w+\-\d+$"},
        {"dnsSuffix": "amazonaws.com.cn", "regionRegex": r"^cn\-\w+\-\d+$"},
    ]
    wheel(cache, "botocore", "1.0", {"botocore/data/endpoints.json": {"partitions": partitions}})
    content = json.loads(image_file({"botocore": "1.0", "sagemaker": "2.0", "sagemaker_core": "2.1"}))
    assert content["accounts"] == [{"cn-north-1": "2", "us-east-1": "1"}]
    assert content["dns_suffixes"] == {"cn-north-1": "amazonaws.com.cn", "us-east-1": "amazonaws.com"}
    assert content["tables"] == {
        "f": [
            {
                "scopes": ["training", "inference"],
                "versions": {
                    "1": {"repository": "r", "accounts": 0, "python": ["py3"]},
                    "2": {"repository": "r", "accounts": 0, "python": ["py310"]},
                    "3": {"repository": "pytorch-training-neuron", "accounts": 0, "container": {"trn": "sdk2.9-os"}},
                },
            }
        ]
    }


# files and versions


def test_the_committed_files_name_the_versions_their_generators_need():
    for generator in GENERATORS:
        assert generator.file.is_file()
        assert set(generator.stamps) <= set(REQUIREMENTS)
        assert not generator.stamps or sorted(stamped(generator.file)) == sorted(generator.stamps)


def test_files_made_from_our_own_code_alone_are_up_to_date():
    assert [fault for generator in GENERATORS if not generator.stamps for fault in check(generator)] == []


def test_one_entry_a_line_where_it_is_asked_for():
    text = one_item_a_line({"a": {"x": {"p": 1}, "y": 2}, "b": {"z": 3}}, ("a",))
    assert text == b'{\n"a":{\n"x":{"p":1},\n"y":2\n},\n"b":{"z":3}\n}\n'


def generator_at(folder: Path, monkeypatch: pytest.MonkeyPatch, made: bytes, *stamps: str) -> Generator:
    monkeypatch.setattr("compiler.devtools.generators.data_path", lambda *parts: folder.joinpath(*parts))
    return Generator("made.json", lambda _: made, stamps)


def test_check_says_what_is_wrong_with_a_file(tmp_path, monkeypatch):
    generator = generator_at(tmp_path, monkeypatch, b'{\n"a":1\n}\n')
    (missing,) = check(generator)
    assert missing.startswith("made.json: is missing")
    generator.file.write_bytes(b'{\n"a":2\n}\n')
    (differs,) = check(generator)
    assert differs.startswith("made.json:2: differs") and '"a":2' in differs and '"a":1' in differs
    generator.file.write_bytes(b'{\n"a":1\n}\n')
    assert check(generator) == []
    (unstamped,) = check(generator_at(tmp_path, monkeypatch, b"", "botocore"))
    assert "made_from" in unstamped


def test_refresh_writes_what_changed_from_the_newest_versions(tmp_path, monkeypatch):
    monkeypatch.setattr("compiler.devtools.sources.newest_version", lambda requirement: f"newest {requirement}")
    generator = generator_at(tmp_path, monkeypatch, b"{}\n", "sagemaker")
    assert list(refresh([generator])) == ["written: made.json (sagemaker newest sagemaker<3)"]
    assert generator.file.read_bytes() == b"{}\n"
    assert list(refresh([generator])) == ["unchanged: made.json (sagemaker newest sagemaker<3)"]


def test_a_wheel_is_fetched_once_and_a_failure_tells_what_pip_said(cache, monkeypatch):
    commands = []

    def pip(command, **_):
        commands.append(command)
        folder = Path(command[command.index("--dest") + 1])
        wheel(folder, "botocore", "1.2.3", {"a": 1})
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(wheels.subprocess, "run", pip)
    assert wheels.newest_version("botocore") == "1.2.3"
    with wheels.open_wheel("botocore", "1.2.3") as opened:
        assert opened.namelist() == ["a"]
    assert len(commands) == 1 and "--no-deps" in commands[0] and commands[0][-1] == "botocore"
    failed = subprocess.CompletedProcess([], 1, "", "no such version")
    monkeypatch.setattr(wheels.subprocess, "run", lambda *_, **__: failed)
    with pytest.raises(wheels.FetchError, match=r"botocore==9\.9\.9"):
        wheels.open_wheel("botocore", "9.9.9")


def test_the_command_checks_the_chosen_files_and_exits_by_the_result(tmp_path, monkeypatch):
    generator = generator_at(tmp_path, monkeypatch, b"{}\n")
    monkeypatch.setattr(command_line, "GENERATORS", (generator,))
    refused = CliRunner().invoke(command_line.main, ["check", "--offline"])
    assert refused.exit_code == 1 and "is missing" in refused.output
    generator.file.write_bytes(b"{}\n")
    passed = CliRunner().invoke(command_line.main, ["check", "--offline"])
    assert (passed.exit_code, passed.output) == (0, "1 generated files checked, 0 out of date\n")
