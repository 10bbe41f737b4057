"""What an instance type means for an image, as image tags spell it. Source: the SDK's `image_uris`."""

from __future__ import annotations

import re
from collections.abc import Sequence

GRAVITON = ("m6g", "m6gd", "c6g", "c6gd", "c6gn", "c7g", "r6g", "r6gd")


def family(instance_type: str | None) -> str:
    """`m5` of `ml.m5.xlarge`; empty for no instance type and for what is none."""
    match = re.fullmatch(r"ml[._]([a-z\d-]+)\.?\w*", instance_type or "")
    return match[1] if match else ""


def processor(instance_family: str, available: Sequence[str]) -> str:
    """The processor of a family: its own name where an image is built just for it, else inf, trn, gpu or cpu."""
    if instance_family in available:
        return instance_family
    if instance_family.startswith(("inf", "trn")):
        return instance_family[:3]
    return "gpu" if instance_family[0] in "gp" else "cpu"
