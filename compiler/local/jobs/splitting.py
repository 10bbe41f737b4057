"""The records of an object, and the payloads they are sent in. API: TransformInput.SplitType, BatchStrategy."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping

from compiler.local.jobs.job import JobFailed

_MAGIC = 0xCED7230A  # of a RecordIO record, as MXNet writes them


def split(content: bytes, kind: str) -> list[bytes]:
    """The records of an object; those of RecordIO and TFRecord keep their frames. Raises `JobFailed`."""
    cut = _CUTS.get(kind)
    if cut is None:
        return [content]
    try:
        return list(cut(content))
    except (struct.error, ValueError):
        raise JobFailed(f"an object of the input does not hold {kind} records") from None


def packed(records: list[bytes], limit: int, between: bytes) -> Iterator[bytes]:
    """Records put together, each payload of `limit` bytes at most where its first record allows it."""
    held: list[bytes] = []
    size = 0
    for record in records:
        if held and size + len(record) > limit:
            yield between.join(held)
            held, size = [], 0
        held.append(record)
        size += len(record) + len(between)
    if held:
        yield between.join(held)


def _lines(content: bytes) -> Iterator[bytes]:
    yield from (line for line in content.splitlines() if line)


def _record_io(content: bytes) -> Iterator[bytes]:
    """Magic, three bits that tell a part of a record from a whole one, a length, the bytes, padded to four."""
    start = at = 0
    while at < len(content):
        magic, word = struct.unpack_from("<II", content, at)
        at += 8 + -(-(word & 0x1FFFFFFF) // 4) * 4
        if magic != _MAGIC or at > len(content):
            raise ValueError
        if word >> 29 in (0, 3):  # whole, or the last part
            yield content[start:at]
            start = at


def _tf_record(content: bytes) -> Iterator[bytes]:
    """A length, its checksum, the bytes, their checksum."""
    at = 0
    while at < len(content):
        (length,) = struct.unpack_from("<Q", content, at)
        end = at + 16 + length
        if end > len(content):
            raise ValueError
        yield content[at:end]
        at = end


_CUTS: Mapping[str, Callable[[bytes], Iterator[bytes]]] = {
    "Line": _lines,
    "RecordIO": _record_io,
    "TFRecord": _tf_record,
}
