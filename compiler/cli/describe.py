"""`sagepipe describe`: a live pipeline, or one of its executions."""

from __future__ import annotations

from typing import Any

import click

from compiler.cli.aws import Named, naming
from compiler.cli.listing import FORM, show, time_of
from compiler.cli.watch import EXECUTION

Json = dict[str, Any]


@click.command("describe", short_help="Show a live pipeline or an execution.")
@naming
@EXECUTION
@click.option("--definition", is_flag=True, help="Print the live definition, as JSON, and nothing else.")
@FORM
def command(named: Named, execution: str, definition: bool, form: str) -> None:
    """Show the live PIPELINE: its settings, tags, parameters, steps, versions; or one EXECUTION of it, or `latest`."""
    if named.execution or execution:
        _execution(named, named.execution or execution, form)
    else:
        _pipeline(named, definition, form)


def _pipeline(named: Named, definition: bool, form: str) -> None:
    from compiler.deploy.describe import facts
    from compiler.emit.bytes import readable

    found = facts(named.session, named.name)
    if definition:
        click.echo(readable(found["definition"]), nl=False)
    elif form == "json":
        click.echo(readable({k: v for k, v in found.items() if k != "definition"}), nl=False)
    else:
        _told(found)


def _told(found: Json) -> None:
    for key in ("arn", "description", "role", "parallelism"):
        if found[key]:
            click.echo(f"{key}: {found[key]}")
    for head in ("tags", "parameters", "steps", "versions"):
        if found[head]:
            click.echo(f"\n{head}")
            show(found[head], "text")


def _execution(named: Named, execution: str, form: str) -> None:
    from compiler.deploy.executions import find, see
    from compiler.deploy.watch import line

    seen = see(named.session, find(named.session, named.name, execution))
    rows = [
        {"step": s.name, "status": s.status, "started": time_of(s.started), "ended": time_of(s.ended),
         "reused from": s.source, "attempts": s.attempts, "why": s.reason, "log": s.log}
        for s in seen.steps
    ]  # fmt: skip
    if form == "json":
        from compiler.emit.bytes import readable

        told = {"arn": seen.arn, "status": seen.status, "why": seen.reason, "steps": rows}
        click.echo(readable(told), nl=False)
        return
    click.echo(f"{seen.arn}\n{seen.status}" + (f": {seen.reason}" if seen.reason else ""))
    for step in seen.steps:
        click.echo(line(step))
