"""`sagepipe stop`: stop an execution."""

from __future__ import annotations

import click

from compiler.cli.aws import Named, naming, refuse_another_account, say
from compiler.cli.watch import EXECUTION


@click.command("stop", short_help="Stop an execution.")
@naming
@EXECUTION
def command(named: Named, execution: str) -> None:
    """Stop an execution of PIPELINE, the latest without EXECUTION. Its running jobs are stopped, too."""
    from compiler.deploy.executions import find, stop

    refuse_another_account(named)
    arn = find(named.session, named.name, named.execution or execution)
    stop(named.session, arn)
    say("stopping; a Lambda step is waited for, and a Callback step has to be answered")
    click.echo(arn)
