"""`sagepipe test`: the branching of a pipeline proved, without running any code."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from compiler.cli.execute import PARAMETERS
from compiler.cli.exits import INVALID, USAGE_OR_IO
from compiler.cli.inputs import SUFFIXES
from compiler.cli.options import ROOT, SET, TARGET
from compiler.driver import Options

if TYPE_CHECKING:
    from compiler.driver import Result
    from compiler.local.cases import Case, Verdict
    from compiler.local.plan import Plan

FORMATS = ("human", "json", "junit")


@click.command("test", short_help="Prove which steps run when, without running them.")
@click.argument("file", metavar="FILE")
@click.option("--cases", "cases_file", type=click.Path(path_type=Path), default=None, metavar="FILE",
              help="The cases. Without it: NAME.tests.yaml beside NAME.pipeline.yaml.")  # fmt: skip
@click.option("--case", "only", multiple=True, metavar="NAME", help="Only this case. May stand several times.")
@click.option("--truth-table", is_flag=True, help="Print every combination the gates can meet, and what then runs.")
@PARAMETERS
@click.option("--format", "form", type=click.Choice(FORMATS), default="human", show_default=True)
@TARGET
@SET
@ROOT
def command(
    file: str, cases_file: Path | None, only: Sequence[str], truth_table: bool, parameters: dict[str, str], form: str,
    target: str | None, variables: dict[str, str], root: Path | None,
) -> None:  # fmt: skip
    """Walk a pipeline FILE, or a compiled definition (.json), through cases: no code is run, nothing is written.

    A case gives parameters, metrics, outputs of functions and failures, and says which steps it expects to run, in
    which order, with which values.

    \b
    cases:
      a good model is registered:
        metrics: {evaluation:roc-auc: 0.93}
        expect: {steps: [process, train, evaluation, quality-gate, register, create-model]}
    """
    plan, metrics = _plan(file, Options(target, root, variables))
    if truth_table:
        _table(plan, parameters, form)
        return
    path = cases_file or _beside(file)
    cases = _cases(plan, metrics, path)
    _known(only, [case.name for case in cases])
    verdicts = [_judged(plan, case, parameters) for case in cases if not only or case.name in only]
    {"human": _human, "json": _json, "junit": _junit}[form](verdicts)
    if any(verdict.differences for verdict in verdicts):
        click.get_current_context().exit(INVALID)


def _plan(file: str, options: Options) -> tuple[Plan, dict[str, tuple[str, str]]]:
    """The plan of a file, and its metrics by the names that the YAML gives them."""
    from compiler.cli.compiled import compiled
    from compiler.local.plan import make_plan
    from compiler.local.project import InputFault, read_definition
    from compiler.model.arguments import rules_of_file

    if not file.endswith(SUFFIXES):
        try:
            return make_plan(read_definition(Path(file)).definition), {}
        except InputFault as fault:
            click.echo(str(fault), err=True)
            click.get_current_context().exit(INVALID)
    result = compiled(file, options)
    declared = result.program.pipeline.parameters if result.program else {}
    return make_plan(result.definition or {}, rules_of_file(declared)), _metrics(result)


def _metrics(result: Result) -> dict[str, tuple[str, str]]:
    from compiler.model.steptype import Metric

    found = {}
    for name, step in result.program.steps.items() if result.program else ():
        for metric, offer in step.source.type.offers(step.source).groups.get("metrics", {}).items():
            if isinstance(offer, Metric):
                found[f"{name}:{metric}"] = (name, offer.json_path)
    return found


def _beside(file: str) -> Path:
    stem = next((file.removesuffix(suffix) for suffix in SUFFIXES if file.endswith(suffix)), Path(file).with_suffix(""))
    return Path(f"{stem}.tests.yaml")


def _cases(plan: Plan, metrics: dict[str, tuple[str, str]], path: Path) -> list[Case]:
    from compiler.cli.telling import tell
    from compiler.diagnostics import Report
    from compiler.local.cases import CasesFault, Reader
    from compiler.syntax import parse, read_source

    if not path.is_file():
        click.echo(f"{path}: there are no cases; --cases names another file, --truth-table needs none", err=True)
        click.get_current_context().exit(USAGE_OR_IO)
    report = Report()
    source = read_source(str(path), report=report)
    root = parse(source, report) if source else None
    try:
        cases = Reader(plan, metrics, path.parent).cases(root) if report.ok else []
    except CasesFault as fault:
        click.echo(str(fault), err=True)
        click.get_current_context().exit(INVALID)
    tell(report, "human", None, [str(path)])
    if not report.ok:
        click.get_current_context().exit(INVALID)
    return cases


def _known(wanted: Sequence[str], names: list[str]) -> None:
    from compiler.text import not_named

    for name in wanted:
        if name not in names:
            raise click.UsageError(not_named("case", name, names))


def _judged(plan: Plan, case: Case, parameters: dict[str, str]) -> Verdict:
    from compiler.local.cases import judge

    return judge(plan, case, parameters)


def _human(verdicts: list[Verdict]) -> None:
    from compiler.cli.runs import counted
    from compiler.diagnostics.render.screen import visible

    for verdict in verdicts:
        place = f"  ({visible(verdict.case.place)})" if verdict.differences else ""
        click.echo(f"{'FAIL' if verdict.differences else 'ok  '}  {visible(verdict.case.name)}{place}")
        for line in verdict.differences:
            click.echo(f"      {visible(line)}")
    failed = sum(bool(verdict.differences) for verdict in verdicts)
    click.echo(f"{counted(len(verdicts), 'case')}, {failed} failed", err=True)


def _json(verdicts: list[Verdict]) -> None:
    for verdict in verdicts:
        found = verdict.rehearsed
        said: dict[str, Any] = {
            "case": verdict.case.name, "place": verdict.case.place, "ok": not verdict.differences,
            "differences": list(verdict.differences),
        }  # fmt: skip
        if found:
            said |= {"status": found.status, "steps": list(found.order), "not_run": found.left_out}
        click.echo(json.dumps(said, ensure_ascii=False))


def _junit(verdicts: list[Verdict]) -> None:
    from xml.etree import ElementTree

    from compiler.diagnostics.render.screen import visible

    failed = sum(bool(verdict.differences) for verdict in verdicts)
    suite = ElementTree.Element("testsuite", name="sagepipe test", tests=str(len(verdicts)), failures=str(failed))
    for verdict in verdicts:
        file, _, line = verdict.case.place.rpartition(":")
        case = ElementTree.SubElement(
            suite, "testcase", name=visible(verdict.case.name), classname=visible(Path(file).name), file=visible(file),
            line=line,
        )  # fmt: skip
        if verdict.differences:
            failure = ElementTree.SubElement(case, "failure", message=visible(verdict.differences[0]))
            failure.text = "\n".join(visible(line) for line in verdict.differences)
    ElementTree.indent(suite)
    click.echo('<?xml version="1.0" encoding="utf-8"?>')
    click.echo(ElementTree.tostring(suite, encoding="unicode"))


def _table(plan: Plan, parameters: dict[str, str], form: str) -> None:
    from compiler.cli.runs import show, table_of
    from compiler.local.parameters import ParameterFault, bind
    from compiler.local.truth import TooMany, truth_table

    try:
        table = truth_table(plan, bind(plan, parameters))
    except (ParameterFault, TooMany) as fault:
        click.echo(str(fault), err=True)
        click.get_current_context().exit(INVALID)
    if form == "json":
        for row in table.rows:
            values = {operand.name: value for operand, value in zip(table.operands, row.values, strict=True)}
            gates = dict(zip(table.gates, row.gates, strict=True))
            steps = list(row.rehearsed.order)
            click.echo(json.dumps({"values": values, "gates": gates, "status": row.rehearsed.status, "steps": steps}))
        return
    shown = table_of(*(operand.name for operand in table.operands), *table.gates, "status", "steps that then run")
    always = [n for n in plan.nodes if all(n in row.rehearsed.order for row in table.rows)]
    for row in table.rows:
        steps = [name for name in row.rehearsed.order if name not in always]
        shown.add_row(*(str(value) for value in row.values), *row.gates, row.rehearsed.status, ", ".join(steps))
    show(shown)
    click.echo(f"in every case: {', '.join(always)}", err=True)
