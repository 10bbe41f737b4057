"""`sagepipe validate`: everything that is wrong, for every target."""

from __future__ import annotations

import click

from compiler.cli.inputs import Input
from compiler.cli.options import compiling
from compiler.cli.run import Run
from compiler.diagnostics import Report
from compiler.driver import Options, Validation, validate_source


@click.command("validate", short_help="Tell everything that is wrong with pipelines.")
@compiling
def command(run: Run) -> None:
    """Check pipeline FILES for every target, or the one named, and write nothing.

    A folder stands for every *.pipeline.yaml below it, and - for standard input. All faults are told at once, each
    with its place, a code (`sagepipe explain CODE` tells more) and, where one is near, what was probably meant.

    \b
    sagepipe validate pipelines/
    sagepipe validate pipelines/ --format sarif > faults.sarif
    """
    results = [_validate(item, run.options) for item in run.given]
    run.settle([result.report for result in results])
    if run.form == "human":
        targets = sum(len(result.targets) for result in results)
        click.echo(f"valid: {_count(len(results), 'file')}, {_count(targets, 'target')}", err=True)


def _validate(item: Input, options: Options) -> Validation:
    report = Report()
    return validate_source(item.read(report), report, options, item.path)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
