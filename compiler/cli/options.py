"""Options that several verbs share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from compiler.cli.run import Run
from compiler.driver import Options

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

FORMATS = ("human", "plain", "json", "sarif", "junit", "github")
QUOTA = "quota-steps"  # the one error that a run may let pass: the quota can be raised

Verb = Callable[..., None]


def complete_code(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The codes of diagnostics, for the shell."""
    from click.shell_completion import CompletionItem  # only a shell asks

    from compiler.diagnostics import CODES

    return [CompletionItem(code, help=row.summary) for code, row in CODES.items() if code.startswith(incomplete)]


def unknown_code(code: str) -> str:
    """What to say of a code that is none."""
    from compiler.diagnostics import CODES
    from compiler.text import guess

    return f"no code is named `{code}`; " + (guess(code, CODES) or "`sagepipe explain` lists them")


def pairs(ctx: click.Context, param: click.Parameter, given: Sequence[str]) -> dict[str, str]:
    """What was given as NAME=VALUE, each behind an option of its own; the last of a name counts."""
    found = [text.partition("=") for text in given]
    for name, equals, _ in found:
        if not name or not equals:
            raise click.BadParameter(f"`{name}` is not of the form NAME=VALUE", ctx, param)
    return {name: value for name, _, value in found}


def _allowed(ctx: click.Context, param: click.Parameter, given: Sequence[str]) -> frozenset[str]:
    from compiler.diagnostics import CODES

    for code in given:
        if code not in CODES:
            raise click.BadParameter(unknown_code(code), ctx, param)
        if CODES[code].severity == "error" and code != QUOTA:
            raise click.BadParameter(f"`{code}` is an error; only warnings and `{QUOTA}` can be allowed", ctx, param)
    return frozenset(given)


FILES = click.argument("files", nargs=-1, required=True, metavar="FILES...", type=click.Path())
TARGET = click.option("--target", metavar="NAME", help="The target to compile for, one of the file's `targets`.")
SET = click.option(
    "--set", "variables", multiple=True, metavar="NAME=VALUE", callback=pairs,
    help="Give a variable another value. May stand several times.",
)  # fmt: skip
ROOT = click.option(
    "--root", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="DIR",
    help="The project's folder, which no file named in a pipeline may leave. Without it: the nearest folder upward "
    "with .git or pyproject.toml.",
)  # fmt: skip
ALLOW = click.option(
    "--allow", multiple=True, metavar="CODE", callback=_allowed, shell_complete=complete_code,
    help="Let one kind of warning, or the quota of steps, pass in this run. May stand several times.",
)  # fmt: skip
STRICT = click.option("--strict", is_flag=True, help="Take warnings for errors.")
FORMAT = click.option(
    "--format", "form", type=click.Choice(FORMATS), default="human", show_default=True,
    help="How to tell what was found. Human goes to standard error, any other to standard output.",
)  # fmt: skip
COLOR = click.option(
    "--color/--no-color", default=None,
    help="Colour what is told. Without it: on a terminal, unless NO_COLOR is set.",
)  # fmt: skip


def compiling(verb: Verb) -> Verb:
    """The arguments and options of a verb that compiles, handed to it as one `Run`."""

    @wraps(verb)
    def called(
        files: Sequence[str], target: str | None, variables: dict[str, str], root: Path | None, allow: frozenset[str],
        strict: bool, form: Any, color: bool | None, **own: Any,
    ) -> None:  # fmt: skip
        verb(Run.of(files, Options(target, root, variables, allow), strict, form, color), **own)

    for option in (COLOR, FORMAT, STRICT, ALLOW, ROOT, SET, TARGET, FILES):
        called = option(called)
    return called
