"""Files written so that a kill at any moment leaves the old one or the new one, never half of one."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from compiler.text.jsonfault import parse_json

Json = Any


def write_whole(path: Path, content: bytes) -> None:
    """Write a file through a temporary one beside it, flushed to the disk before it takes the name."""
    with new_file(path) as temporary:
        temporary.write_bytes(content)


@contextlib.contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """A temporary path to write to; on leaving it is flushed and takes the name `path`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.parent / f".{secrets.token_hex(8)}.tmp"
    try:
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def create_whole(path: Path, content: bytes) -> bool:
    """As `write_whole`, for a name that must be new: False, and nothing written, where it is taken."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.parent / f".{secrets.token_hex(8)}.tmp"
    try:
        with temporary.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.link(temporary, path)
    except FileExistsError:
        return False
    finally:
        temporary.unlink(missing_ok=True)
    return True


def write_json(path: Path, value: Json) -> None:
    """Write a value as JSON that people can read, whole or not at all."""
    write_whole(path, as_bytes(value))


def as_bytes(value: Json) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def read_json(path: Path) -> Json:
    """The value in a file, or None where there is none, or none that can be read."""
    try:
        return parse_json(path.read_bytes())
    except (OSError, ValueError):
        return None


def canonical(value: Json) -> str:
    """The one text of a value: keys sorted, no space."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
