"""How `schemas/images.json` is built: types alone, which no run imports (to make them takes longer than to read it)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict


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
