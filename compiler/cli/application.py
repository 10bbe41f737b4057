"""The `sagepipe` command: its verbs, imported when named, and what happens when one fails."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Any, NoReturn

import click

import compiler
from compiler.cli.exits import INTERRUPTED, USAGE_OR_IO

VERBS = {
    "compile": "compiler.cli.compile",
    "validate": "compiler.cli.validate",
    "schema": "compiler.cli.schema",
    "init": "compiler.cli.init",
    "explain": "compiler.cli.explain",
    "run": "compiler.cli.execute",
    "runs": "compiler.cli.runs",
    "cache": "compiler.cli.cache",
    "test": "compiler.cli.test",
    "plan": "compiler.cli.plan",
    "upsert": "compiler.cli.upsert",
    "start": "compiler.cli.start",
    "watch": "compiler.cli.watch",
    "stop": "compiler.cli.stop",
    "retry": "compiler.cli.retry",
    "list": "compiler.cli.listing",
    "describe": "compiler.cli.describe",
    "delete": "compiler.cli.delete",
    "promote": "compiler.cli.promote",
    "rollback": "compiler.cli.rollback",
    "iam": "compiler.cli.iam",
}

EPILOG = """\b
First steps:
  sagepipe init demo                                   a pipeline that compiles as it stands
  sagepipe validate demo                               everything that is wrong, at once
  sagepipe compile demo/*.pipeline.yaml -o build       the definition, and all that deploying it needs

\b
Exit codes: 0 fine or no change, 1 invalid input, 2 usage or I/O, 3 AWS or the network, 4 changes found;
of an execution that was watched: 5 failed, 6 stopped.

\b
Completion: put one of these lines into the start-up file of your shell.
  bash   eval "$(_SAGEPIPE_COMPLETE=bash_source sagepipe)"
  zsh    eval "$(_SAGEPIPE_COMPLETE=zsh_source sagepipe)"
  fish   _SAGEPIPE_COMPLETE=fish_source sagepipe | source
"""


class Failure(click.ClickException):
    """What went wrong outside of the input, in one message."""

    exit_code = USAGE_OR_IO


class Application(click.Group):
    """A group whose verbs are modules, and whose failures are one clean message with the right exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        command: click.Command = import_module(VERBS[cmd_name]).command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in VERBS and not args[0].startswith("-"):
            from compiler.text import not_named

            ctx.fail(not_named("verb", args[0], VERBS))
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            given = super().invoke(ctx)
            sys.stdout.flush()
            return given
        except BrokenPipeError:
            _reader_is_gone(ctx)
        except (KeyboardInterrupt, click.Abort):
            click.echo("interrupted", err=True)
            ctx.exit(INTERRUPTED)
        except (click.ClickException, click.exceptions.Exit):
            raise
        except OSError as error:
            raise Failure(_said_by(error)) from error
        except Exception as error:
            if ctx.params["debug"]:
                import traceback

                traceback.print_exc()
            raise Failure(_bug(error)) from error


def _reader_is_gone(ctx: click.Context) -> NoReturn:
    """Who read our output stopped reading: nothing to say, and no second failure when Python flushes at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    ctx.exit(USAGE_OR_IO)


def _said_by(error: OSError) -> str:
    reason = error.strerror or str(error)
    where = error.filename2 or error.filename
    return f"{os.fsdecode(where)}: {reason}" if where else reason


def _bug(error: Exception) -> str:
    return (
        f"internal error: {type(error).__name__}: {error}\n"
        "This is a bug in sagepipe, not in your file. Please report it with the traceback that\n"
        "`sagepipe --debug ...` prints, and with the file where you can."
    )


@click.group(cls=Application, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(compiler.__version__, prog_name="sagepipe", message="%(prog)s %(version)s")
@click.option("--debug", is_flag=True, help="Show the traceback of an internal error.")
def sagepipe(debug: bool) -> None:
    """Declarative YAML for SageMaker Pipelines.

    Validates pipeline files and compiles them to what the service takes: offline, without credentials, and byte for
    byte the same on every machine.
    """
