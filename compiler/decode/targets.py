"""Which of a document's targets it is compiled for."""

from __future__ import annotations

from compiler.decode.document import Document
from compiler.diagnostics import Place, Report
from compiler.syntax import Gap, Mapping, Scalar
from compiler.text import closest


def choose_target(document: Document, wanted: str | None, report: Report, path: str) -> str | None:
    """The target to compile for: the one wanted, else the default; "" without targets; None where none can be told."""
    targets = document.targets
    if "targets" in document.lost:
        return wanted or next(iter(targets), "")
    if wanted is not None:
        if wanted in targets:
            return wanted
        near = closest(wanted, targets)
        hint = f"did you mean `{near}`?" if near else f"the targets are {', '.join(targets)}"
        hint = hint if targets else "the document has no `targets`"
        section = document.section("targets")
        report.add(
            "unknown-target",
            f"no target is named `{wanted}`",
            section.span.sub(0, 1) if section else None,
            hint=hint,
            path=path,
        )
        return None
    if not targets:
        return ""
    defaults = [name for name, node in targets.items() if _is_default(node)]
    if len(defaults) > 1:
        report.add(
            "default-target",
            f"`{defaults[0]}` and `{defaults[1]}` are both the default target",
            targets[defaults[1]].entries["default"].key.span,
            places=(Place(targets[defaults[0]].entries["default"].key.span, "the first"),),
            hint="mark one alone",
        )
        return None
    if defaults:
        return defaults[0]
    if len(targets) == 1:
        return next(iter(targets))
    section = document.section("targets")
    report.add(
        "default-target",
        "no target is the default one",
        section.span.sub(0, 1) if section else None,
        hint="mark one with `default: true`, or name one with `--target`",
        path=path,
    )
    return None


def _is_default(node: Mapping) -> bool:
    value = node.get("default")
    return isinstance(value, Gap) or (isinstance(value, Scalar) and value.value is True)
