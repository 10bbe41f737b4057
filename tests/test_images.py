"""Image URIs: the SDK's own answers, and a named problem for every question without one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from compiler.shapes.image_table import image_file, in_order
from compiler.shapes.images import (
    Image,
    ImageProblem,
    algorithms,
    frameworks,
    regions,
    resolve,
    same_image,
    script_mode,
    versions,
)

DATA = Path(__file__).parent / "data"
GOLDEN = {name: json.loads((DATA / f"{name}.json").read_text()) for name in ("images-golden", "images-golden-3")}

# The one table whose facts differ between the two lines of the SDK: the newer line wins.
CHANGED = "huggingface-vllm-neuronx"
ROWS = [row for row in GOLDEN["images-golden"]["rows"] if row[0] != CHANGED] + GOLDEN["images-golden-3"]["rows"]


def ask(framework: str, version: str | None, **details: Any) -> Image | ImageProblem:
    return resolve(framework, version, **{"region": "eu-west-1", "scope": "training"} | details)


def answer(framework: str, version: str | None, **details: Any) -> Image:
    image = ask(framework, version, **details)
    assert isinstance(image, Image)
    return image


def problem(framework: str, version: str | None, **details: Any) -> ImageProblem:
    found = ask(framework, version, **details)
    assert isinstance(found, ImageProblem)
    return found


def test_the_goldens_were_made_by_the_sdk_lines_the_tables_come_from():
    assert GOLDEN["images-golden"]["made_by"] == {"sagemaker": image_file()["made_from"]["sagemaker"]}
    assert GOLDEN["images-golden-3"]["made_by"] == {"sagemaker-core": image_file()["made_from"]["sagemaker_core"]}


def test_the_uris_are_the_sdks():
    differing = []
    for framework, version, region, scope, instance, python, base, uri in ROWS:
        mine = resolve(
            framework,
            version,
            region=region,
            scope=scope if scope in ("training", "inference") else "processing",
            instance_type=instance,
            py_version=python,
            base_framework=base,
        )
        if not isinstance(mine, Image) or mine.uri != uri:
            differing.append((framework, version, region, scope, instance, uri, mine))
    assert differing == []


def test_the_goldens_cover_every_framework_and_every_region():
    known = {*frameworks(), *algorithms()}
    assert known - {row[0] for row in ROWS} == set()
    assert set(regions()) - {row[2] for row in ROWS} == set()


def test_an_image_knows_what_it_is():
    assert answer("pytorch", "2.1", instance_type="ml.g5.xlarge") == Image(
        "763104351884.dkr.ecr.eu-west-1.amazonaws.com/pytorch-training:2.1-gpu-py310",
        "pytorch",
        "2.1.0",
        "gpu",
        "py310",
    )


def test_processing_takes_processing_images_else_training_images():
    assert answer("sklearn", "1.2-1", scope="processing") == answer("sklearn", "1.2-1", scope="training")
    assert answer("spark", "3.3", scope="processing").uri.endswith("/sagemaker-spark-processing:3.3-cpu")
    assert answer("model-monitor", None, scope="processing").uri.endswith("/sagemaker-model-monitor-analyzer")


def test_the_only_choice_need_not_be_spelled_out():
    assert answer("linear-learner", None).uri.endswith("/linear-learner:1")
    assert answer("clarify", None, scope="processing").version == "1.0"
    alone = answer("huggingface", "4.36", instance_type="ml.g5.xlarge")
    assert alone == answer("huggingface", "4.36", instance_type="ml.g5.xlarge", base_framework="pytorch2.1")
    assert answer("huggingface", "4.36.0", instance_type="ml.g5.xlarge") == answer(
        "huggingface", "4.36.0", instance_type="ml.g5.xlarge", base_framework="pytorch2.1.0"
    )


def test_an_accelerator_stands_in_for_the_instance_type():
    assert answer("pytorch", "2.1", accelerator="gpu") == answer("pytorch", "2.1", instance_type="ml.p3.2xlarge")
    assert (
        "/huggingface-pytorch-inference-neuronx:"
        in answer("huggingface", "4.36.2", scope="inference", accelerator="neuronx", base_framework="pytorch2.1.2").uri
    )
    assert answer("pytorch", "1.5.1", scope="inference", accelerator="ml.eia2.medium", py_version="py3").uri.endswith(
        "/pytorch-inference-eia:1.5.1-cpu-py3"
    )


@pytest.mark.parametrize(
    ("kind", "asked", "value", "known", "near"),
    [
        ("unknown-framework", ("xgbost", "1.7-1", {}), "xgbost", "xgboost", "xgboost"),
        ("unknown-framework", ("pytorch-neuron", "1.11", {}), "pytorch-neuron", "pytorch", "pytorch"),
        ("unknown-version", ("xgboost", "1.7", {}), "1.7", "3.0-5", "1.7-1"),
        ("unknown-version", ("linear-learner", "2", {}), "2", "1", None),
        ("missing-version", ("xgboost", None, {}), None, "1.7-1", None),
        ("unsupported-scope", ("spark", "3.3", {}), "training", "processing", None),
        ("unknown-region", ("xgboost", "1.7-1", {"region": "eu-west-9"}), "eu-west-9", "eu-west-1", "eu-west-1"),
        ("unknown-py-version", ("sklearn", "1.2-1", {"py_version": "py310"}), "py310", "py3", "py3"),
        ("missing-py-version", ("mxnet", "1.0.0", {"accelerator": "cpu"}), None, "py2", None),
        ("missing-base-framework", ("huggingface", "4.6.1", {}), None, "pytorch1.7.1", None),
        (
            "unknown-base-framework",
            ("huggingface", "4.36", {"base_framework": "pytorch2.0"}),
            "pytorch2.0",
            "pytorch2.1",
            "pytorch2.1.0",
        ),
        ("missing-instance-type", ("pytorch", "2.1", {}), None, "gpu", None),
        ("invalid-instance-type", ("pytorch", "2.1", {"instance_type": "m5.xlarge"}), "m5.xlarge", None, None),
        ("unsupported-processor", ("sklearn", "1.2-1", {"instance_type": "ml.p3.2xlarge"}), "gpu", "cpu", None),
        (
            "unsupported-instance-type",
            ("tensorflow", "2.12", {"instance_type": "ml.trn1.2xlarge"}),
            "ml.trn1.2xlarge",
            "pytorch",
            None,
        ),
        (
            "unsupported-instance-type",
            ("sklearn", "1.0-1", {"instance_type": "ml.c6g.large"}),
            "ml.c6g.large",
            None,
            None,
        ),
        (
            "unsupported-instance-type",
            ("pytorch", "1.13", {"instance_type": "ml.p2.xlarge"}),
            "ml.p2.xlarge",
            None,
            None,
        ),
        ("unsupported-accelerator", ("pytorch", "2.1", {"accelerator": "neuronx"}), "neuronx", "neuron", None),
    ],
)
def test_a_question_without_an_answer_says_why(kind, asked, value, known, near):
    framework, version, details = asked
    found = problem(framework, version, **details)
    assert (found.kind, found.value) == (kind, value)
    assert known is None or known in found.known
    assert found.near == near


def test_every_listed_version_resolves_somewhere():
    for framework in (*frameworks(), *algorithms()):
        for scope in ("training", "inference", "processing"):
            for version in versions(framework, scope):
                found = resolve(framework, version, region="us-east-1", scope=scope)
                assert isinstance(found, Image) or found.kind not in ("unknown-version", "unsupported-scope")
    assert versions("no-such-framework", "training") == ()
    assert versions("spark", "training") == ()


def test_versions_are_in_the_order_of_their_numbers():
    assert in_order({"1.10": 0, "1.9": 0, "latest": 0, "1.9-1": 0}) == ("1.9", "1.9-1", "1.10", "latest")


def test_names_are_sorted_and_xgboost_is_both():
    assert list(frameworks()) == sorted(frameworks()) and list(algorithms()) == sorted(algorithms())
    assert set(frameworks()) & set(algorithms()) == {"xgboost"}
    assert set(algorithms()) <= set(image_file()["tables"])


def test_which_images_train_and_serve():
    def both(framework: str, version: str) -> tuple[Image, Image]:
        training = answer(framework, version, instance_type="ml.m5.xlarge")
        return training, answer(framework, version, instance_type="ml.m5.xlarge", scope="inference")

    assert same_image(*both("xgboost", "1.7-1"))
    assert same_image(*both("sklearn", "1.2-1"))
    assert not same_image(*both("pytorch", "2.1"))
    assert not same_image(*both("tensorflow", "2.12"))


def test_which_containers_run_a_script():
    assert script_mode("sklearn", "1.2-1") and script_mode("xgboost", "1.7-1") and script_mode("pytorch")
    assert not script_mode("xgboost", "1") and not script_mode("linear-learner") and not script_mode("spark")
