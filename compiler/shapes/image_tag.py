"""How an image's tag is spelled. Source: the SDK's `image_uris`; each exception below is one of its own."""

from __future__ import annotations

from collections.abc import Iterable

from compiler.shapes.image_choice import Choice, Wanted
from compiler.shapes.image_problem import Refused
from compiler.shapes.processors import GRAVITON

# Their tags are made of full version numbers, whatever was asked for.
_FULL_NUMBERS = ("huggingface-pytorch-inference-neuron", "huggingface-pytorch-inference-neuronx")

_ARM_TAGS = {("sklearn", "1.0-1"): "1.0-1-arm64-cpu-py3"} | {
    ("xgboost", version): f"{version}-arm64" for version in ("1.3-1", "1.5-1")
}

# Images rebuilt for CUDA 11, which ml.p4d needs.
_P4D_SUFFIXES = {
    "mxnet-1.8-gpu-py37": "cu110-ubuntu16.04-v1",
    "mxnet-1.8.0-gpu-py37": "cu110-ubuntu16.04",
    "pytorch-1.6-gpu-py3": "cu110-ubuntu18.04-v3",
    "pytorch-1.6-gpu-py36": "cu110-ubuntu18.04-v3",
    "pytorch-1.6.0-gpu-py3": "cu110-ubuntu18.04",
    "pytorch-1.6.0-gpu-py36": "cu110-ubuntu18.04",
    "tensorflow-1.15-gpu-py37": "cu110-ubuntu18.04-v8",
    "tensorflow-1.15.4-gpu-py37": "cu110-ubuntu18.04",
    "tensorflow-1.15.5-gpu-py37": "cu110-ubuntu18.04",
    "tensorflow-2.3-gpu-py37": "cu110-ubuntu18.04-v3",
    "tensorflow-2.3.1-gpu-py37": "cu110-ubuntu18.04",
    "tensorflow-2.3.2-gpu-py37": "cu110-ubuntu18.04",
}


def tag(wanted: Wanted, choice: Choice) -> str:
    """The tag, empty where the image has none. Raises `Refused` for a processor that no tag is known for."""
    if wanted.family in GRAVITON and (wanted.framework, choice.full) in _ARM_TAGS:
        return _ARM_TAGS[wanted.framework, choice.full]
    chip = choice.processor if choice.image.get("processor_in_tag", True) else None
    words = _joined((_prefix(choice), choice.tool or chip, choice.py_version, _container(wanted, choice)))
    if wanted.framework == "sagemaker-tritonserver" and chip == "gpu":
        return words.removesuffix("-gpu")
    if wanted.family == "p4d":
        return _joined((words, _P4D_SUFFIXES.get(f"{wanted.framework}-{words}")))
    return words


def _prefix(choice: Choice) -> str:
    """Begins the tag: a version, for Hugging Face also its base framework's: `2.1-transformers4.36`."""
    if not choice.base_full:
        return choice.image.get("prefix", choice.spelled)
    full = choice.image["repository"] in _FULL_NUMBERS
    base = choice.base_full if full else choice.base_spelled
    number = base.removeprefix("pytorch").removeprefix("tensorflow")
    return f"{number}-transformers{choice.full if full else choice.spelled}"


def _container(wanted: Wanted, choice: Choice) -> str | None:
    """Ends the tag: CUDA, operating system, Neuron SDK."""
    by_processor = choice.image.get("container")
    if by_processor is not None:
        if choice.processor is None or choice.processor not in by_processor:
            raise Refused("unsupported-processor", choice.processor, tuple(by_processor))
        return by_processor[choice.processor]
    if wanted.framework == "huggingface" and wanted.scope != "inference" and choice.processor == "gpu":
        return "cu110-ubuntu18.04"
    return _smp_container(wanted, choice.spelled) if wanted.framework == "pytorch-smp" else None


def _smp_container(wanted: Wanted, version: str) -> str:
    """As the SDK's PyTorch estimator asks for it, with its test for a piece of the version's text."""
    if "2.5" in version:
        return "cu124"
    newer = any(number in version for number in ("2.1", "2.2", "2.3", "2.4"))
    return "cu121" if newer or "p5" in (wanted.instance_type or "") else "cu118"


def _joined(words: Iterable[str | None]) -> str:
    return "-".join(word for word in words if word)
