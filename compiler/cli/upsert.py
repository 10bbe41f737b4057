"""`sagepipe upsert`: bring the live pipeline to what the file says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from compiler.cli.aws import PROFILE, compiled, guarded, session
from compiler.cli.options import ROOT, SET, STRICT, TARGET
from compiler.driver import Options

if TYPE_CHECKING:
    from compiler.deploy.bundle import Bundle
    from compiler.deploy.plan import Plan


@click.command("upsert", short_help="Create or update the live pipeline.")
@click.argument("file", type=click.Path())
@TARGET
@SET
@ROOT
@STRICT
@PROFILE
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--plan", "saved", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="PLAN",
              help="Apply a saved plan, and refuse when it no longer fits.")  # fmt: skip
@click.option("--prune-tags", is_flag=True, help="Remove the pipeline's tags that the file does not have.")
@click.option("--alias", metavar="NAME", help="Let this alias name the version the upsert makes.")
@guarded
def command(
    file: str,
    target: str | None,
    variables: dict[str, str],
    root: Path | None,
    strict: bool,
    profile: str | None,
    yes: bool,
    saved: Path | None,
    prune_tags: bool,
    alias: str | None,
) -> None:
    """Upload the code of pipeline FILE, then create the pipeline or update it.

    The plan is shown first, and asked about unless --yes or --plan is given. Without a change nothing is written. When
    something fails half-way the message says what was done; running the same command again completes it.
    """
    bundle = compiled(file, Options(target=target, root=root, variables=variables), strict)
    from compiler.deploy import planview
    from compiler.deploy.upsert import Wish, fresh_plan, upsert

    aws = session(bundle.region, profile)
    plan = fresh_plan(aws, bundle)
    if saved is not None:
        _refuse_stale(saved, plan, bundle)
    click.echo(planview.text(plan), nl=False, err=True)
    pruned = prune_tags and bool(plan.tags_left)
    if plan.empty and not pruned and alias is None:
        return
    if not yes and saved is None:
        click.confirm("Apply this plan?", abort=True, err=True)
    arn = upsert(aws, bundle, plan, Wish(prune_tags, alias), lambda line: click.echo(line, err=True))
    click.echo(arn)


def _refuse_stale(saved: Path, plan: Plan, bundle: Bundle) -> None:
    from compiler.deploy.faults import AwsFault

    try:
        known = json.loads(saved.read_text("utf-8"))
        seen = (known["bundle"], known["live"], known["action"])
    except (ValueError, KeyError, TypeError):
        raise click.UsageError(f"`{saved}` is not a plan that `sagepipe plan -o` saved") from None
    if seen[0] != bundle.digest:
        raise AwsFault("stale-plan", "the file no longer compiles to what the plan was made for", hint="plan again")
    if seen[1:] != (plan.live, plan.action):
        raise AwsFault("stale-plan", "the live pipeline has changed since the plan was made", hint="plan again")
