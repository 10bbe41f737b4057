"""`sagepipe cache`: the results that later runs on this machine may take."""

from __future__ import annotations

from pathlib import Path

import click

from compiler.cli.exits import INVALID
from compiler.cli.options import ROOT
from compiler.cli.runs import clock, counted, show, state_of, table_of


@click.group("cache", short_help="The results kept for later runs.")
@ROOT
@click.pass_context
def command(ctx: click.Context, root: Path | None) -> None:
    """Look after the results that later runs on this machine may take again."""
    ctx.obj = state_of(root)


@command.command("list")
@click.argument("step", default="")
@click.pass_obj
def listed(state: Path, step: str) -> None:
    """List the results kept, of one STEP or of all, the newest of each step last."""
    from compiler.local.cache import every_record

    table = table_of("pipeline", "step", "type", "made", "execution", "files", "bytes", "key")
    for path, entry in every_record(state):
        if entry is None:
            table.add_row(path.parts[-4], path.parts[-3], "unreadable", "", "", "", "", path.parts[-2][:12])
        elif step in ("", entry["step"]):
            size = sum(row[2] for row in entry["artifacts"])
            table.add_row(
                entry["pipeline"], entry["step"], entry["type"], clock(entry["created"]), entry["execution"],
                str(len(entry["artifacts"])), str(size), entry["key"][:12],
            )  # fmt: skip
    show(table)


@command.command("verify")
@click.pass_obj
def verify(state: Path) -> None:
    """Check every result kept: that its record can be read, and that its files are what they were."""
    from compiler.local.upkeep import verify as check

    found = check(state)
    for line in found.faults:
        click.echo(line)
    counts = [counted(found.records, "result"), counted(found.blobs, "file"), counted(len(found.faults), "fault")]
    click.echo(f"{counts[0]} and {counts[1]} checked, {counts[2]}", err=True)
    if found.faults:
        click.get_current_context().exit(INVALID)


@command.command("prune")
@click.option("--older", default="", metavar="DURATION", help="Only results older than that: `30d`, `12h`.")
@click.option("--executions", is_flag=True, help="Remove the folders of executions as well: logs, inputs, outputs.")
@click.pass_obj
def prune(state: Path, older: str, executions: bool) -> None:
    """Remove the results kept, and the files that then nothing needs."""
    from compiler.local.upkeep import Busy
    from compiler.local.upkeep import prune as clean
    from compiler.model.durations import DurationFault, seconds_of

    age = seconds_of(older) if older else 0
    if isinstance(age, DurationFault):
        raise click.UsageError(f"--older: {age.message}; {age.hint}")
    try:
        gone = clean(state, float(age), executions=executions)
    except Busy as busy:
        click.echo(str(busy), err=True)
        click.get_current_context().exit(INVALID)
    counts = [counted(gone.records, "result"), counted(gone.executions, "execution"), counted(gone.size, "byte")]
    click.echo(f"removed {counts[0]}, {counts[1]}, {counts[2]} of files", err=True)
