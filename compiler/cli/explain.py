"""`sagepipe explain`: what a code means and how to mend it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from textwrap import indent

import click

from compiler.cli.options import complete_code, unknown_code
from compiler.data import data_path
from compiler.diagnostics import CODES


@click.command("explain", short_help="Explain a code, or list them all.")
@click.argument("code", required=False, shell_complete=complete_code)
def command(code: str | None) -> None:
    """Explain a diagnostic's CODE: why it is told, how to mend it, with an example. Without CODE: list them all."""
    if code is None:
        width = max(map(len, CODES))
        for name, row in CODES.items():
            click.echo(f"{name:{width}}  {row.severity:7}  {row.summary}")
        return
    if code not in CODES:
        raise click.UsageError(unknown_code(code))
    row = CODES[code]
    click.echo(f"{row.severity}[{code}]: {row.summary}\n")
    click.echo(click.wrap_text(row.help, 80))
    for paragraph in _example(code):
        click.echo(f"\n{paragraph}")


def _example(code: str) -> Iterator[str]:
    """What is said of the example that the tests have of the code, and what mends it."""
    rows = json.loads(data_path("schemas", "codes.json").read_text("utf-8"))["codes"]
    example = rows.get(code, {}).get("example")
    if example is None:
        return
    yield f"For example:\n\n{indent(example['told'].strip(), '  ')}"
    yield f"Mended:\n\n{indent(_changes(example['faulty'], example['mended']), '  ')}"


def _changes(faulty: str, mended: str) -> str:
    """The lines that differ."""
    from difflib import unified_diff

    found = unified_diff(faulty.splitlines(), mended.splitlines(), lineterm="", n=0)
    return "\n".join(line for line in found if not line.startswith(("---", "+++", "@@")))
