"""`sagepipe iam`: the policies that a pipeline needs."""

from __future__ import annotations

from pathlib import Path

import click

from compiler.cli.aws import FILE, compiled
from compiler.cli.options import ROOT, SET, STRICT, TARGET
from compiler.driver import Options


def _who(ctx: click.Context, param: click.Parameter, given: str) -> str | tuple[str, ...]:
    """`both`, `role`, `caller`, or the verbs."""
    if given in ("both", "role", "caller"):
        return given
    from compiler.deploy.iam_caller import VERBS
    from compiler.text import guess

    verbs = tuple(word.strip() for word in given.split(","))
    for verb in verbs:
        if verb not in VERBS:
            known = ("both", "role", "caller", *VERBS)
            hint = guess(verb, known) or f"choose from {', '.join(known)}"
            raise click.BadParameter(f"`{verb}` is no verb that asks AWS; {hint}", ctx, param)
    return verbs


@click.command("iam", short_help="Print the policies that a pipeline needs.")
@FILE
@TARGET
@SET
@ROOT
@STRICT
@click.option("--for", "who", default="both", show_default=True, metavar="WHO", callback=_who,
              help="Only one policy document: role (the execution role), caller (whoever upserts, starts and watches), "
              "or that of whoever runs these verbs alone, such as upsert,start or delete.")  # fmt: skip
def command(
    file: str,
    target: str | None,
    variables: dict[str, str],
    root: Path | None,
    strict: bool,
    who: str | tuple[str, ...],
) -> None:
    """Print, as JSON, the least-privilege policies that pipeline FILE needs; nothing is asked of AWS.

    One is for its execution role, the other for whoever upserts, starts and watches it; the right to delete is only in
    what `--for delete` prints. They are read from the definition: what is named only when running (an S3 place in a
    parameter without a default) is not in them.

    \b
    sagepipe iam pipelines/fraud-detection.pipeline.yaml --for plan,upsert
    """
    bundle = compiled(file, Options(target, root, variables), strict)
    from compiler.deploy.iam import Place, policies, policy_for
    from compiler.emit.bytes import readable

    place = Place(bundle.partition, bundle.region or "*", bundle.account or "*")
    if isinstance(who, tuple):
        click.echo(readable(policy_for(who, bundle, place)), nl=False)
        return
    found = policies(bundle, place)
    shown = {"both": found, "role": found["execution_role"]["policy"], "caller": found["caller"]["policy"]}
    click.echo(readable(shown[who]), nl=False)
