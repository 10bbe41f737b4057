"""`sagepipe rollback`: let an alias name the version before."""

from __future__ import annotations

import click

from compiler.cli.aws import Named, naming, refuse_another_account
from compiler.cli.promote import ALIAS


@click.command("rollback", short_help="Let an alias name the version before.")
@naming
@ALIAS
@click.option(
    "--to", "version", type=click.IntRange(min=1), metavar="N", help="The version; without it the one before."
)
def command(named: Named, alias: str, version: int | None) -> None:
    """Let an alias of PIPELINE name the version before the one it names now, or the version given.

    No version is lost: `sagepipe promote` moves the alias forward again.
    """
    from compiler.deploy.versions import before, set_alias

    refuse_another_account(named)
    wanted = version or before(named.session, named.name, alias)
    click.echo(set_alias(named.session, named.name, alias, wanted))
