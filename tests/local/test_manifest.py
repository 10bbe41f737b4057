"""Manifests: inputs that are listed, one by one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tiny import HOUR, Project, processing

from compiler.local.manifest import listed
from compiler.local.store import Mount, Store
from compiler.local.values import ValueFault

Json = Any
LIST = """
import pathlib
base = pathlib.Path('/opt/ml/processing/input/in')
for path in sorted(base.rglob('*')):
    if path.is_file():
        print(path.relative_to(base), path.read_text())
"""


def reading(project: Project, listing: Json) -> None:
    """A step that reads what a manifest lists."""
    manifest = project.file("some.manifest", json.dumps(listing))
    step = processing("p", project.file("list.py", LIST), {"in": (manifest, "/opt/ml/processing/input/in")})
    step["Arguments"]["ProcessingInputs"][1]["S3Input"]["S3DataType"] = "ManifestFile"
    project.steps = [{**step, "CacheConfig": HOUR}]


def test_a_job_gets_what_a_manifest_lists_and_no_more(project: Project) -> None:
    for name in ("a.csv", "deep/b.csv", "c.csv"):
        project.file(f"data/{name}", name.upper(), f"s3://b/data/{name}")
    reading(project, [{"prefix": "s3://b/data/"}, "a.csv", "deep/b.csv"])
    ran = project.run()
    assert ran.status == "Succeeded", ran.outcomes["p"].reason
    assert project.log(ran, "p").split() == ["a.csv", "A.CSV", "deep/b.csv", "DEEP/B.CSV"]
    assert project.run().outcomes["p"].reused
    project.file("data/a.csv", "other", "s3://b/data/a.csv")
    said = project.run().outcomes["p"].details["cache"]
    assert said[1].startswith("what lies at s3://b/data/a.csv changed")


@pytest.mark.parametrize(
    ("listing", "said"),
    [
        ([{"prefix": "s3://b/data/"}, "none.csv"], "nothing lies at `s3://b/data/none.csv`"),
        ([{"prefix": "s3://b/data/"}, "../../out.csv"], "names a path outside of its prefix: ../../out.csv"),
        ({"prefix": "s3://b/data/"}, "is no manifest: a JSON list of"),
        ([{"prefix": "s3://b/data/"}, 1], "is no manifest: a JSON list of"),
    ],
)
def test_a_manifest_that_cannot_be_followed_is_told(project: Project, listing: Json, said: str) -> None:
    reading(project, listing)
    ran = project.run()
    assert ran.status == "Failed" and said in ran.outcomes["p"].reason


def test_text_that_is_no_json_is_no_manifest(project: Project) -> None:
    uri = project.file("x.manifest", "a.csv\n")
    with pytest.raises(ValueFault, match="is no manifest"):
        listed(Store(project.state, [Mount(uri, project.folder / "x.manifest")]), uri)
