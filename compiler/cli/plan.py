"""`sagepipe plan`: what an upsert would change. Reads, and nothing else."""

from __future__ import annotations

from pathlib import Path

import click

from compiler.cli.aws import PROFILE, compiled, guarded, session
from compiler.cli.exits import CHANGES
from compiler.cli.options import ROOT, SET, STRICT, TARGET
from compiler.driver import Options


@click.command("plan", short_help="Tell what an upsert would change.")
@click.argument("file", type=click.Path())
@TARGET
@SET
@ROOT
@STRICT
@PROFILE
@click.option("--format", "form", type=click.Choice(["text", "json", "markdown"]), default="text", show_default=True,
              help="Markdown is made for a comment on a pull request.")  # fmt: skip
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="PLAN",
              help="Save the plan, for `sagepipe upsert --plan PLAN`.")  # fmt: skip
@guarded
def command(
    file: str,
    target: str | None,
    variables: dict[str, str],
    root: Path | None,
    strict: bool,
    profile: str | None,
    form: str,
    output: Path | None,
) -> None:
    """Compare pipeline FILE with the live pipeline and tell what an upsert would change, by name and path.

    For each cached step it forecasts whether the next execution would reuse its result. Nothing is written in AWS.
    Exit code 0: no change; 4: changes; 3: AWS or the network.

    \b
    sagepipe plan pipelines/fraud-detection.pipeline.yaml --target prod --format markdown
    """
    bundle = compiled(file, Options(target=target, root=root, variables=variables), strict)
    from compiler.deploy import planview
    from compiler.deploy.plan import as_json
    from compiler.deploy.upsert import fresh_plan
    from compiler.emit.bytes import readable

    plan = fresh_plan(session(bundle.region, profile), bundle)
    if output is not None:
        output.write_text(readable(as_json(plan)), "utf-8")
    shown = {"text": planview.text, "markdown": planview.markdown}
    click.echo(shown[form](plan) if form in shown else readable(as_json(plan)), nl=False)
    if not plan.empty:
        click.get_current_context().exit(CHANGES)
