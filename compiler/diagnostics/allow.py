"""Warnings the author has allowed, in comments beside them; and none allowed at all (`--strict`)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from compiler.diagnostics.codes import CODES
from compiler.diagnostics.diagnostic import Diagnostic
from compiler.diagnostics.report import Report
from compiler.text import Span, guess, record


@record
class Allowance:
    """`# sagepipe: allow CODE`: the code, where it is written, and the line whose warnings it is for."""

    code: str
    span: Span
    line: int

    def covers(self, diagnostic: Diagnostic) -> bool:
        """Whether this is the warning that is meant."""
        where = diagnostic.span
        return (
            where is not None
            and diagnostic.code == self.code
            and diagnostic.severity == "warning"
            and where.source.path == self.span.source.path
            and where.position[0] == self.line
        )


def allow(report: Report, allowances: Iterable[Allowance]) -> Report:
    """The report without the warnings that are allowed, and with what is wrong with the allowances.

    One that silences nothing is a warning, unless there are errors: then much was not looked at.
    """
    listed, found = tuple(allowances), tuple(report)
    result = Report(d for d in found if not any(allowance.covers(d) for allowance in listed))
    for allowance in listed:
        severity = CODES[allowance.code].severity if allowance.code in CODES else None
        if severity is None:
            _unknown(allowance, result)
        elif severity == "error":
            result.add("allowance-of-error", f"`{allowance.code}` is an error", allowance.span,
                       hint="only warnings can be allowed; mend what the error names")
        elif report.ok and not any(allowance.covers(d) for d in found):
            result.add("unused-allowance", f"no warning `{allowance.code}` is given for line {allowance.line}",
                       allowance.span, hint="remove the comment")
    return result


def strict(report: Report) -> Report:
    """The report with every warning made an error."""
    return Report(replace(diagnostic, severity="error") for diagnostic in report)


def _unknown(allowance: Allowance, report: Report) -> None:
    warnings = [name for name, code in CODES.items() if code.severity == "warning"]
    hint = guess(allowance.code, warnings) or "`sagepipe explain` lists the codes"
    report.add("unknown-allowance", f"no warning is named `{allowance.code}`", allowance.span, hint=hint)
