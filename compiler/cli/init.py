"""`sagepipe init`: a pipeline to begin with, and the code its steps run."""

from __future__ import annotations

from pathlib import Path

import click

from compiler.assets.archive import members
from compiler.data import data_path
from compiler.diagnostics import Report
from compiler.syntax import Mapping, Scalar, parse
from compiler.syntax.core_schema import resolve
from compiler.text import Source, guess

_SUFFIX, _CASES = ".pipeline.yaml", ".tests.yaml"


def _known(ctx: click.Context, param: click.Parameter, value: str) -> str:
    if value in templates():
        return value
    hint = guess(value, templates()) or f"there are {', '.join(templates())}"
    raise click.BadParameter(f"no template is named `{value}`; {hint}", ctx, param)


def _fit(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    from compiler.check.names import PIPELINE_NAME

    if value is None or PIPELINE_NAME.fullmatch(value):
        return value
    raise click.BadParameter(f"`{value}`: a name is letters and digits, with hyphens between them", ctx, param)


def _complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    return [name for name in templates() if name.startswith(incomplete)]


@click.command("init", short_help="Write a pipeline to begin with.")
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path(file_okay=False, path_type=Path))
@click.option("--name", metavar="NAME", callback=_fit,
              help="The pipeline's name, and the file's. Without it: the template's.")  # fmt: skip
@click.option("--template", default="fraud-detection", metavar="TEMPLATE", show_default=True, callback=_known,
              shell_complete=_complete,
              help="What to begin with: fraud-detection (train, evaluate, tune or register), or another one of "
              "those in the repository's pipelines/; a wrong name lists them.")  # fmt: skip
@click.option("--force", is_flag=True, help="Overwrite files that are there.")
def command(folder: Path, name: str | None, template: str, force: bool) -> None:
    """Write a starter into DIR (here, if none): a pipeline that compiles as it stands, its tests, and its step code.

    \b
    sagepipe init fraud --name fraud-scores
    """
    pipeline, cases = (folder / f"{name or template}{suffix}" for suffix in (_SUFFIX, _CASES))
    files = {pipeline: _pipeline(template, name), cases: data_path("pipelines", f"{template}{_CASES}").read_bytes()}
    files |= {folder / "step_code" / path: source.read_bytes() for path, source in members(data_path("step_code"))}
    there = [path for path in files if path.exists()]
    if there and not force:
        listed = "\n".join(f"  {path}" for path in there)
        raise click.UsageError(f"these files are there already (--force overwrites them):\n{listed}")
    for path, content in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    click.echo(f"written: {pipeline}, {cases.name} and {len(files) - 2} files in {folder / 'step_code'}\n")
    verbs = (f"validate {pipeline}", f"test {pipeline}", f"compile {pipeline} -o build")
    click.echo("next:\n" + "\n".join(f"  sagepipe {verb}" for verb in verbs))


def templates() -> list[str]:
    """The names of the shipped pipelines."""
    return sorted(path.name.removesuffix(_SUFFIX) for path in data_path("pipelines").glob(f"*{_SUFFIX}"))


def _pipeline(template: str, name: str | None) -> bytes:
    """The pipeline, its code beside it: whatever folder it is compiled from, the code lies in the project."""
    text = data_path("pipelines", f"{template}{_SUFFIX}").read_text("utf-8")
    return _named(text, name).replace("../step_code", "step_code").encode()


def _named(text: str, name: str | None) -> str:
    """The text with another value of `pipeline.name`, in the place of the one it has."""
    root = parse(Source("starter", text), Report())
    pipeline = root.get("pipeline") if isinstance(root, Mapping) else None
    given = pipeline.get("name") if isinstance(pipeline, Mapping) else None
    if name is None or not isinstance(given, Scalar):
        return text
    written = name if isinstance(resolve(name), str) else f'"{name}"'
    return text[: given.span.start] + written + text[given.span.end :]
