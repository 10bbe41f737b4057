"""Writes a sample of the image URIs that the SageMaker SDK itself gives, as JSON for `test_images.py`.

Run it by a Python that has the SDK, with the file to write and the frameworks to sample (all, if none):

    python make_images_golden.py images-golden.json                # sagemaker 2.257.7
    python make_images_golden.py images-golden-3.json vllm sglang  # sagemaker 3.27.0
"""

import itertools
import json
import sys
from functools import cache
from importlib.metadata import version as installed
from pathlib import Path

try:
    from sagemaker.core import common_utils as utils
    from sagemaker.core import image_uris

    MADE_BY = {"sagemaker-core": installed("sagemaker-core")}
except ImportError:
    from sagemaker import image_uris, utils

    MADE_BY = {"sagemaker": installed("sagemaker")}

NOT_RETRIEVED = (
    "huggingface-neuron", "huggingface-neuronx", "huggingface-training-compiler", "instance_gpu_info", "pytorch-neuron",
    "pytorch-training-compiler", "sagemaker-base-python",
)  # fmt: skip
INSTANCES = ("ml.m5.xlarge", "ml.g5.2xlarge", "ml.p3.2xlarge", "ml.c5.xlarge", "ml.inf1.xlarge", "ml.inf2.xlarge", None)

# Instance types with rules of their own: framework, version, region, scope, instance type, Python, base framework.
SPECIAL = (
    ("huggingface", "4.12", "eu-west-1", "inference", "ml.inf1.xlarge", "py37", "pytorch1.9"),
    ("mxnet", "1.8.0", "eu-west-1", "training", "ml.p4d.24xlarge", "py37", None),
    ("pytorch", "1.11", "us-east-1", "training", "ml.trn1.2xlarge", "py38", None),
    ("pytorch", "1.6.0", "us-east-1", "training", "ml.p4d.24xlarge", "py36", None),
    ("pytorch", "2.0", "us-east-1", "inference", "ml.c7g.xlarge", "py310", None),
    ("pytorch-smp", "2.0.1", "us-east-1", "training", "ml.p4d.24xlarge", "py310", None),
    ("sklearn", "1.0-1", "eu-west-1", "inference", "ml.m6g.xlarge", "py3", None),
    ("tensorflow", "2.3", "eu-west-1", "training", "ml.p4d.24xlarge", "py37", None),
    ("tensorflow", "2.9", "us-east-1", "inference", "ml.c6g.xlarge", "py38", None),
    ("xgboost", "1.5-1", "cn-north-1", "inference", "ml.c6gn.xlarge", None, None),
)

SEEN = []  # regions, so that those not yet asked about come first


def rows(framework, turn):
    """One answered question for each scope, every third version and, for Hugging Face, every third base framework."""
    config = image_uris.config_for_framework(framework)
    for scope, part in parts(config):
        for version in list(part["versions"])[::3] + list(part.get("version_aliases", {}))[::3]:
            entry = part["versions"][part.get("version_aliases", {}).get(version, version)]
            for base, image in images(entry):
                answer = first_answer(framework, version, scope, base, image, next(turn))
                if answer:
                    yield answer


def parts(config):
    flat = "scope" in config
    scopes = config["scope"] if flat else [scope for scope in config if scope not in ("eia", "inference_graviton")]
    for scope in scopes:
        yield scope, config if flat else config[scope]


def images(entry):
    if "repository" in entry:
        return [(None, entry)]
    if "version_aliases" in entry:
        bases = [base for base in entry if base != "version_aliases"] + list(entry["version_aliases"])
        return [(base, entry[entry["version_aliases"].get(base, base)]) for base in bases[::3]]
    return [(None, next(iter(entry.values())))]


def first_answer(framework, version, scope, base, image, turn):
    """With the first instance type, from the one whose turn it is, that the SDK has an image for."""
    regions = sorted(image["registries"])
    region = next((name for name in regions if name not in SEEN), regions[turn % len(regions)])
    python = (image.get("py_versions") or [None])[-1]
    for instance in INSTANCES[turn % len(INSTANCES) :] + INSTANCES[: turn % len(INSTANCES)]:
        question = [framework, version, region, scope, instance, python, base]
        uri = ask(*question)
        if uri:
            SEEN.append(region)
            return [*question, uri]
    return None


def ask(framework, version, region, scope, instance, python, base):
    extra = {"container_version": smp_container(version)} if framework == "pytorch-smp" else {}
    if framework == "huggingface" and scope == "training":
        extra = {"container_version": "cu110-ubuntu18.04"}  # as the estimator passes it
    try:
        return image_uris.retrieve(
            framework, region, version=version, py_version=python, instance_type=instance, image_scope=scope,
            base_framework_version=base, **extra,
        )  # fmt: skip
    except (ValueError, KeyError, FileNotFoundError, TypeError):
        return None


def smp_container(version):
    """As the PyTorch estimator passes it."""
    return "cu124" if "2.5" in version else "cu121" if any(f"2.{n}" in version for n in (1, 2, 3, 4)) else "cu118"


def main(target, *names):
    utils._botocore_resolver = cache(utils._botocore_resolver)
    folder = Path(image_uris.__file__).parent / "image_uri_config"
    names = names or [file.stem for file in sorted(folder.glob("*.json")) if file.stem not in NOT_RETRIEVED]
    turn = itertools.count()
    sample = [row for name in names for row in rows(name, turn)]
    sample += [[*question, ask(*question)] for question in SPECIAL if question[0] in names]
    lines = (json.dumps(row, separators=(",", ":")) for row in sample)
    Path(target).write_text(f'{{"made_by":{json.dumps(MADE_BY)},"rows":[\n' + ",\n".join(lines) + "\n]}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
