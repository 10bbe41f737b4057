"""`sagepipe upsert`: bring the live pipeline to what the file says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from compiler.cli.aws import YES, Deploy, agree, alias_name, deploying, say
from compiler.cli.plan import PRUNE
from compiler.text.jsonfault import parse_json

if TYPE_CHECKING:
    from compiler.deploy.plan import Plan

SAVED = click.option(
    "--plan", "saved", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="PLAN",
    help="Apply a saved plan without asking, and refuse when it no longer fits.",
)  # fmt: skip


@click.command("upsert", short_help="Create or update the live pipeline.")
@deploying
@YES
@SAVED
@PRUNE
@click.option("--alias", metavar="NAME", callback=alias_name,
              help="Let this alias name the newest version, once it is there.")  # fmt: skip
def command(deploy: Deploy, yes: bool, saved: Path | None, prune_tags: bool, alias: str | None) -> None:
    """Upload the code of pipeline FILE, then create the pipeline or update it. Prints its ARN.

    The plan is shown first, and asked about unless --yes or --plan is given. Without a change nothing is written. When
    something fails half-way the message says what was done; running the same command again does the rest.

    \b
    sagepipe upsert pipelines/fraud-detection.pipeline.yaml --target prod --yes
    """
    from compiler.deploy import planview
    from compiler.deploy.upsert import Job, fresh_plan, upsert

    known = _read(saved) if saved else {}
    prune = prune_tags or bool(known.get("tags", {}).get("removed"))
    sight, plan = fresh_plan(deploy.session, deploy.bundle, prune)
    if known:
        _refuse_stale(known, plan)
    click.echo(planview.text(plan), nl=False, err=True)
    if not (plan.empty and alias is None):
        if not yes and not known:
            agree(f"Apply this plan{_where(deploy)}?")
        again = "make a new plan and apply it" if known else "run the same command again"
        click.echo(upsert(Job(deploy.session, deploy.bundle, sight, plan, say, alias, again)))
    elif sight.live is not None:
        click.echo(sight.live.arn)


def _where(deploy: Deploy) -> str:
    account, _ = deploy.session.caller
    return f" in account {account}, {deploy.session.region}" if account else ""


def _read(saved: Path) -> dict[str, Any]:
    try:
        known = parse_json(saved.read_bytes())
    except ValueError:
        known = None
    if not isinstance(known, dict) or known.get("version") != 1 or not {"bundle", "live", "tags"} <= known.keys():
        raise click.UsageError(f"`{saved}` is not a plan that `sagepipe plan -o` saved")
    return known


def _refuse_stale(known: dict[str, Any], plan: Plan) -> None:
    from compiler.deploy.faults import AwsFault

    if known["bundle"] != plan.bundle:
        message = "the file no longer compiles to what the plan was made for"
    elif known["live"] != plan.live:
        message = "the live pipeline has changed since the plan was made"
    else:
        return
    raise AwsFault("stale-plan", message, hint="plan again, and look at what it says")
