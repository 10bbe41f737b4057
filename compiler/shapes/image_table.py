"""`schemas/images.json` as it lies on disk, read when the first image is asked for."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

from compiler.data import data_path

if TYPE_CHECKING:
    from compiler.shapes.image_types import ImageFile, PartData


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
