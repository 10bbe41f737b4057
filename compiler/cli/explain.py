"""`sagepipe explain`: what a code means and how to mend it."""

from __future__ import annotations

import click

from compiler.cli.options import complete_code, unknown_code
from compiler.diagnostics import CODES


@click.command("explain", short_help="Explain a code, or list them all.")
@click.argument("code", required=False, shell_complete=complete_code)
def command(code: str | None) -> None:
    """Explain a diagnostic's CODE: why it is told, and how to mend what it tells. Without CODE: list them all."""
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
