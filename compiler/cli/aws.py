"""What the verbs that talk to AWS share: one compiled pipeline, a session, and how a fault of AWS ends them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from compiler.cli.exits import AWS
from compiler.cli.inputs import Input
from compiler.cli.run import Run
from compiler.diagnostics import Report
from compiler.driver import Options, compile_source

if TYPE_CHECKING:
    from compiler.deploy.bundle import Bundle
    from compiler.deploy.faults import AwsFault
    from compiler.deploy.session import Session

PROFILE = click.option("--profile", metavar="NAME", help="The AWS profile; without it boto3 finds credentials itself.")


def compiled(given: str, options: Options, strict: bool) -> Bundle:
    """The bundle of one pipeline file; ends the process, told, where it does not compile."""
    from compiler.deploy.bundle import bundle

    run = Run([Input(given, Path(given))], options, strict, "human", None)
    report = Report()
    result = compile_source(run.given[0].read(report), report, options, run.given[0].path)
    run.settle([result.report])
    return bundle(result)


def session(region: str, profile: str | None) -> Session:
    from compiler.deploy.session import Session

    return Session(region, profile)


@contextmanager
def aws_faults() -> Iterator[None]:
    """End the process with exit code 3 and our words where AWS refuses something inside."""
    from compiler.deploy.faults import AwsFault

    try:
        yield
    except AwsFault as fault:
        fail(fault)


def fail(fault: AwsFault) -> NoReturn:
    click.echo(f"error[{fault.code}]: {fault.message}", err=True)
    for note in fault.notes:
        click.echo(f"  = note: {note}", err=True)
    if fault.hint:
        click.echo(f"  = hint: {fault.hint}", err=True)
    raise click.exceptions.Exit(AWS)


Verb = Callable[..., None]


def guarded(verb: Verb) -> Verb:
    """A verb whose AWS faults end it cleanly."""

    @wraps(verb)
    def wrapped(*arguments: Any, **options: Any) -> None:
        with aws_faults():
            verb(*arguments, **options)

    return wrapped
