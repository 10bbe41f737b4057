"""`sagepipe start`: start an execution."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from compiler.cli.aws import Named, alias_name, naming, refuse_another_account, say
from compiler.cli.exits import INVALID, exit_code
from compiler.cli.options import pairs
from compiler.cli.watch import follow_to_the_end, watched_only, watching

if TYPE_CHECKING:
    from compiler.model.arguments import Rule

Json = dict[str, Any]


def _display(ctx: click.Context, param: click.Parameter, given: str | None) -> str | None:
    """API: PipelineExecutionName."""
    if given is not None and not re.fullmatch(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,81}", given):
        raise click.BadParameter("letters, digits and hyphens within, at most 82", ctx, param)
    return given


@click.command("start", short_help="Start an execution.")
@naming
@click.option("-p", "--parameter", "given", multiple=True, metavar="NAME=VALUE", callback=pairs,
              help="A parameter of the execution. May stand several times.")  # fmt: skip
@click.option("--params", type=click.Path(path_type=Path), metavar="FILE",
              help="A YAML or JSON file with parameters, a name and a value each; -p beats it.")  # fmt: skip
@click.option("--only", multiple=True, metavar="STEP", help="Run this step alone. May stand several times.")
@click.option("--from", "first", metavar="STEP", help="Run this step and all that need it.")
@click.option("--source", metavar="EXECUTION", default="",
              help="With --only or --from: the execution to take the other results from.")  # fmt: skip
@click.option("--version", type=click.IntRange(min=1), metavar="N", help="The version to run; without it the newest.")
@click.option("--alias", metavar="NAME", callback=alias_name, help="The version to run, by its alias.")
@click.option("--name", "display", metavar="NAME", callback=_display, help="A name to show for the execution.")
@click.option("--parallelism", type=click.IntRange(min=1), metavar="N", help="How many steps run at once at most.")
@click.option("--watch", is_flag=True, help="Follow it to its end, as `sagepipe watch` does.")
@watching
def command(
    named: Named, given: dict[str, str], params: Path | None, only: tuple[str, ...], first: str | None, source: str,
    version: int | None, alias: str | None, display: str | None, parallelism: int | None, watch: bool,
    interval: float, junit: Path | None,
) -> None:  # fmt: skip
    """Start an execution of PIPELINE: a pipeline file, a name or an ARN. Prints the execution's ARN.

    What runs is the live pipeline. The parameters are checked first; against a pipeline file, with its bounds and
    patterns, without any call to AWS.

    \b
    sagepipe start pipelines/fraud-detection.pipeline.yaml --target prod -p AucThreshold=0.8 --watch
    """
    if only and first:
        raise click.UsageError("--only and --from exclude each other")
    if version and alias:
        raise click.UsageError("--version and --alias exclude each other")
    if source and not (only or first):
        raise click.UsageError("--source means something only with --only or --from")
    watched_only(watch, junit)
    from compiler.deploy import executions
    from compiler.model import arguments

    which = {"PipelineVersionId": version} if version else {"PipelineVersionAlias": alias} if alias else {}
    live = _live(named, which) if named.bundle is None else {}
    rules = arguments.rules_of_file(named.bundle.parameters) if named.bundle else arguments.rules_of_definition(live)
    request: Json = {"PipelineName": named.name, **which}
    if values := _values(rules, {**(_file(params) if params else {}), **given}):
        request["PipelineParameters"] = values
    refuse_another_account(named)
    if display:
        request["PipelineExecutionDisplayName"] = display
    if parallelism:
        request["ParallelismConfiguration"] = {"MaxParallelExecutionSteps": parallelism}
    if only or first:
        request["SelectiveExecutionConfig"] = _selection(named, live or _live(named, which), only, first, source)
    arn = executions.start(named.session, request)
    click.echo(arn)
    if watch:
        follow_to_the_end(named.session, arn, interval, junit)


def _live(named: Named, which: Json) -> Json:
    """The definition that will run."""
    from compiler.deploy.live import definition_of, must_describe

    return definition_of(must_describe(named.session, named.name, **which))


def _values(rules: dict[str, Rule], given: dict[str, str]) -> list[dict[str, str]]:
    """The parameters as the API takes them; ends the process where any is wrong."""
    from compiler.model.arguments import as_request, faults

    found = list(faults(rules, given))
    for line in found:
        say(f"error: {line}")
    if found:
        raise click.exceptions.Exit(INVALID)
    return as_request(rules, given)


def _file(path: Path) -> dict[str, str]:
    """The parameters of a file: a value's text is taken as it is written. Ends the process where it is no such file."""
    from compiler.diagnostics import Report
    from compiler.diagnostics.render import render
    from compiler.syntax import Mapping, Scalar, parse, read_source

    report = Report()
    source = read_source(str(path), report=report)
    root = parse(source, report) if source else None
    if not report.ok:
        click.echo(render(report, "human"), err=True, nl=False)
        raise click.exceptions.Exit(exit_code(report))
    if not isinstance(root, Mapping):
        say(f"error: {path} holds no parameters: a name and a value each are wanted")
        raise click.exceptions.Exit(INVALID)
    values = {e.key.text: e.value.text for e in root if isinstance(e.value, Scalar) and e.value.value is not None}
    if without := [e.key.text for e in root if e.key.text not in values]:
        for name in without:
            say(f"error: in {path}, parameter `{name}` has no single value: a name and a value each are wanted")
        raise click.exceptions.Exit(INVALID)
    return values


def _selection(named: Named, live: Json, only: tuple[str, ...], first: str | None, source: str) -> Json:
    from compiler.deploy.executions import find, latest_over
    from compiler.diff import flatten
    from compiler.diff.graph import between, downstream, upstream
    from compiler.text import closest

    steps = flatten(live)
    for name in (*only, *((first,) if first else ())):
        if name not in steps:
            near = closest(name, steps)
            hint = f"; did you mean `{near}`?" if near else ""
            raise click.UsageError(f"the live pipeline has no step `{name}`{hint}")
    chosen = tuple(n for n in steps if n in only) if only else downstream(live, first or "")
    if gap := between(live, chosen):
        raise click.UsageError(f"steps between those of --only would be left out: give {', '.join(gap)}, too")
    selected: Json = {"SelectedSteps": [{"StepName": name} for name in chosen]}
    if source:
        return {"SourcePipelineExecutionArn": find(named.session, named.name, source), **selected}
    if needed := upstream(live, chosen):
        return {"SourcePipelineExecutionArn": latest_over(named.session, named.name, needed), **selected}
    return selected
