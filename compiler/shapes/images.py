"""Container images of the SDK's frameworks and of SageMaker's own algorithms, by region.

`resolve` gives the URIs of the SDK's `image_uris.retrieve` (2.257.7), from the SDK's published tables. It is stricter
where the SDK guesses: it wants a version where there are several, the right one where there is one, and a table that
has images for the scope.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from compiler.shapes.image_choice import NEURON_TABLES, Choice, Scope, Wanted, choose, part_for
from compiler.shapes.image_problem import ImageProblem, ProblemKind, Refused
from compiler.shapes.image_table import image_file, known_versions
from compiler.shapes.image_tag import tag

__all__ = [
    "Image",
    "ImageProblem",
    "ProblemKind",
    "Scope",
    "algorithms",
    "frameworks",
    "regions",
    "resolve",
    "same_image",
    "script_mode",
    "versions",
]

_ALGORITHMS = (
    "blazingtext", "factorization-machines", "forecasting-deepar", "image-classification", "ipinsights", "kmeans",
    "knn", "lda", "linear-learner", "ntm", "object-detection", "object2vec", "pca", "randomcutforest",
    "semantic-segmentation", "seq2seq", "xgboost",
)  # fmt: skip

_SCRIPT_MODE = (
    "autogluon", "chainer", "coach-mxnet", "coach-tensorflow", "huggingface", "mxnet", "pytorch", "pytorch-amzn2023",
    "pytorch-smp", "ray-pytorch", "ray-tensorflow", "sklearn", "tensorflow", "vw", "xgboost",
)  # fmt: skip


class Image(NamedTuple):
    """A container image. `version` is in full, while `uri` keeps an alias that was asked for."""

    uri: str
    framework: str
    version: str
    processor: str | None = None
    py_version: str | None = None


def resolve(
    framework: str,
    version: str | None,
    *,
    region: str,
    scope: Scope,
    instance_type: str | None = None,
    py_version: str | None = None,
    base_framework: str | None = None,
    accelerator: str | None = None,
) -> Image | ImageProblem:
    """The image for a framework or algorithm, or the first thing in its way.

    `version` may be full or an alias (`2.1.0`, `2.1`) and may be None where there is but one; likewise `py_version`
    (`py310`) and, for huggingface, `base_framework` (`pytorch2.1`). Scope `processing` takes the framework's processing
    images, else its training ones, else the only ones there are. The instance type decides the processor;
    `accelerator` stands in for it (`cpu`, `gpu`, or any other processor of the table), names the generation of the
    Neuron SDK (`neuron`, `neuronx`), or is an Elastic Inference type (`ml.eia2.medium`).
    """
    wanted = Wanted(framework, version, region, scope, instance_type, py_version, base_framework, accelerator)
    try:
        return _image(wanted)
    except Refused as refused:
        return refused.problem


def frameworks() -> tuple[str, ...]:
    """Every name `framework: {name: …}` can take, sorted: all tables but those of the pure algorithms."""
    pure = [name for name in _ALGORITHMS if name not in _SCRIPT_MODE]
    return tuple(name for name in image_file()["tables"] if name not in pure and name not in NEURON_TABLES)


def algorithms() -> tuple[str, ...]:
    """SageMaker's own algorithms, sorted: images that bring their code along."""
    return _ALGORITHMS


def versions(framework: str, scope: Scope) -> tuple[str, ...]:
    """The versions, full and alias, in order; empty where the framework has no images for the scope."""
    try:
        return known_versions(part_for(image_file()["tables"].get(framework, []), scope))
    except Refused:
        return ()


def regions() -> tuple[str, ...]:
    """Every region that some image is published in, sorted."""
    return tuple(image_file()["dns_suffixes"])


def same_image(training: Image, inference: Image) -> bool:
    """Whether one container does both, so that a model may use the image it was trained with."""
    return training.uri == inference.uri


def script_mode(framework: str, version: str | None = None) -> bool:
    """Whether the containers run the user's own script and take hyperparameters as JSON texts."""
    is_algorithm = framework == "xgboost" and version in ("1", "latest")
    return framework in _SCRIPT_MODE and not is_algorithm


@cache  # the steps of a pipeline ask the same few questions
def _image(wanted: Wanted) -> Image:
    choice = choose(wanted)
    return Image(_uri(wanted, choice), wanted.framework, choice.full, choice.processor, choice.py_version)


def _uri(wanted: Wanted, choice: Choice) -> str:
    accounts = image_file()["accounts"][choice.image["accounts"]]
    if wanted.region not in accounts:
        raise Refused("unknown-region", wanted.region, tuple(accounts))
    suffix = image_file()["dns_suffixes"][wanted.region]
    repository = f"{accounts[wanted.region]}.dkr.ecr.{wanted.region}.{suffix}/{choice.image['repository']}"
    words = tag(wanted, choice)
    return f"{repository}:{words}" if words else repository
