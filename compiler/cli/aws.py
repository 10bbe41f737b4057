"""What the verbs that talk to AWS share: one compiled pipeline, a session, and how a fault of AWS ends them."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

import click

from compiler.cli.exits import AWS, INTERRUPTED
from compiler.cli.inputs import STDIN, Input
from compiler.cli.options import ROOT, SET, STRICT, TARGET
from compiler.cli.run import Run
from compiler.diagnostics import Report
from compiler.driver import Options, compile_source

if TYPE_CHECKING:
    from compiler.deploy.bundle import Bundle
    from compiler.deploy.faults import AwsFault
    from compiler.deploy.session import Session

Verb = Callable[..., None]
FILE = click.argument("file", metavar="FILE")
PIPELINE = click.argument("pipeline", metavar="PIPELINE")
PROFILE = click.option("--profile", metavar="NAME", help="The AWS profile; without it boto3 finds credentials itself.")
REGION = click.option("--region", metavar="REGION", help="The region of a pipeline that is named, not given as a file.")
VERBOSE = click.option("-v", "--verbose", is_flag=True, help="Tell each call to AWS and its status.")
YES = click.option("--yes", is_flag=True, help="Do not ask.")


class Deploy(NamedTuple):
    """A compiled pipeline file, and the session to deploy it with."""

    bundle: Bundle
    session: Session


class Named(NamedTuple):
    """A pipeline as the user named it: by its file (then `bundle` is there), its name or its ARN.

    `execution` is the ARN that was given instead of a pipeline's, or "".
    """

    name: str
    session: Session
    bundle: Bundle | None = None
    execution: str = ""


def agree(question: str) -> None:
    """Ask, and end here where the answer is no, or where nobody can give one."""
    try:
        agreed = click.confirm(question, err=True)
    except click.Abort:
        if sys.stdin.isatty():
            raise
        raise click.UsageError("nobody is there to answer: --yes goes on without asking") from None
    if not agreed:
        say("nothing was changed")
        click.get_current_context().exit(INTERRUPTED)


def say(text: str) -> None:
    """Tell progress, on standard error."""
    click.echo(text, err=True)


def alias_name(ctx: click.Context, param: click.Parameter, given: str | None) -> str | None:
    """The name of an alias, as the service takes it. API: PipelineVersionAlias."""
    if given is not None and not re.fullmatch(r"(?![0-9]+$)[a-zA-Z0-9._-]{1,128}", given):
        raise click.BadParameter("letters, digits, `.`, `_` and `-`, at most 128 and not digits alone", ctx, param)
    return given


def compiled(given: str, options: Options, strict: bool, warnings: bool = True) -> Bundle:
    """The bundle of one pipeline file; ends the process, told, where it does not compile."""
    from compiler.deploy.bundle import bundle

    one = Input("<stdin>", None) if given == STDIN else Input(given, Path(given))
    run = Run([one], options, strict, "human", None)
    report = Report()
    result = compile_source(one.read(report), report, options, one.path)
    run.settle([result.report if warnings else Report(d for d in result.report if d.severity == "error")])
    return bundle(result)


def session(region: str, profile: str | None, verbose: bool) -> Session:
    from compiler.deploy.session import Session

    return Session(region, profile, say if verbose else None)


def deploying(verb: Verb) -> Verb:
    """The argument FILE and the options to compile it, handed to the verb as one `Deploy`."""

    @wraps(verb)
    def called(
        file: str, target: str | None, variables: dict[str, str], root: Path | None, strict: bool, profile: str | None,
        verbose: bool, **own: Any,
    ) -> None:  # fmt: skip
        with aws_faults():
            bundle = compiled(file, Options(target, root, variables), strict)
            verb(Deploy(bundle, session(bundle.region, profile, verbose)), **own)

    for option in (VERBOSE, PROFILE, STRICT, ROOT, SET, TARGET, FILE):
        called = option(called)
    return called


def naming(verb: Verb) -> Verb:
    """The argument PIPELINE (a file, a name, an ARN) and its options, handed to the verb as one `Named`."""

    @wraps(verb)
    def called(
        pipeline: str, target: str | None, variables: dict[str, str], root: Path | None, profile: str | None,
        region: str | None, verbose: bool, **own: Any,
    ) -> None:  # fmt: skip
        with aws_faults():
            options = Options(target, root, variables)
            verb(named(pipeline, options, region, profile, verbose), **own)

    for option in (VERBOSE, PROFILE, REGION, ROOT, SET, TARGET, PIPELINE):
        called = option(called)
    return called


def named(given: str, options: Options, region: str | None, profile: str | None, verbose: bool) -> Named:
    """A pipeline by its file, its name or its ARN (an execution's, too)."""
    if given.endswith((".yaml", ".yml")) or given == STDIN:
        bundle = compiled(given, options, strict=False, warnings=False)  # what runs is the live pipeline
        return Named(bundle.name, session(bundle.region or region or "", profile, verbose), bundle)
    words = given.split(":", 5)
    if len(words) == 6 and words[2] == "sagemaker" and words[5].startswith("pipeline/"):
        resource = words[5].split("/")
        return Named(resource[1], session(words[3], profile, verbose), execution=given if len(resource) > 2 else "")
    if given.startswith("arn:"):
        raise click.UsageError(f"`{given}` is the ARN of no pipeline and of no execution")
    if options.target or options.variables:
        raise click.UsageError(f"`{given}` is no pipeline file, so --target and --set mean nothing")
    return Named(given, session(region or "", profile, verbose))


def refuse_another_account(named: Named) -> None:
    """Raise AwsFault where a file's target is of another account than the credentials; a name says no account."""
    if named.bundle:
        from compiler.deploy import live

        live.refuse_another_account(named.session, named.bundle)


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
