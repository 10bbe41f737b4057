"""Batch transforms: through one container or several, records of every kind."""

from __future__ import annotations

import io
import struct
import tarfile
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny import ROLE, Project, here
from trainings import XGBOOST, built_in, table

from compiler.local.jobs.filters import apply, filter_problem
from compiler.local.jobs.job import JobFailed
from compiler.local.jobs.splitting import packed, split
from compiler.local.session import InputFault

Json = Any


def test_xgboost_trains_without_a_script_and_serves_a_transform(project: Project) -> None:
    pytest.importorskip("xgboost")
    features = "".join(line.partition(",")[2] + "\n" for line in (
        (project.folder / "table.csv").read_text() if table(project) else "").splitlines())  # fmt: skip
    model = {
        "Name": "model", "Type": "Model",
        "Arguments": {"ExecutionRoleArn": ROLE, "PrimaryContainer": {
            "Image": XGBOOST, "ModelDataUrl": {"Get": "Steps.train.ModelArtifacts.S3ModelArtifacts"}}},
    }  # fmt: skip
    transform = {
        "Name": "score", "Type": "Transform",
        "Arguments": {
            "ModelName": {"Get": "Steps.model.ModelName"},
            "TransformInput": {
                "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": project.file("rows.csv", features)}},
                "ContentType": "text/csv", "SplitType": "Line",
            },
            "TransformOutput": {"S3OutputPath": here("scores"), "Accept": "text/csv", "AssembleWith": "Line"},
            "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1},
            "DataProcessing": {"JoinSource": "Input", "OutputFilter": "$[0,-1]"},
        },
    }  # fmt: skip
    project.steps = [built_in(project), model, transform]
    ran = project.run()
    assert ran.status == "Succeeded", {n: o.reason for n, o in ran.outcomes.items()}
    metrics = ran.outcomes["train"].metrics
    assert list(metrics) == ["train:auc", "validation:auc"] and metrics["validation:auc"] > 0.9
    scores = project.store.read(f"s3://b/{ran.id}/scores/rows.csv.out").decode().splitlines()
    assert len(scores) == 80
    first = scores[0].split(",")
    assert first[0] == features.splitlines()[0].split(",")[0] and 0 < float(first[1]) < 1


@pytest.mark.parametrize(
    ("path", "expected"), [("$", [1, 2, 3]), ("$[1:]", [2, 3]), ("$[0,-1]", [1, 3]), ("$[1]", 2), ("$[:-1]", [1, 2])]
)
def test_filters(path: str, expected: Json) -> None:
    assert filter_problem(path) == ""
    assert apply(path, [1, 2, 3]) == expected


def test_filters_of_objects_and_those_not_understood() -> None:
    assert apply("$.a['b'][0]", {"a": {"b": [7]}}) == 7
    assert filter_problem("$..a") and filter_problem("a") and filter_problem("$[?(@.x)]")


SERVING = """
import os

def model_fn(folder):
    return open(os.path.join(folder, 'factor.txt')).read()

def input_fn(body, content_type):
    assert content_type == 'text/csv' and isinstance(body, str), (content_type, body)
    return [float(line) for line in body.splitlines()]

def predict_fn(rows, model):
    return [row * float(model) for row in rows]

def output_fn(scores, accept):
    return ''.join('%s\\n' % score for score in scores), accept
"""
BYTES = """
def model_fn(folder):
    return None

def input_fn(body, content_type):
    assert content_type == 'application/x-image' and isinstance(body, bytes), (content_type, body)
    return body

def predict_fn(body, model):
    return body

def output_fn(body, accept):
    return bytes(reversed(body))
"""


def archive(project: Project, name: str, files: dict[str, str]) -> str:
    """A model archive at a URI."""
    path = project.folder / f"{name}.tar.gz"
    with tarfile.open(path, "w:gz") as packed:
        for file, text in files.items():
            member = tarfile.TarInfo(file)
            member.size = len(text.encode())
            packed.addfile(member, io.BytesIO(text.encode()))
    project.mounts[f"s3://b/{name}.tar.gz"] = str(path)
    return f"s3://b/{name}.tar.gz"


def container(data: str, **more: Json) -> Json:
    return {"Image": "own", "ModelDataUrl": data, "Environment": {"SAGEMAKER_PROGRAM": "serve.py"}, **more}


def served(project: Project, model: Json, given: str, **settings: Json) -> list[Json]:
    """A model step and a transform of what lies at a URI. `settings`: members of TransformInput, others as they are."""
    source = {"DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": given}}, **settings.pop("input", {})}
    arguments = {
        "ModelName": {"Get": "Steps.model.ModelName"}, "TransformInput": source,
        "TransformOutput": {"S3OutputPath": here("scores"), **settings.pop("output", {})},
        "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1}, **settings,
    }  # fmt: skip
    made = {"Name": "model", "Type": "Model", "Arguments": {"ExecutionRoleArn": ROLE, **model}}
    return [made, {"Name": "score", "Type": "Transform", "Arguments": arguments}]


def answers(project: Project, name: str) -> bytes:
    ran = project.run()
    assert ran.status == "Succeeded", {n: o.reason for n, o in ran.outcomes.items()}
    return project.store.read(f"s3://b/{ran.id}/scores/{name}.out")


def test_a_payload_goes_through_one_container_after_the_other(project: Project) -> None:
    containers = [
        container(archive(project, f"by-{factor}", {"code/serve.py": SERVING, "factor.txt": factor}))
        for factor in ("3", "0.5")
    ]
    rows = project.file("rows.csv", "1\n2\n3\n")
    lines = {"input": {"SplitType": "Line", "ContentType": "text/csv"}, "output": {"AssembleWith": "Line"}}
    project.steps = served(project, {"Containers": containers}, rows, **lines)
    assert answers(project, "rows.csv") == b"1.5\n3.0\n4.5\n"


def test_a_model_of_a_registered_package_is_served(project: Project) -> None:
    own = container(archive(project, "by-2", {"code/serve.py": SERVING, "factor.txt": "2"}))
    rows = project.file("rows.csv", "1\n2\n")
    register = {
        "Name": "register", "Type": "RegisterModel",
        "Arguments": {"ModelPackageGroupName": "g", "InferenceSpecification": {"Containers": [own]}},
    }  # fmt: skip
    named = {"PrimaryContainer": {"ModelPackageName": {"Get": "Steps.register.ModelPackageArn"}}}
    project.steps = [register, *served(project, named, rows, input={"SplitType": "Line"})]
    assert answers(project, "rows.csv") == b"2.04.0"


def test_a_model_that_lies_unpacked_is_served_and_bytes_stay_bytes(project: Project) -> None:
    project.file("model/code/serve.py", BYTES, "s3://b/model/code/serve.py")
    (project.folder / "cat.png").write_bytes(b"\xff\x00\x01")
    project.mounts["s3://b/cat.png"] = str(project.folder / "cat.png")
    place = {"S3DataSource": {"S3Uri": "s3://b/model/", "S3DataType": "S3Prefix", "CompressionType": "None"}}
    model = {"Image": "own", "ModelDataSource": place, "Environment": {"SAGEMAKER_PROGRAM": "serve.py"}}
    image = {"input": {"ContentType": "application/x-image"}}
    project.steps = served(project, {"PrimaryContainer": model}, "s3://b/cat.png", **image)
    assert answers(project, "cat.png") == b"\x01\x00\xff"


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ({"PrimaryContainer": {"Image": "own", "ModelDataUrl": "s3://b/m.tar.gz"}}, "has no serving script"),
        ({"Containers": [container("s3://b/m.tar.gz", Mode="MultiModel")]}, "serves many models"),
        ({"PrimaryContainer": {"Image": "xgboost"}}, "has no ModelDataUrl"),
        ({}, "it has no container"),
    ],
)
def test_a_model_that_cannot_be_served_is_refused_before_it_is_made(project: Project, model: Json, said: str) -> None:
    archive(project, "m", {"x": "y"})
    project.steps = served(project, model, project.file("rows.csv", "1\n"))
    with pytest.raises(InputFault, match=f"the model of `model` cannot be served: .*{said}"):
        project.run()


def test_a_transform_of_a_model_that_was_never_made_is_refused(project: Project) -> None:
    _, transform = served(project, {}, project.file("rows.csv", "1\n"))
    transform["Arguments"]["ModelName"] = "of-the-service"
    project.steps = [transform]
    with pytest.raises(InputFault, match="no model is named `of-the-service` here"):
        project.run()


def record_io(*records: bytes) -> bytes:
    padded = [r + bytes(-len(r) % 4) for r in records]
    return b"".join(struct.pack("<II", 0xCED7230A, len(r)) + p for r, p in zip(records, padded, strict=True))


def tf_record(*records: bytes) -> bytes:
    return b"".join(struct.pack("<QI", len(r), 1) + r + struct.pack("<I", 2) for r in records)


@given(st.lists(st.binary(max_size=40), max_size=6), st.integers(1, 200))
def test_records_come_apart_and_together_again(records: list[bytes], limit: int) -> None:
    for kind, framed in (("RecordIO", record_io), ("TFRecord", tf_record)):
        whole = framed(*records)
        cut = split(whole, kind)
        assert cut == [framed(record) for record in records]
        payloads = list(packed(cut, limit, b""))
        assert b"".join(payloads) == whole
        assert all(len(p) <= limit or len(split(p, kind)) == 1 for p in payloads)
        for spoiled in (whole[:-1], whole + b"x"):
            if spoiled != whole and spoiled:
                with pytest.raises(JobFailed, match=f"does not hold {kind} records"):
                    split(spoiled, kind)


def test_the_parts_of_a_record_stay_together() -> None:
    parts = [struct.pack("<II", 0xCED7230A, flag << 29 | 4) + b"abcd" for flag in (1, 2, 3, 0)]
    assert split(b"".join(parts), "RecordIO") == [b"".join(parts[:3]), parts[3]]


def test_lines_and_whole_objects() -> None:
    assert split(b"a\r\n\nb", "Line") == [b"a", b"b"]
    assert split(b"a\nb", "None") == [b"a\nb"]
    assert list(packed([b"aa", b"bb", b"c"], 5, b"\n")) == [b"aa\nbb", b"c"]
