"""`python -m compiler.devtools refresh|check [--offline] [FILE…]`"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from compiler.devtools.generators import GENERATORS, Generator
from compiler.devtools.run import check, refresh
from compiler.devtools.wheels import FetchError

_FILES = click.argument("files", nargs=-1, type=click.Choice([generator.path for generator in GENERATORS]))
_OFFLINE = click.option("--offline", is_flag=True, help="Only the files that are made without fetching a package.")


@click.group()
def main() -> None:
    """Generated files: made anew, or proven to be up to date."""


@main.command("refresh")
@_OFFLINE
@_FILES
def refresh_command(files: Sequence[str], offline: bool) -> None:
    """Make the FILES (all, if none) from the newest versions of their sources, and stamp these."""
    for line in refresh(_chosen(files, offline)):
        click.echo(line)


@main.command("check")
@_OFFLINE
@_FILES
def check_command(files: Sequence[str], offline: bool) -> None:
    """Make the FILES (all, if none) again from the stamped versions; exit 1 if a byte differs from what is there."""
    chosen = _chosen(files, offline)
    faults = [fault for generator in chosen for fault in check(generator)]
    for fault in faults:
        click.echo(fault, err=True)
    click.echo(f"{len(chosen)} generated files checked, {len(faults)} out of date")
    sys.exit(1 if faults else 0)


def _chosen(files: Sequence[str], offline: bool) -> tuple[Generator, ...]:
    wanted = (generator for generator in GENERATORS if not files or generator.path in files)
    return tuple(generator for generator in wanted if not (offline and generator.stamps))


if __name__ == "__main__":
    try:
        main()
    except FetchError as error:
        sys.exit(f"error: {error}")
