"""Which of a document's targets it is compiled for."""

from __future__ import annotations

from compiler.decode.document import Document
from compiler.diagnostics import Place, Report
from compiler.syntax import Gap, Mapping, Scalar
from compiler.text import Span, guess


def choose_target(document: Document, wanted: str | None, report: Report, path: str) -> str | None:
    """The target to compile for: the one wanted, else the default; "" without targets; None where none can be told."""
    targets = document.targets
    if "targets" in document.lost:
        return wanted or next(iter(targets), "")
    if wanted is not None and wanted not in targets:
        _unknown(wanted, document, report, path)
        return None
    if wanted is not None:
        return wanted
    if not targets:
        return ""
    defaults = [name for name, node in targets.items() if _is_default(node)]
    if len(defaults) > 1:
        first, second = (targets[name].entries["default"].key.span for name in defaults[:2])
        message = f"`{defaults[0]}` and `{defaults[1]}` are both the default target"
        report.add("default-target", message, second, places=(Place(first, "the first"),), hint="mark one alone")
        return None
    if defaults or len(targets) == 1:
        return next(iter(defaults or targets))
    hint = "mark one with `default: true`, or name one with `--target`"
    report.add("default-target", "no target is the default one", _section(document), hint=hint, path=path)
    return None


def _unknown(wanted: str, document: Document, report: Report, path: str) -> None:
    targets = document.targets
    hint = guess(wanted, targets) or f"the targets are {', '.join(targets)}"
    hint = hint if targets else "the document has no `targets`"
    report.add("unknown-target", f"no target is named `{wanted}`", _section(document), hint=hint, path=path)


def _section(document: Document) -> Span | None:
    section = document.section("targets")
    return section.span.sub(0, 1) if section else None


def _is_default(node: Mapping) -> bool:
    value = node.get("default")
    return isinstance(value, Gap) or (isinstance(value, Scalar) and value.value is True)
