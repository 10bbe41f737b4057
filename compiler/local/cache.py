"""What ran before and may be taken again. Source of the rule: Developer Guide, pipelines-default-keys.

The key of a step is a digest of its type and of the resolved values of the attributes that the service keys that type
on. In the mode `sagemaker` that is all, as on the service. In the mode `content`, the default, what lies at the S3 URIs
in those values must be the same too, and so must the Python environment.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple

from compiler.diff.values import differences
from compiler.emit.bytes import digest_of
from compiler.local.files import as_bytes, create_whole, read_json
from compiler.local.manifest import listed, manifests
from compiler.local.store import SCHEME, Artifact, Store
from compiler.local.values import ValueFault
from compiler.lower.requests import step_type_of
from compiler.model.durations import Duration, read_duration
from compiler.text import record
from compiler.text.jsonfault import parse_json

Json = Any
FORMAT = 1
Mode = Literal["content", "sagemaker"]
FOREVER = float("inf")
_MEMBERS: Mapping[str, type | tuple[type, ...]] = {
    "pipeline": str, "step": str, "type": str, "key": str, "created": (int, float), "execution": str,
    "attributes": dict, "contents": dict, "properties": dict, "artifacts": list, "facts": dict,
}  # fmt: skip


@record
class Key:
    """What a step would be found by. `contents`: S3 URI to digest, and the environment."""

    pipeline: str
    step: str
    type: str
    attributes: dict[str, Json]
    contents: dict[str, str]

    @property
    def digest(self) -> str:
        """The service's part of the key: everything but what lies at the URIs."""
        said = {
            "format": FORMAT, "pipeline": self.pipeline, "step": self.step, "type": self.type,
            "attributes": self.attributes,
        }  # fmt: skip
        return digest_of(said)


class Found(NamedTuple):
    """What a look-up gave: a record, or None and why. `elsewhere`: SageMaker would take one that was not taken here."""

    record: dict[str, Json] | None
    why: str = ""
    elsewhere: bool = False


def is_cached(step_type: str) -> bool:
    """Whether the service documents a cache for a type of steps. It takes the setting of others, and what comes of it
    is not known; here nothing does."""
    row = step_type_of(step_type)
    return bool(row and row.cache_key)


def attributes(step_type: str, arguments: dict[str, Json], keys: dict[str, Json]) -> dict[str, Json]:
    """The members that the service keys a type on, by dotted path, those absent left out.

    `arguments` are the step's resolved Arguments, `keys` its other members.
    """
    row = step_type_of(step_type)
    found = {}
    for path in row.cache_key if row else ():
        value: Json = {**keys, **arguments}
        for name in path.split("."):
            value = value.get(name) if isinstance(value, dict) else None
        if value not in (None, [], {}):
            found[path] = value
    return found


def uris(value: Json) -> Iterator[str]:
    """Every S3 URI that stands alone in a value, in JSON text too."""
    match value:
        case str() if value.startswith(SCHEME):
            yield value
        case str() if value.startswith('"' + SCHEME):
            try:
                yield from uris(parse_json(value))
            except ValueError:
                return
        case dict():
            for inner in value.values():
                yield from uris(inner)
        case list():
            for inner in value:
                yield from uris(inner)


class Cache:
    """The records of one project, and the store that holds what they name."""

    def __init__(self, state: Path, store: Store, mode: Mode = "content") -> None:
        self.folder, self.store, self.mode = state / "cache", store, mode

    def key(
        self, pipeline: str, step: str, step_type: str, arguments: dict[str, Json], keys: dict[str, Json],
        environment: str,
    ) -> Key:  # fmt: skip
        """The key of a step about to run."""
        found = attributes(step_type, arguments, keys)
        read = [*uris(found), *(uri for listing in manifests(found) for uri in self._listed(listing))]
        contents = {uri: self.store.digest(uri) for uri in dict.fromkeys(read)}
        return Key(pipeline, step, step_type, found, {**contents, "the Python environment": environment})

    def _listed(self, manifest: str) -> list[str]:
        try:
            return [uri for _, uri in listed(self.store, manifest)]
        except ValueFault:
            return []  # the job will say so

    def find(self, key: Key, expire_after: str) -> Found:
        """The newest record that may be taken, its artifacts checked and put back where they lay."""
        limit = seconds(expire_after)
        spoiled = expired = changed = ""
        for entry in self._newest(key):
            if time.time() - entry["created"] > limit:
                expired = expired or f"the one of execution {entry['execution']} has expired"
                continue
            artifacts = [Artifact(*row) for row in entry["artifacts"]]
            if not all(self.store.sound(artifact) for artifact in artifacts):
                spoiled = spoiled or f"artifacts of execution {entry['execution']} are damaged or gone"
                continue
            if self.mode == "content" and entry["contents"] != key.contents:
                changed = changed or f"{_first_change(entry['contents'], key.contents)} changed"
                continue
            for artifact in artifacts:
                self.store.put_back(artifact)
            return Found(entry, f"taken from execution {entry['execution']}")
        why = changed or spoiled or expired or self._nearest(key)
        return Found(None, why, elsewhere=bool(changed))

    def write(self, key: Key, execution: str, properties: Json, artifacts: list[Artifact], facts: Json) -> None:
        """Keep what a step gave. Nothing is ever written over."""
        said = {
            "format": FORMAT, "pipeline": key.pipeline, "step": key.step, "type": key.type, "key": key.digest,
            "created": time.time(), "execution": execution, "attributes": key.attributes, "contents": key.contents,
            "properties": properties, "artifacts": [list(a) for a in artifacts], "facts": facts,
        }  # fmt: skip
        name = f"{int(said['created'] * 1000):014d}-{secrets.token_hex(3)}.json"
        create_whole(self.folder / key.pipeline / key.step / key.digest / name, as_bytes(said))

    def _newest(self, key: Key) -> Iterator[dict[str, Json]]:
        folder = self.folder / key.pipeline / key.step / key.digest
        yield from (entry for path in _records(folder) if (entry := read_record(path)))

    def _nearest(self, key: Key) -> str:
        """Why the newest record of the step is not it: the first attribute that differs."""
        paths = sorted((self.folder / key.pipeline / key.step).glob("*/*.json"), key=lambda p: p.name, reverse=True)
        newest = next((entry for path in paths if (entry := read_record(path))), None)
        if newest is None:
            return "it has not run before"
        if newest["type"] != key.type:
            return f"it was a {newest['type']} step"
        for difference in differences(newest["attributes"], key.attributes):
            return f"{difference.path} differs: {_short(difference.before)} before, {_short(difference.after)} now"
        return "its attributes differ"


def _first_change(before: dict[str, str], after: dict[str, str]) -> str:
    named = [uri for uri in dict.fromkeys([*before, *after]) if before.get(uri) != after.get(uri)]
    return named[0] if not named[0].startswith(SCHEME) else f"what lies at {named[0]}"


def _short(value: Json) -> str:
    text = "nothing" if value is None or value is ... else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:77]}..."


def seconds(expire_after: str) -> float:
    """An `ExpireAfter` in seconds; without one nothing expires. The service's forms lack the P at times: `30dT5h`."""
    if not expire_after:
        return FOREVER
    text = expire_after.strip()
    read = read_duration(text if text[:1] in "Pp" else f"P{text}")
    return float(read.seconds) if isinstance(read, Duration) else 0.0


def _records(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.json"), reverse=True)


def read_record(path: Path) -> dict[str, Json] | None:
    """A record, or None where it is none that this version reads."""
    entry = read_json(path)
    if not isinstance(entry, dict) or entry.get("format") != FORMAT:
        return None
    return entry if all(isinstance(entry.get(name), kind) for name, kind in _MEMBERS.items()) else None


def every_record(state: Path) -> Iterator[tuple[Path, dict[str, Json] | None]]:
    """All records with where they lie, oldest first within a step; None for one that cannot be read."""
    for path in sorted((state / "cache").glob("*/*/*/*.json"), key=lambda path: (path.parts[-4:-2], path.name)):
        yield path, read_record(path)
