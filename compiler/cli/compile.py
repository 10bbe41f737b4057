"""`sagepipe compile`: pipeline files to what the service takes."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from compiler.cli.exits import exit_code
from compiler.cli.inputs import Input, inputs
from compiler.cli.options import compiling
from compiler.cli.telling import tell
from compiler.diagnostics import Report
from compiler.driver.compile import Options, Result, compile_source


@click.command("compile", short_help="Compile pipelines to definitions.")
@compiling
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="DIR",
              help="The folder to write; with several files, or a folder, each gets DIR/<name>/.")  # fmt: skip
def command(
    files: Sequence[str], target: str | None, variables: dict[str, str], root: Path | None, allow: Sequence[str],
    strict: bool, form: str, color: bool | None, output: Path | None,
) -> None:  # fmt: skip
    """Compile pipeline FILES to SageMaker pipeline definitions.

    With -o a folder is written that stands on its own: definition.json, upsert.json and upsert.py (the same call as
    data and as a script), assets.json with assets/ (the code), sourcemap.json. Without it the definition goes to
    standard output. Nothing is written when anything is wrong. FILES may be folders, and - is standard input.

    \b
    sagepipe compile pipelines/fraud-detection.pipeline.yaml --target prod -o build
    """
    given = inputs(files)
    folders = _folders(given, output)
    options = Options(target, root, variables, frozenset(allow))
    report = Report()
    results = [_compile(item, options, report) for item in given]
    code = exit_code(report, strict=strict)
    tell(report, form, color, data_on_stdout=output is None and code == 0)
    if code:
        click.get_current_context().exit(code)
    if output is None:
        _print(results[0])
    for result, folder in zip(results, folders, strict=False):
        _write(result, folder)


def _compile(item: Input, options: Options, report: Report) -> Result:
    own = Report()
    result = compile_source(item.read(own), own, options, item.path)
    report.extend(own)
    return result


def _folders(given: Sequence[Input], output: Path | None) -> list[Path]:
    """Where each file's outputs go; none without `-o`. Raises `click.UsageError` where two would share a folder."""
    if output is None:
        if len(given) > 1:
            raise click.UsageError("several files have several definitions: say where to write them with -o")
        return []
    if len(given) == 1 and not given[0].found:
        return [output]
    named: dict[str, Input] = {}
    for item in given:
        other = named.setdefault(item.stem, item)
        if other is not item:
            raise click.UsageError(f"`{other.name}` and `{item.name}` would both be written to `{output / item.stem}`")
    return [output / stem for stem in named]


def _print(result: Result) -> None:
    from compiler.emit import canonical

    sys.stdout.buffer.write((canonical(result.definition) + "\n").encode())


def _write(result: Result, folder: Path) -> None:
    from compiler.emit import write_folder

    write_folder(result.files(), folder)
    steps = len(result.definition["Steps"]) if result.definition else 0
    target = f" for {result.target}" if result.target else ""
    click.echo(f"written: {folder} ({steps} steps, {len(result.assets)} assets{target})", err=True)
