"""`schemas/images.json` as it lies on disk, read when the first image is asked for."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import TypedDict

from compiler.data import data_path


class ImageData(TypedDict, total=False):
    """One image: where it lies and what its tag is made of."""

    repository: str
    accounts: int  # index into `accounts`
    processors: list[str]  # where they differ from the part's
    python: list[str]
    prefix: str  # begins the tag instead of the version
    container: Mapping[str, str]  # processor -> last words of the tag
    processor_in_tag: bool


class VersionData(ImageData, total=False):
    """One version: an image, or several, one for each base framework or each Python."""

    by_base: Mapping[str, ImageData]
    base_aliases: Mapping[str, str]
    by_python: Mapping[str, ImageData]


class PartData(TypedDict, total=False):
    """The images of one framework for some scopes."""

    scopes: list[str]
    processors: list[str]
    aliases: Mapping[str, str]
    versions: Mapping[str, VersionData]


class ImageFile(TypedDict):
    """The whole file."""

    made_from: Mapping[str, str]
    dns_suffixes: Mapping[str, str]  # region -> suffix
    accounts: list[Mapping[str, str]]  # each: region -> account
    tables: Mapping[str, list[PartData]]


@cache
def image_file() -> ImageFile:
    """The file, parsed once. Treat it as read-only."""
    content: ImageFile = json.loads(data_path("schemas", "images.json").read_bytes())
    return content


def known_versions(part: PartData) -> tuple[str, ...]:
    """All names of a part's versions, full and alias, in the order of their numbers."""
    return in_order({**part["versions"], **part.get("aliases", {})})


def in_order(names: Mapping[str, object]) -> tuple[str, ...]:
    """Names sorted with their numbers taken as numbers: `1.9` before `1.10`."""
    return tuple(sorted(names, key=lambda name: [(0, int(t), "") if t.isdigit() else (1, 0, t) for t in _pieces(name)]))


def _pieces(name: str) -> list[str]:
    return re.findall(r"\d+|\D+", name)
