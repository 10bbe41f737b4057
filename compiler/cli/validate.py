"""`sagepipe validate`: everything that is wrong, for every target."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from compiler.cli.exits import exit_code
from compiler.cli.inputs import inputs
from compiler.cli.options import compiling
from compiler.cli.telling import tell
from compiler.diagnostics import Report
from compiler.driver.compile import Options, validate_source


@click.command("validate", short_help="Tell everything that is wrong with pipelines.")
@compiling
def command(
    files: Sequence[str], target: str | None, variables: dict[str, str], root: Path | None, allow: Sequence[str],
    strict: bool, form: str, color: bool | None,
) -> None:  # fmt: skip
    """Check pipeline FILES for every target, or the one named, and write nothing.

    A folder stands for every *.pipeline.yaml below it, and - for standard input. All faults are told at once, each
    with its place, a code (`sagepipe explain CODE` tells more) and, where one is near, what was probably meant.

    \b
    sagepipe validate pipelines/
    sagepipe validate pipelines/ --format sarif > faults.sarif
    """
    options = Options(target, root, variables, frozenset(allow))
    report = Report()
    targets = 0
    given = inputs(files)
    for item in given:
        own = Report()
        targets += len(validate_source(item.read(own), own, options, item.path))
        report.extend(own)
    code = exit_code(report, strict=strict)
    tell(report, form, color)
    if code:
        click.get_current_context().exit(code)
    if form == "human":
        click.echo(f"valid: {_count(len(given), 'file')}, {_count(targets, 'target')}", err=True)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
