"""`sagepipe watch`: follow an execution to its end."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from compiler.cli.aws import Named, naming, say
from compiler.cli.exits import FAILED, OK, STOPPED

if TYPE_CHECKING:
    from compiler.deploy.session import Session


def _writable(ctx: click.Context, param: click.Parameter, given: Path | None) -> Path | None:
    """A place that can be written, so that it does not turn out hours later that it cannot."""
    if given is not None and (not given.parent.is_dir() or given.is_dir()):
        raise click.BadParameter(
            f"`{given.parent}` is no folder" if not given.is_dir() else "it is a folder", ctx, param
        )
    return given


OUTCOMES = {"Succeeded": OK, "Failed": FAILED, "CompletedWithFailures": FAILED, "Stopped": STOPPED}
EXECUTION = click.argument("execution", metavar="[EXECUTION]", default="")
_OPTIONS = (
    click.option("--interval", type=click.FloatRange(min=0), default=10.0, show_default=True, metavar="SECONDS",
                 help="How often to look."),
    click.option("--junit", type=click.Path(path_type=Path), metavar="FILE",
                 callback=_writable, help="Write the steps and their outcomes as JUnit XML at the end."),
)  # fmt: skip


def watching(verb: Callable[..., None]) -> Callable[..., None]:
    """The options of a watch."""
    for option in reversed(_OPTIONS):
        verb = option(verb)
    return verb


def watched_only(watch: bool, junit: Path | None) -> None:
    """Refuse options that mean something only while watching."""
    if junit is not None and not watch:
        raise click.UsageError("--junit is written at the end of a watch: give --watch, too")


def follow_to_the_end(session: Session, arn: str, interval: float, junit: Path | None) -> NoReturn:
    """Watch the execution and end the process with its outcome."""
    from compiler.deploy import watch

    view: Any = watch.Screen() if sys.stderr.isatty() else watch.Lines(say)
    try:
        seen = watch.follow(session, arn, interval, view)
    except KeyboardInterrupt:
        say(f"the execution goes on: {arn}")
        raise
    if junit is not None:
        junit.write_text(watch.junit(seen), "utf-8")
    raise click.exceptions.Exit(OUTCOMES[seen.status])


@click.command("watch", short_help="Follow an execution to its end.")
@naming
@EXECUTION
@watching
def command(named: Named, execution: str, interval: float, junit: Path | None) -> None:
    """Follow an execution of PIPELINE: its steps, how long they take, what the cache gave, why they fail.

    PIPELINE is a pipeline file, a name or an ARN (an execution's ARN, too); EXECUTION is the last part of an
    execution's ARN; the latest execution without it, or when it is `latest`. A table on a terminal, else a line for
    every change. Exit code: 0 succeeded, 5 failed (or completed with failures), 6 stopped, 3 AWS or the network.
    """
    from compiler.deploy.executions import find

    arn = find(named.session, named.name, named.execution or execution)
    say(arn)
    follow_to_the_end(named.session, arn, interval, junit)
