"""`sagepipe delete`: delete a live pipeline."""

from __future__ import annotations

import click

from compiler.cli.aws import YES, Named, agree, naming, refuse_another_account, say

STAYS = (
    "its executions and their records go with it. What stays: the code and data in S3, jobs and their logs, models,\n"
    "model packages, endpoints, experiments"
)


@click.command("delete", short_help="Delete a live pipeline.")
@naming
@YES
@click.option("--schedule", is_flag=True, help="Delete the schedule of the same name, too.")
def command(named: Named, yes: bool, schedule: bool) -> None:
    """Delete the live PIPELINE and the records of its executions. What its steps made stays, and is named."""
    if named.execution:
        raise click.UsageError("an execution cannot be deleted, only its pipeline; `sagepipe stop` stops it")
    from compiler.deploy.delete import delete, look
    from compiler.deploy.schedule import Unread, drop_schedule, read_schedule, starts

    refuse_another_account(named)
    arn = look(named.session, named.name)
    say(f"pipeline {arn}\n{STAYS}.")
    live = read_schedule(named.session, named.name, wanted=False)
    if not schedule and (starts(live, arn) or isinstance(live, Unread)):
        there = "goes on trying to start it" if starts(live, arn) else "may be there, and stays"
        say(f"the schedule `{named.name}` {there} (--schedule deletes it)")
    if not yes:
        agree("Delete it?")
    if schedule and drop_schedule(named.session, named.name):
        say(f"deleted schedule {named.name}")
    if arn:
        delete(named.session, named.name)
        say(f"deleted {arn}")
