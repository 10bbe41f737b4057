"""`sagepipe runs`: what ran on this machine, and the models that were registered here."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from compiler.cli.exits import INVALID
from compiler.cli.options import ROOT

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

WRAPPED, NARROW = ("metrics", "steps that then run"), 24  # columns whose words may stand below each other; cells
APPROVALS = ("Approved", "Rejected", "PendingManualApproval")


def state_of(root: Path | None) -> Path:
    """The folder where this project's runs are kept."""
    from compiler.assets.project import find_root
    from compiler.local.records import STATE

    return find_root(None, root).root / STATE


@click.group("runs", invoke_without_command=True, short_help="Executions on this machine.")
@ROOT
@click.pass_context
def command(ctx: click.Context, root: Path | None) -> None:
    """List what ran on this machine, the newest last; with a verb, look at one, or at the models registered here."""
    ctx.obj = state_of(root)
    if ctx.invoked_subcommand:
        return
    from compiler.local.records import executions, steps_of

    table = table_of("execution", "pipeline", "status", "started", "seconds", "steps", "")
    if not any(executions(ctx.obj)):
        click.echo(f"nothing ran here yet: {ctx.obj} keeps no execution", err=True)
        return
    for facts in executions(ctx.obj):
        ended = facts.get("steps")  # an interrupted execution has no summary
        steps = ended if ended is not None else {n: row["status"] for n, row in steps_of(ctx.obj, facts["id"]).items()}
        done = sum(status == "Succeeded" for status in steps.values())
        resumed = f"resumed {facts['resumed']}" if facts.get("resumed") else ""
        table.add_row(
            facts["id"], facts["pipeline"], facts["status"], clock(facts["started"]), _lasted(facts), str(done), resumed
        )
    show(table)


@command.command("show")
@click.argument("execution", default="latest")
@click.option("--json", "as_json", is_flag=True, help="The records as they are kept, as JSON.")
@click.pass_obj
def show_one(state: Path, execution: str, as_json: bool) -> None:
    """Show one execution: its parameters, its steps with times and metrics, and where they left their files.

    EXECUTION is an id, the beginning of one, or `latest`.
    """
    from compiler.local.records import find_execution, steps_of

    facts = find_execution(state, execution)
    if facts is None:
        click.echo(f"no execution is `{execution}`; `sagepipe runs` lists them", err=True)
        click.get_current_context().exit(INVALID)
    steps = steps_of(state, facts["id"])
    if as_json:
        click.echo(json.dumps({**facts, "steps": list(steps.values())}, ensure_ascii=False, indent=1))
        return
    click.echo(f"{facts['pipeline']}  {facts['status']}  {clock(facts['started'])}  {_lasted(facts)} s")
    click.echo(f"command:  sagepipe {facts.get('command', '')}")
    click.echo(f"kept in:  {state / 'executions' / facts['id']}")
    for name, value in facts.get("parameters", {}).items():
        click.echo(f"parameter {name} = {value}")
    table = table_of("step", "type", "status", "seconds", "reused from", "metrics")
    for name, row in steps.items():
        lasted = f"{row['ended'] - row['started']:.2f}"
        table.add_row(name, row["type"], row["status"], lasted, row["reused"], _metrics(row["metrics"]))
    show(table)
    for name, row in steps.items():
        for line in [row["reason"], *row["notes"]]:
            if line:
                click.echo(f"{name}: {line}")


@command.command("models")
@click.argument("group", default="")
@click.pass_obj
def models(state: Path, group: str) -> None:
    """List the model packages registered on this machine, of one GROUP or of all."""
    from compiler.local.registry import Registry

    table = table_of("group", "version", "approval", "registered", "execution", "model data")
    for package in Registry(state).packages(group):
        containers = (package.get("InferenceSpecification") or {}).get("Containers") or [{}]
        table.add_row(
            package["ModelPackageGroupName"], str(package["ModelPackageVersion"]), package["ModelApprovalStatus"],
            clock(package["created"]), package["execution"], str(containers[0].get("ModelDataUrl", "")),
        )  # fmt: skip
    show(table)


@command.command("approve")
@click.argument("group")
@click.argument("version", type=int)
@click.argument("status", type=click.Choice(APPROVALS), default="Approved")
@click.pass_obj
def approve(state: Path, group: str, version: int, status: str) -> None:
    """Change the approval of a package: VERSION of GROUP, to STATUS."""
    from compiler.local.registry import Registry

    if not Registry(state).approve(group, version, status):
        click.echo(f"there is no version {version} of `{group}`; `sagepipe runs models` lists them", err=True)
        click.get_current_context().exit(INVALID)


def table_of(*titles: str) -> Table:
    """An empty table with these columns."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="dim")
    for title in titles:
        table.add_column(title, no_wrap=title not in WRAPPED, overflow="fold")
    return table


def show(table: Table) -> None:
    """Print a table, as wide as it is where the output is no terminal; else in its width, if that is enough for the
    words: a name, a time or a URI is never broken."""
    import shutil
    import sys

    from rich.console import Console

    console = Console(width=10_000, no_color=not sys.stdout.isatty(), record=False)
    if sys.stdout.isatty():
        spare = [console.measure(column).maximum - NARROW for column in _wrapped(table)]
        needed = console.measure(table).maximum - sum(cells for cells in spare if cells > 0)
        console.width = max(shutil.get_terminal_size().columns, needed)
    for line in console.render_lines(table, pad=False):
        click.echo("".join(segment.text for segment in line).rstrip())


def _wrapped(table: Table) -> Iterator[RenderableType]:
    """The columns that may be broken between words, each as one text."""
    from rich.console import Group

    return (Group(*column.cells) for column in table.columns if not column.no_wrap)


def counted(number: int, what: str) -> str:
    """`1 file`, `2 files`."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def clock(seconds: float) -> str:
    """A time as this machine's clock shows it."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds))


def _lasted(facts: dict[str, Any]) -> str:
    return f"{facts['ended'] - facts['started']:.2f}" if "ended" in facts else ""


def _metrics(metrics: dict[str, Any]) -> str:
    from compiler.local.outcome import brief

    return ", ".join(f"{name} {brief(value)}" for name, value in metrics.items())
