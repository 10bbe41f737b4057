"""`sagepipe compile`: pipeline files to what the service takes."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from compiler.cli.inputs import Input
from compiler.cli.options import compiling
from compiler.cli.run import Run
from compiler.diagnostics import Report
from compiler.driver import Options, Result, compile_source


@click.command("compile", short_help="Compile pipelines to definitions.")
@compiling
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="DIR",
              help="The folder to write; with several files, or a folder, each gets DIR/<name>/.")  # fmt: skip
@click.option("--emit", type=click.Choice(["cloudformation", "terraform"]), multiple=True,
              help="Write a wrapper for this deployer, too. Needs -o.")  # fmt: skip
def command(run: Run, output: Path | None, emit: tuple[str, ...]) -> None:
    """Compile pipeline FILES to SageMaker pipeline definitions.

    With -o a folder is written that stands on its own: definition.json, upsert.json and upsert.py (the same call as
    data and as a script), assets.json with assets/ (the code), sourcemap.json. Without it the definition goes to
    standard output. Nothing is written when anything is wrong. FILES may be folders, and - is standard input.

    \b
    sagepipe compile pipelines/fraud-detection.pipeline.yaml --target prod -o build
    """
    if emit and output is None:
        raise click.UsageError("--emit writes beside the definition: say where with -o")
    folders = _folders(run.given, output)
    results = [_compile(item, run.options) for item in run.given]
    run.settle([result.report for result in results], data_follows=output is None)
    if output is None:
        _print(results[0])
    for result, folder in zip(results, folders, strict=False):
        _write(result, folder, emit)


def _compile(item: Input, options: Options) -> Result:
    report = Report()
    return compile_source(item.read(report), report, options, item.path)


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


def _write(result: Result, folder: Path, emit: tuple[str, ...]) -> None:
    from compiler.emit import write_folder

    files = result.files()
    for kind in emit:
        from compiler.emit.wrappers import wrapper

        files |= wrapper(kind, files)
    write_folder(files, folder)
    target = f" for target {result.target}" if result.target else ""
    click.echo(f"written: {folder}{target}", err=True)
