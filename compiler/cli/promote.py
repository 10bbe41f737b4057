"""`sagepipe promote`: let an alias name a version."""

from __future__ import annotations

import click

from compiler.cli.aws import Named, alias_name, naming, refuse_another_account

ALIAS = click.option(
    "--alias", required=True, metavar="NAME", callback=alias_name, help="The alias to set, such as prod."
)


@click.command("promote", short_help="Let an alias name a version.")
@naming
@ALIAS
@click.option("--version", type=click.IntRange(min=1), metavar="N", help="The version; without it the newest.")
@click.option("--like", metavar="NAME", help="The version that another alias names.")
def command(named: Named, alias: str, version: int | None, like: str | None) -> None:
    """Let an alias of PIPELINE name a version, so that `sagepipe start --alias` runs that one.

    An alias is moved in two calls, off the old version and onto the new one; in between no version has it.

    \b
    sagepipe promote fraud-detection --alias prod --like staging
    """
    if version and like:
        raise click.UsageError("--version and --like exclude each other")
    from compiler.deploy.versions import named_by, set_alias

    refuse_another_account(named)
    wanted = named_by(named.session, named.name, like) if like else version
    click.echo(set_alias(named.session, named.name, alias, wanted))
