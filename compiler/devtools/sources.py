"""The versions a file is made from, and the wheels that go with them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from compiler.devtools.wheels import newest_version, open_wheel

# What `refresh` asks for. Stamp name -> requirement. The baseline stands still: members that came after it are those
# which the Pipelines service, whose own model of the API lags, is likeliest to refuse.
REQUIREMENTS: Mapping[str, str] = {
    "botocore": "botocore",
    "botocore_baseline": "botocore==1.43.11",
    "sagemaker": "sagemaker<3",
    "sagemaker_core": "sagemaker-core",
}

_PACKAGES = {"botocore_baseline": "botocore", "sagemaker_core": "sagemaker-core"}

Stamps = Mapping[str, str]


def newest(names: Iterable[str]) -> Stamps:
    """Stamp name -> the newest version on the package index that satisfies its requirement."""
    return {name: newest_version(REQUIREMENTS[name]) for name in names}


def stamped(file: Path) -> Stamps:
    """The versions a committed JSON file says it was made from; empty where it says none."""
    made_from = json.loads(file.read_bytes()).get("made_from", {})
    return {str(name): str(version) for name, version in made_from.items()}


def wheel(stamps: Stamps, name: str) -> ZipFile:
    """The wheel behind one stamp."""
    return open_wheel(_PACKAGES.get(name, name), stamps[name])


def one_item_a_line(document: Mapping[str, Any], deep: tuple[str, ...]) -> bytes:
    """Compact JSON whose objects under the dotted paths `deep` get one line an entry, so that a refresh diffs well."""
    return (_render(document, "", deep) + "\n").encode("ascii")


def _render(value: Any, path: str, deep: tuple[str, ...]) -> str:
    if not isinstance(value, Mapping) or not value or not any(f"{known}.".startswith(path) for known in deep):
        return json.dumps(value, separators=(",", ":"))
    items = (f"{json.dumps(key)}:{_render(item, f'{path}{key}.', deep)}" for key, item in value.items())
    return "{\n" + ",\n".join(items) + "\n}"
