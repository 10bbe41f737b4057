"""Steps that a matrix stamps out are written once, so what is wrong with them is told once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from compiler.diagnostics import Diagnostic
from compiler.model.program import Program


def told_once(found: Iterable[Diagnostic], program: Program) -> Iterator[Diagnostic]:
    """The diagnostics without those that differ from an earlier one only by the name of a stamped step."""
    written = {s.name: s.span.text for s in program.steps.values() if s.span.text and s.span.text != s.name}
    if not any(name.startswith(f"{word}-") for name, word in written.items()):
        yield from found
        return
    seen: dict[object, None] = {}
    for diagnostic in found:
        message = diagnostic.message
        for name, word in written.items():
            message = message.replace(f"`{name}`", f"`{word}`")
        key = (diagnostic.code, diagnostic.span, diagnostic.path, message)
        if key not in seen:
            seen[key] = None
            yield diagnostic
