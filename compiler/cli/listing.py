"""`sagepipe list`: the pipelines of a region, or the executions of one."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Any

import click

from compiler.cli.aws import PROFILE, REGION, VERBOSE, aws_faults, named, say, session
from compiler.cli.options import ROOT, SET, TARGET
from compiler.driver import Options

Row = dict[str, Any]
FORM = click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True,
                    help="How to print it.")  # fmt: skip


@click.command("list", short_help="List pipelines, or the executions of one.")
@click.argument("pipeline", metavar="[PIPELINE]", required=False)
@click.option("--prefix", default="", metavar="TEXT", help="Only pipelines whose name begins so.")
@click.option(
    "-n", "--most", type=click.IntRange(min=1), default=20, show_default=True, metavar="N", help="How many at most."
)
@FORM
@TARGET
@SET
@ROOT
@REGION
@PROFILE
@VERBOSE
def command(
    pipeline: str | None, prefix: str, most: int, form: str, target: str | None, variables: dict[str, str],
    root: Path | None, region: str | None, profile: str | None, verbose: bool,
) -> None:  # fmt: skip
    """List the pipelines of a region; with PIPELINE (a file, a name or an ARN) its executions, the newest first."""
    with aws_faults():
        if pipeline is None:
            if target or variables:
                raise click.UsageError("--target and --set mean something with a pipeline file")
            from compiler.deploy.live import pipelines

            aws = session(region or "", profile, verbose)
            rows = [_pipeline(row) for row in islice(pipelines(aws, prefix), most)]
        else:
            from compiler.deploy.executions import executions

            one = named(pipeline, Options(target, root, variables), region, profile, verbose)
            rows = [_execution(row) for row in islice(executions(one.session, one.name), most)]
    show(rows, form)


def _pipeline(row: Row) -> Row:
    return {
        "name": row["PipelineName"],
        "changed": time_of(row.get("LastModifiedTime")),
        "last run": time_of(row.get("LastExecutionTime")),
    }


def _execution(row: Row) -> Row:
    return {
        "execution": row["PipelineExecutionArn"].rpartition("/")[2],
        "status": row["PipelineExecutionStatus"],
        "started": time_of(row.get("StartTime")),
        "name": row.get("PipelineExecutionDisplayName", ""),
        "why": row.get("PipelineExecutionFailureReason", ""),
    }


def time_of(moment: Any) -> str:
    """A moment as text, to the second, in UTC; "" without one."""
    from datetime import UTC

    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%SZ") if moment else ""


def show(rows: list[Row], form: str) -> None:
    """Rows that share their keys, in columns or as JSON, on standard output."""
    from compiler.emit.bytes import readable

    if form == "json":
        click.echo(readable(rows), nl=False)
        return
    if not rows:
        say("there are none")
        return
    heads = list(rows[0])
    widths = {head: max(len(head), *(len(str(row[head])) for row in rows)) for head in heads}
    for row in ({head: head for head in heads}, *rows):
        click.echo("  ".join(f"{row[head]!s:<{widths[head]}}" for head in heads).rstrip())
