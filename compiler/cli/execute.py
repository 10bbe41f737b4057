"""`sagepipe run`: a pipeline, or a definition, executed on this machine."""

from __future__ import annotations

import os
import shlex
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from compiler.cli.exits import INVALID
from compiler.cli.inputs import STDIN, SUFFIXES
from compiler.cli.options import ROOT, SET, TARGET, pairs
from compiler.driver import Options

if TYPE_CHECKING:
    from compiler.local.project import Given
    from compiler.local.session import Wishes
    from compiler.local.view import View
    from compiler.text import Span

BACKENDS = ("namespace", "bubblewrap", "proot", "rewrite")


PARAMETERS = click.option(
    "-p", "--parameter", "parameters", multiple=True, metavar="NAME=VALUE", callback=pairs,
    help="A parameter of the execution. May stand several times.",
)  # fmt: skip


@click.command("run", short_help="Run a pipeline on this machine, without AWS.")
@click.argument("file", metavar="FILE")
@PARAMETERS
@click.option("--data", multiple=True, metavar="S3URI=PATH", callback=pairs,
              help="A folder or file of yours that stands for an S3 URI. May stand several times.")  # fmt: skip
@click.option("--handler", "handlers", multiple=True, metavar="NAME=MODULE:FUNCTION", callback=pairs,
              help="What answers for a Lambda or Callback step: the step's name, or that of its function or queue, and "
              "a Python function, found from the project's root. MODULE may be the path of a .py file.")  # fmt: skip
@click.option("--cache-mode", type=click.Choice(("content", "sagemaker")), default="content", show_default=True,
              help="What a cached result depends on: also on the contents of its inputs and on the Python environment, "
              "or on the attributes alone, as in SageMaker.")  # fmt: skip
@click.option("--no-cache", is_flag=True, help="Run every step, and keep no result for later.")
@click.option("--explain-cache", is_flag=True, help="Say of each step whether its result was reused, or what differed.")
@click.option("--backend", type=click.Choice(BACKENDS), default=None,
              help="How a job is given its /opt/ml. Without it: the first of these that works here.")  # fmt: skip
@click.option("--isolate", is_flag=True,
              help="Show jobs nothing of yours: no home folder, nothing to write to but their own. Needs bubblewrap. "
              "Without it a job runs your code with your rights: that is no sandbox.")  # fmt: skip
@click.option("--no-network", is_flag=True, help="With --isolate: no network either.")
@click.option("--python", default="", metavar="PATH", help="The Python for the steps' code, if not sagepipe's own.")
@click.option("--parallelism", type=click.IntRange(1, 50), default=None, metavar="N",
              help="How many steps run at once. Without it: as the pipeline says, within the machine.")  # fmt: skip
@click.option("--resume", default="", metavar="ID",
              help="Take over what that execution finished, its parameters and data; run the rest.")  # fmt: skip
@click.option("--from", "start", default="", metavar="STEP", help="With --resume: run STEP and all after it again.")
@click.option("--only", default="", metavar="STEP", help="With --resume: run STEP again, and nothing else.")
@click.option("--json", "as_json", is_flag=True, help="Tell events as JSON, one a line, on standard output.")
@click.option("--name", default="", metavar="NAME", help="The pipeline's name, for a definition that lies alone.")
@TARGET
@SET
@ROOT
def command(
    file: str, as_json: bool, explain_cache: bool, name: str, target: str | None, variables: dict[str, str],
    root: Path | None, **wanted: Any,
) -> None:  # fmt: skip
    """Run a pipeline FILE, or a compiled definition (.json), on this machine: no AWS, no containers.

    Your step code runs as it is, with its inputs and outputs below /opt/ml. All is kept in .sagepipe/ at the project's
    root: see `sagepipe runs` and `sagepipe cache`. What cannot run here is said before anything starts.

    \b
    sagepipe run fraud.pipeline.yaml --data s3://my-bucket/claims/=data
    sagepipe run fraud.pipeline.yaml --data s3://my-bucket/claims/=data -p AucThreshold=0.5
    """
    import gc

    if wanted["no_network"] and not wanted["isolate"]:
        raise click.UsageError("--no-network needs --isolate")
    options = Options(target, root, variables)
    given = _compiled(file, options) if file.endswith(SUFFIXES) or file == STDIN else _definition(file, name)
    gc.enable()  # this command may live for hours
    from compiler.local.execute import exit_status
    from compiler.local.report import report
    from compiler.local.session import InputFault, run
    from compiler.local.view import Events

    view = _view(as_json, given)
    try:
        ran = run(given, _wishes(wanted), view)
    except InputFault as fault:
        view.close()  # before the message, or the table would be drawn over it
        click.echo(str(fault), err=True)
        click.get_current_context().exit(INVALID)
    finally:
        view.close()
    if isinstance(view, Events):
        view.event({"event": "ended", "execution": ran.id, "status": ran.status, "folder": str(ran.folder)})
    else:
        again = shlex.join(["sagepipe", "run", file, *_same_again(wanted, target, variables, name)])
        report(ran, given, again, _say, explain=explain_cache)
    click.get_current_context().exit(exit_status(ran.status))


def _wishes(wanted: dict[str, Any]) -> Wishes:
    from compiler.local.session import Wishes

    return Wishes(
        wanted["parameters"], wanted["data"], wanted["handlers"], not wanted["no_cache"], wanted["cache_mode"],
        wanted["backend"] or "", wanted["isolate"], not wanted["no_network"], wanted["python"],
        wanted["parallelism"] or 0, wanted["resume"], wanted["start"], wanted["only"], shlex.join(sys.argv[1:]),
    )  # fmt: skip


def _same_again(wanted: dict[str, Any], target: str | None, variables: dict[str, str], name: str) -> list[str]:
    """The options that the record of an execution does not keep."""
    words = [word for key in ("backend", "python") if wanted[key] for word in (f"--{key}", str(wanted[key]))]
    words += [f"--{key.replace('_', '-')}" for key in ("isolate", "no_network", "no_cache") if wanted[key]]
    words += ["--target", target] if target else []
    words += [word for key, value in variables.items() for word in ("--set", f"{key}={value}")]
    return [*words, "--name", name] if name else words


def _say(text: str) -> None:
    click.echo(text, err=True)


def _view(as_json: bool, given: Given) -> View:
    from compiler.local.view import Events, Lines

    if as_json:
        return Events()
    if sys.stderr.isatty() and os.environ.get("TERM") not in ("dumb", "unknown"):  # they cannot draw anew
        from compiler.local.live import Live  # rich, which only a terminal needs

        return Live(given.name, given.plan)
    return Lines(_say)


def _definition(file: str, name: str) -> Given:
    from compiler.local.project import InputFault, read_definition

    try:
        return read_definition(Path(file), name)
    except InputFault as fault:
        click.echo(str(fault), err=True)
        click.get_current_context().exit(INVALID)


def _compiled(file: str, options: Options) -> Given:
    """A pipeline file as `run` wants it. Ends the process where it has faults, all of them told."""
    from compiler.assets.project import find_root
    from compiler.cli.compiled import compiled
    from compiler.emit.request import upsert_request
    from compiler.local.project import Given, parallelism_of
    from compiler.model.arguments import rules_of_file

    result = compiled(file, options)
    if result.definition is None or result.program is None or result.settings is None or result.project is None:
        raise click.ClickException(f"{file} did not compile")
    shown = result.project.shown

    @cache
    def where() -> dict[str, Span]:
        return result.places  # worked out only when a line is to be named

    def line(pointer: str) -> str:
        span = where().get(pointer)
        return f"{shown(span.source.path)}:{span.position[0]}:{span.position[1]}" if span else ""

    request = upsert_request(result.settings, "", None)
    assets = [(uri, asset.digest, asset.content) for asset, uri in result.assets]
    root = find_root(None if file == STDIN else Path(file), options.root).root
    create = request["create"]
    rules = rules_of_file(result.program.pipeline.parameters)
    return Given(result.definition, create["PipelineName"], root, assets, [], line, parallelism_of(create), rules)
