"""The files of an output folder: a folder that stands on its own."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from compiler.assets import Asset, bucket_and_key, uri_in
from compiler.emit.bytes import a_place_a_line, canonical, readable
from compiler.emit.request import INLINE_LIMIT, upsert_request
from compiler.emit.schedule import schedule_request
from compiler.model.account import account_of
from compiler.model.values import MapValue
from compiler.text import Span

SCRIPT = Path(__file__).with_name("standalone") / "upsert.py"


def outputs(
    definition: dict[str, Any],
    settings: MapValue,
    assets: Iterable[tuple[Asset, str]],
    places: dict[str, Span],
    shown: Callable[[str], str],
) -> dict[str, bytes]:
    """All files of one compiled pipeline, relative path to content. `assets` come with their S3 URIs.

    `shown` gives the name of a source file by its path.
    """
    text = canonical(definition)
    uploads = list(assets)
    location = None
    if len(text) > INLINE_LIMIT:
        asset, uri = _definition_asset(text, settings)
        uploads.append((asset, uri))
        location = bucket_and_key(uri)
    request = upsert_request(settings, text, location)
    files: dict[str, bytes] = {
        "definition.json": (text + "\n").encode(),
        "upsert.json": readable(request).encode(),
        "upsert.py": SCRIPT.read_bytes(),
        "assets.json": readable(_manifest(settings, uploads)).encode(),
        "sourcemap.json": a_place_a_line(_source_map(places, shown)).encode(),
    }
    if (schedule := schedule_request(settings)) is not None:
        files["schedule.json"] = readable(schedule).encode()
    return files | {_path(asset): asset.content for asset, _ in uploads}


def _definition_asset(text: str, settings: MapValue) -> tuple[Asset, str]:
    content = text.encode()
    asset = Asset("definition.json", hashlib.sha256(content).hexdigest(), content)
    words = [settings.text("bucket"), settings.text("prefix").strip("/"), settings.text("name"), "definitions"]
    return asset, uri_in(asset, words)


def _manifest(settings: MapValue, uploads: list[tuple[Asset, str]]) -> dict[str, Any]:
    """Where a folder belongs, and what is to be uploaded for it."""
    rows = [_row(asset, uri) for asset, uri in uploads]
    return {"account": account_of(settings), "region": settings.text("region"), "assets": rows}


def _path(asset: Asset) -> str:
    return f"assets/{asset.sha256}/{asset.name}"


def _row(asset: Asset, uri: str) -> dict[str, Any]:
    return {"path": _path(asset), "sha256": asset.digest, "size": len(asset.content), "uri": uri}


def _source_map(places: dict[str, Span], shown: Callable[[str], str]) -> dict[str, Any]:
    """Pointer to file, line and column; much of a definition has one place, such as the name of a step."""
    rows: dict[tuple[str, int], dict[str, Any]] = {}
    files: dict[str, str] = {}
    found = {}
    for pointer, span in places.items():
        path, start = place = span.source.path, span.start
        if place not in rows:
            line, column = span.source.position(start)
            name = files.get(path) or files.setdefault(path, shown(path))
            rows[place] = {"file": name, "line": line, "column": column}
        found[pointer] = rows[place]
    return found
