"""One run over pipeline files: what was given, and how what is found is told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import click

from compiler.cli.exits import exit_code
from compiler.cli.inputs import Input, inputs
from compiler.cli.telling import tell
from compiler.diagnostics import Report, strict
from compiler.driver import Options

if TYPE_CHECKING:
    from compiler.diagnostics.render import Format


class Run(NamedTuple):
    """The files and options of a verb that compiles. `strict`: warnings are errors."""

    given: Sequence[Input]
    options: Options
    strict: bool
    form: Format
    color: bool | None

    @staticmethod
    def of(files: Sequence[str], options: Options, strict: bool, form: Format, color: bool | None) -> Run:
        """Folders searched; raises `click.UsageError` for one that holds no pipeline."""
        return Run(inputs(files), options, strict, form, color)

    def settle(self, reports: Sequence[Report], *, data_follows: bool = False) -> None:
        """Tell what was found in all files, and end the process where anything is wrong.

        `data_follows`: a definition will go to standard output, so nothing else may.
        """
        found = Report(diagnostic for report in reports for diagnostic in report)
        found = strict(found) if self.strict else found
        code = exit_code(found)
        checked = [item.name for item in self.given]
        tell(found, self.form, self.color, checked, data_on_stdout=data_follows and not code)
        if code:
            click.get_current_context().exit(code)
