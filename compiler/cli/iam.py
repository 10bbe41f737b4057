"""`sagepipe iam`: the policies that a pipeline needs."""

from __future__ import annotations

from pathlib import Path

import click

from compiler.cli.aws import FILE, compiled
from compiler.cli.options import ROOT, SET, STRICT, TARGET
from compiler.driver import Options


@click.command("iam", short_help="Print the policies that a pipeline needs.")
@FILE
@TARGET
@SET
@ROOT
@STRICT
@click.option("--for", "who", type=click.Choice(["both", "role", "caller"]), default="both", show_default=True,
              help="Only the policy document of the execution role, or of whoever upserts and starts it.")  # fmt: skip
def command(
    file: str, target: str | None, variables: dict[str, str], root: Path | None, strict: bool, who: str
) -> None:
    """Print, as JSON, the least-privilege policies that pipeline FILE needs; nothing is asked of AWS.

    One is for its execution role, the other for whoever upserts, starts and watches it. They are read from the
    definition: what is named only when running (an S3 place in a parameter without a default) is not in them.
    """
    bundle = compiled(file, Options(target, root, variables), strict)
    from compiler.deploy.iam import Place, policies
    from compiler.emit.bytes import readable

    place = Place(bundle.partition, bundle.region or "*", bundle.account or "*")
    found = policies(bundle, place)
    shown = {"both": found, "role": found["execution_role"]["policy"], "caller": found["caller"]["policy"]}
    click.echo(readable(shown[who]), nl=False)
