"""`sagepipe retry`: take up an execution that failed or was stopped."""

from __future__ import annotations

from pathlib import Path

import click

from compiler.cli.aws import Named, naming, refuse_another_account
from compiler.cli.watch import EXECUTION, follow_to_the_end, watched_only, watching


@click.command("retry", short_help="Take up an execution that failed or was stopped.")
@naming
@EXECUTION
@click.option("--watch", is_flag=True, help="Follow it to its end, as `sagepipe watch` does.")
@watching
def command(named: Named, execution: str, watch: bool, interval: float, junit: Path | None) -> None:
    """Run again what failed or was stopped in an execution of PIPELINE, the latest without EXECUTION.

    It keeps its parameters and the definition it began with. One that a Fail step ended cannot be taken up.
    """
    watched_only(watch, junit)
    from compiler.deploy.executions import find, retry

    refuse_another_account(named)
    arn = find(named.session, named.name, named.execution or execution)
    retry(named.session, arn)
    click.echo(arn)
    if watch:
        follow_to_the_end(named.session, arn, interval, junit)
