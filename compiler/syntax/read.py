"""The one reader of files in the compile path: bytes to a Source."""

from __future__ import annotations

from pathlib import Path

from compiler.diagnostics import Report
from compiler.text import Source, Span, guess

MAX_BYTES = 16 * 1024 * 1024
_MARKS = ((b"\xff\xfe\0\0", "UTF-32"), (b"\0\0\xfe\xff", "UTF-32"), (b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16"))
_BOM = "\ufeff"


def read_source(path: str | Path, *, display: str | None = None, report: Report) -> Source | None:
    """The text of a file, or None when it cannot be had, which is reported.

    `display` is the path that messages show, by default `path` as it is written.
    """
    shown = display or str(path)
    try:
        with Path(path).open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        report.add("file-not-found", f"there is no file `{shown}`", None, path=shown, hint=_nearby(Path(path)))
    except IsADirectoryError:
        report.add("file-unreadable", f"`{shown}` is a folder", None, path=shown, hint="name a file in it")
    except ValueError:
        report.add("file-unreadable", f"`{shown}` is no path", None, path=shown)
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        report.add("file-unreadable", f"`{shown}` cannot be read: {reason}", None, path=shown)
    else:
        return decode_source(data, shown, report)
    return None


def decode_source(data: bytes | str, path: str, report: Report) -> Source | None:
    """A text that came as bytes or as a string, without its byte order mark; None, reported, when it is not UTF-8."""
    if len(data) > MAX_BYTES:
        report.add("file-too-large", f"`{path}` is larger than {MAX_BYTES // 1024 // 1024} MB", None, path=path)
        return None
    if isinstance(data, str):
        return Source(path, data.removeprefix(_BOM))
    if wide := _wide(data):
        report.add("encoding", f"`{path}` is {wide}, not UTF-8", None, path=path, hint="save it as UTF-8")
        return None
    try:
        return Source(path, data.decode().removeprefix(_BOM))
    except UnicodeDecodeError as error:
        _report_byte(data, error.start, path, report)
    return None


def _wide(data: bytes) -> str | None:
    """The name of the encoding of a text in units of more than one byte: by its mark, or by its first characters."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name
    empty = tuple(byte == 0 for byte in data[:4])
    return "UTF-16" if empty in ((True, False, True, False), (False, True, False, True)) else None


def _report_byte(data: bytes, at: int, path: str, report: Report) -> None:
    source = Source(path, data.decode(errors="replace").removeprefix(_BOM))
    start = len(data[:at].decode().removeprefix(_BOM))
    report.add("encoding", f"the byte 0x{data[at]:02X} is not UTF-8", Span(source, start, start + 1),
               hint="save the file as UTF-8")


def _nearby(path: Path) -> str:
    """A hint at a file of nearly the same name in the same folder."""
    try:
        names = sorted(entry.name for entry in path.parent.iterdir())
    except (OSError, ValueError):
        return ""
    return guess(path.name, names)
