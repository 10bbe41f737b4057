"""`sagepipe plan`: what an upsert would change. Reads, and nothing else."""

from __future__ import annotations

from pathlib import Path

import click

from compiler.cli.aws import Deploy, deploying
from compiler.cli.exits import CHANGES

PRUNE = click.option("--prune-tags", is_flag=True, help="Remove the live pipeline's tags that the file does not have.")


@click.command("plan", short_help="Tell what an upsert would change.")
@deploying
@PRUNE
@click.option("--format", "form", type=click.Choice(["text", "json", "markdown"]), default="text", show_default=True,
              help="Markdown is made for a comment on a pull request.")  # fmt: skip
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="PLAN",
              help="Save the plan, for `sagepipe upsert --plan PLAN`.")  # fmt: skip
def command(deploy: Deploy, prune_tags: bool, form: str, output: Path | None) -> None:
    """Compare pipeline FILE with the live pipeline and tell what an upsert would change, by name and path.

    For each cached step it forecasts whether the next execution would reuse its result. Nothing is written in AWS.
    Exit code 0: no change; 4: changes; 3: AWS or the network.

    \b
    sagepipe plan pipelines/fraud-detection.pipeline.yaml --target prod --format markdown
    """
    from compiler.deploy import planview
    from compiler.deploy.plan import as_json
    from compiler.deploy.upsert import fresh_plan
    from compiler.emit.bytes import readable

    _, plan = fresh_plan(deploy.session, deploy.bundle, prune_tags)
    if output is not None:
        output.write_text(readable(as_json(plan)), "utf-8")
    shown = {"text": planview.text, "markdown": planview.markdown}
    click.echo(shown[form](plan) if form in shown else readable(as_json(plan)), nl=False)
    if not plan.empty:
        click.get_current_context().exit(CHANGES)
