"""What the exit codes mean, for every verb."""

from __future__ import annotations

from collections.abc import Iterable

from compiler.diagnostics import Diagnostic

OK = 0
INVALID = 1
USAGE_OR_IO = 2
AWS = 3
CHANGES = 4
FAILED = 5  # an execution that was watched failed, or completed with failures
STOPPED = 6  # ... was stopped
INTERRUPTED = 130  # no outcome of a verb: what shells report of a process that Ctrl-C ended

_IO_CODES = ("file-not-found", "file-unreadable")


def exit_code(found: Iterable[Diagnostic]) -> int:
    """The code for what was found in the input: a file that cannot be read outweighs a file that is wrong."""
    faults = [d for d in found if d.severity == "error"]
    if any(d.code in _IO_CODES and d.span is None for d in faults):
        return USAGE_OR_IO
    return INVALID if faults else OK
