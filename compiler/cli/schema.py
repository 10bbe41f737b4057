"""`sagepipe schema`: the JSON Schema of pipeline files."""

from __future__ import annotations

import sys

import click

from compiler.data import data_path


@click.command("schema", short_help="Print the JSON Schema of pipeline files.")
def command() -> None:
    """Print the JSON Schema of pipeline files, for editors.

    \b
    sagepipe schema > pipeline.schema.json

    Editors that speak the YAML language server take it from a first line in the pipeline file,

    \b
      # yaml-language-server: $schema=pipeline.schema.json

    or, VS Code, for all files from .vscode/settings.json:

    \b
      {"yaml.schemas": {"pipeline.schema.json": "*.pipeline.yaml"}}
    """
    sys.stdout.buffer.write(data_path("schemas", "pipeline.schema.json").read_bytes())
