"""What a job reads from S3: all below a prefix, or what a manifest lists. API: S3DataSource, ProcessingS3Input."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from compiler.local.store import Store
from compiler.local.values import ValueFault
from compiler.text.jsonfault import parse_json

Json = Any


def download(store: Store, source: dict[str, Json], folder: Path) -> None:
    """Copy what an S3 source stands for into a folder. Raises `ValueFault` where anything is missing."""
    if source.get("S3DataType") != "ManifestFile":
        store.download(str(source["S3Uri"]), folder)
        return
    for key, uri in listed(store, str(source["S3Uri"])):
        store.download_one(uri, folder / key)


def listed(store: Store, uri: str) -> list[tuple[str, str]]:
    """The objects that a manifest lists: the key below its prefix, and the URI. Raises `ValueFault`."""
    try:
        content = parse_json(store.read(uri))
    except ValueError:
        content = None
    match content:
        case [{"prefix": str(prefix)}, *keys] if all(isinstance(key, str) for key in keys):
            return [(_inside(key, uri), f"{prefix}{key}") for key in keys]
        case _:
            raise ValueFault(f'`{uri}` is no manifest: a JSON list of {{"prefix": ...}} and names is wanted')


def _inside(key: str, manifest: str) -> str:
    if ".." in key.split("/") or key.startswith("/"):
        raise ValueFault(f"the manifest `{manifest}` names a path outside of its prefix: {key}")
    return key


def manifests(value: Json) -> Iterator[str]:
    """The URIs of the manifests that a value names."""
    match value:
        case {"S3DataType": "ManifestFile", "S3Uri": str(uri)}:
            yield uri
        case dict():
            for inner in value.values():
                yield from manifests(inner)
        case list():
            for inner in value:
                yield from manifests(inner)
