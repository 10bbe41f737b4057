"""Options that several verbs share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

F = TypeVar("F", bound=Callable[..., Any])

FORMATS = ("human", "plain", "json", "sarif", "junit", "github")


def complete_code(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The codes of diagnostics, for the shell."""
    from click.shell_completion import CompletionItem  # only a shell asks

    from compiler.diagnostics import CODES

    return [CompletionItem(code, help=row.summary) for code, row in CODES.items() if code.startswith(incomplete)]


def stack(*decorators: Callable[[F], F]) -> Callable[[F], F]:
    """Several decorators as one; the first stands on top."""

    def decorate(function: F) -> F:
        for decorator in reversed(decorators):
            function = decorator(function)
        return function

    return decorate


def _assignments(ctx: click.Context, param: click.Parameter, given: Sequence[str]) -> dict[str, str]:
    pairs = [text.partition("=") for text in given]
    for name, equals, _ in pairs:
        if not name or not equals:
            raise click.BadParameter(f"`{name}` is not of the form name=value", ctx, param)
    return {name: value for name, _, value in pairs}


FILES = click.argument("files", nargs=-1, required=True, metavar="FILES...", type=click.Path())
TARGET = click.option("--target", metavar="NAME", help="The target to compile for, one of the file's `targets`.")
SET = click.option(
    "--set", "variables", multiple=True, metavar="NAME=VALUE", callback=_assignments,
    help="Give a variable another value. May stand several times.",
)  # fmt: skip
ROOT = click.option(
    "--root", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="DIR",
    help="The project's folder, which no file named in a pipeline may leave. Without it: the nearest folder upward "
    "with .git or pyproject.toml.",
)  # fmt: skip
ALLOW = click.option(
    "--allow", multiple=True, shell_complete=complete_code, metavar="CODE",
    help="Let one warning, or the step quota, pass in this run. May stand several times.",
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

compiling = stack(FILES, TARGET, SET, ROOT, ALLOW, STRICT, FORMAT, COLOR)
