"""What lies beside a definition is read as it is meant, or refused; never is a file outside of its folder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from compiler.local.project import InputFault, read_definition
from compiler.local.registry import Registry

SOUND = json.dumps({"Version": "2020-12-01", "Parameters": [], "Steps": []})


def folder(root: Path, **files: str) -> Path:
    for name, text in {"definition": SOUND, **files}.items():
        (root / f"{name}.json").write_text(text, "utf-8")
    return root / "definition.json"


def test_assets_lie_in_the_folder(tmp_path: Path) -> None:
    (tmp_path / "code.tar.gz").write_bytes(b"code")
    rows = [{"uri": "s3://b/code.tar.gz", "path": "code.tar.gz"}]
    given = read_definition(folder(tmp_path, assets=json.dumps({"assets": rows})))
    assert [(mount.uri, mount.path) for mount in given.mounts] == [("s3://b/code.tar.gz", tmp_path / "code.tar.gz")]


@pytest.mark.parametrize(
    "row",
    [{"uri": "s3://b/k", "path": "../secret"}, {"uri": "s3://b/k", "path": "/etc/hostname"},
     {"uri": "s3://b/k", "path": "link/secret"}, {"uri": "s3://b/k"}, "text", None],
)  # fmt: skip
def test_a_manifest_names_nothing_outside_of_its_folder(tmp_path: Path, row: object) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    (tmp_path / "secret").write_text("secret", "utf-8")
    (inner / "link").symlink_to(tmp_path)
    with pytest.raises(InputFault, match="this row names no file of the folder"):
        read_definition(folder(inner, assets=json.dumps({"assets": [row]})))


@pytest.mark.parametrize("name", ["assets", "upsert", "sourcemap"])
@pytest.mark.parametrize(("text", "said"), [("[1]", "a map is wanted"), ("{", "no JSON"), ("[" * 10**5, "no JSON")])
def test_what_lies_beside_a_definition_is_refused_where_it_is_none(
    tmp_path: Path, name: str, text: str, said: str
) -> None:
    with pytest.raises(InputFault, match=f"{name}.json: .*{said}"):
        read_definition(folder(tmp_path, **{name: text}))


def test_a_definition_without_end_is_refused(tmp_path: Path) -> None:
    deep = "[" * 10**5 + "]" * 10**5
    with pytest.raises(InputFault, match="nest deeper than"):
        read_definition(folder(tmp_path, definition=SOUND.replace('"Steps": []', f'"Steps": {deep}')))


def test_a_group_is_a_name_and_no_path(tmp_path: Path) -> None:
    registry = Registry(tmp_path / "state")
    registry.register("group", {"ModelApprovalStatus": "Rejected"})
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "1.json").write_text("{}", "utf-8")
    assert registry.approve("group", 1, "Approved")
    assert not registry.approve("../../outside", 1, "Approved")
    assert not list(registry.packages("../../outside"))
    assert (outside / "1.json").read_text("utf-8") == "{}"
