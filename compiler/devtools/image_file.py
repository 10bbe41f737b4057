"""`schemas/images.json`: the SDK's published tables of container images, cut to facts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from zipfile import ZipFile

from compiler.devtools.sources import Stamps, one_item_a_line, wheel

Table = dict[str, Any]  # one of the SDK's tables, in its own words

_STAMPS = ("botocore", "sagemaker", "sagemaker_core")
_FOLDER = re.compile(r"sagemaker/(?:core/)?image_uri_config/(.+)\.json")

# No image tables at all; reached only through an SDK class of their own; gone with the Training Compiler.
_LEFT_OUT = frozenset(
    {"instance_gpu_info", "sagemaker-base-python", "huggingface-training-compiler", "pytorch-training-compiler"}
)

# Repositories whose tags begin their container version with that of the Neuron SDK.
_NEURON_SDK_IN_TAG = frozenset(
    {
        "huggingface-pytorch-inference-neuron",
        "huggingface-pytorch-inference-neuronx",
        "huggingface-vllm-inference-neuronx",
        "pytorch-training-neuron",
        "pytorch-training-neuronx",
    }
)


def image_file(stamps: Stamps) -> bytes:
    """The file's bytes. Both lines of the SDK are read; where both tell the same fact, the newer line (core) wins."""
    with wheel(stamps, "sagemaker") as old, wheel(stamps, "sagemaker_core") as new:
        tables = _merged(_tables(old), _tables(new))
    with wheel(stamps, "botocore") as botocore:
        partitions = json.loads(botocore.read("botocore/data/endpoints.json"))["partitions"]
    accounts = _AccountMaps()
    pruned = {name: _parts(name, table, accounts) for name, table in sorted(tables.items())}
    document = {
        "generated": "by `python -m compiler.devtools refresh`; do not edit",
        "made_from": {name: stamps[name] for name in _STAMPS},
        "dns_suffixes": {region: _dns_suffix(region, partitions) for region in accounts.regions()},
        "accounts": accounts.maps,
        "tables": pruned,
    }
    return one_item_a_line(document, ("tables",))


class _AccountMaps:
    """The region → account maps, each kept once: some six hundred images share sixty of them."""

    def __init__(self) -> None:
        self.maps: list[dict[str, str]] = []

    def number(self, registries: Mapping[str, str]) -> int:
        wanted = dict(sorted(registries.items()))
        if wanted not in self.maps:
            self.maps.append(wanted)
        return self.maps.index(wanted)

    def regions(self) -> list[str]:
        return sorted({region: None for accounts in self.maps for region in accounts})


def _tables(sdk: ZipFile) -> dict[str, Table]:
    found = ((_FOLDER.fullmatch(name), name) for name in sdk.namelist())
    named = {match[1]: name for match, name in found if match}
    return {table: json.loads(sdk.read(name)) for table, name in named.items() if table not in _LEFT_OUT}


def _merged(old: Any, new: Any) -> Any:
    if not isinstance(old, dict) or not isinstance(new, dict):
        return new
    shared = {key: _merged(old[key], new[key]) if key in old else new[key] for key in new}
    return {key: shared.get(key, old.get(key)) for key in [*old, *(key for key in new if key not in old)]}


def _parts(name: str, table: Table, accounts: _AccountMaps) -> list[Table]:
    """The table as a list of parts, each serving some scopes; scopes with the same images share a part."""
    if "scope" in table:
        return [{"scopes": table["scope"], **_part(name, table, accounts)}]
    parts: list[Table] = []
    for scope, content in sorted(table.items(), reverse=True):
        part = _part(name, content, accounts)
        same = next((known for known in parts if part == {key: known[key] for key in known if key != "scopes"}), None)
        if same is None:
            parts.append({"scopes": [scope], **part})
        else:
            same["scopes"].append(scope)
    return parts


def _part(table: str, content: Table, accounts: _AccountMaps) -> Table:
    part = {
        "processors": content.get("processors"),
        "aliases": content.get("version_aliases"),
        "versions": {version: _version(table, entry, accounts) for version, entry in content["versions"].items()},
    }
    return _without_nothing(part)


def _version(table: str, entry: Table, accounts: _AccountMaps) -> Table:
    """One image, or images by base framework (`pytorch2.1.0`) or by Python version (`py3`)."""
    if "repository" in entry:
        return _image(table, entry, accounts)
    images = {name: _image(table, image, accounts) for name, image in entry.items() if name != "version_aliases"}
    kind = "by_python" if all(re.fullmatch(r"py\d+", name) for name in images) else "by_base"
    return _without_nothing({kind: images, "base_aliases": entry.get("version_aliases")})


def _image(table: str, entry: Table, accounts: _AccountMaps) -> Table:
    image = {
        "repository": entry["repository"],
        "accounts": accounts.number(entry["registries"]),
        "processors": entry.get("processors"),
        "python": entry.get("py_versions"),
        "prefix": entry.get("tag_prefix"),
        "container": _container_versions(table, entry),
        "processor_in_tag": entry.get("processor_in_tag"),
    }
    return _without_nothing(image)


def _container_versions(table: str, entry: Table) -> Mapping[str, str]:
    """The last words of the tag, by processor."""
    container: Mapping[str, str] = entry.get("container_version") or {}
    if entry["repository"] in _NEURON_SDK_IN_TAG:
        newest = max(entry["sdk_versions"])  # as text, as the SDK takes it
        return {processor: f"{newest}-{version}" for processor, version in container.items()}
    if entry["repository"] in (f"{table}-inference-graviton", f"{table}-inference-arm64"):
        return {processor: f"{version}-sagemaker" for processor, version in container.items()}
    return container


def _without_nothing(facts: Table) -> Table:
    return {key: value for key, value in facts.items() if value is not None and value != {} and value != []}


def _dns_suffix(region: str, partitions: Iterable[Mapping[str, Any]]) -> str:
    suffixes = (part["dnsSuffix"] for part in partitions if re.match(part["regionRegex"], region))
    return str(next(suffixes))
