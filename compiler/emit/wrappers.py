"""Wrappers for other deployers, made from the files of an output folder: CloudFormation and Terraform."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from compiler.assets import bucket_and_key

WRAPPERS = {
    "cloudformation": ("cloudformation.yaml.j2", "sagepipe.cloudformation.yaml"),
    "terraform": ("terraform.tf.j2", "sagepipe.tf"),
}
INLINE_TEMPLATE = 51_200  # bytes of a template that is not read from S3. API: CloudFormation CreateStack TemplateBody
UNPRINTABLE = re.compile("[^\\x20-\\x7e\\xa0-\\ud7ff\\uf900-\\ufdcf\\ufdf0-\\ufffd\\U00010000-\\U0001fffd]")

HCL_ESCAPES = {"b": "\\u0008", "f": "\\u000c"}  # JSON and YAML have short forms that HCL lacks


def wrapper(kind: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The wrapper of a kind, a key of `WRAPPERS`, as file name to content; `files` are those of the output folder."""
    from jinja2 import Environment, PackageLoader  # only a wrapper needs it

    environment = Environment(loader=PackageLoader("compiler.emit"), keep_trailing_newline=True, autoescape=False)
    environment.filters |= {"quoted": quoted, "literal": literal, "inner": inner, "inert": inert}
    template, name = WRAPPERS[kind]
    create = json.loads(files["upsert.json"])["create"]
    text = environment.get_template(template).render(
        create=create,
        schedule=json.loads(files["schedule.json"]) if "schedule.json" in files else None,
        assets=[_asset(row) for row in json.loads(files["assets.json"])["assets"]],
    )
    if kind == "cloudformation" and len(text.encode()) > INLINE_TEMPLATE:
        text = text.replace("--stack-name", "--s3-bucket BUCKET --stack-name", 1)
    return {name: text.encode()}


def _asset(row: dict[str, Any]) -> dict[str, Any]:
    bucket, key = bucket_and_key(row["uri"])
    return {**row, "bucket": bucket, "key": key}


def quoted(text: str) -> str:
    """Text as a double-quoted YAML scalar: JSON, with the characters escaped that YAML does not take as they are."""
    return UNPRINTABLE.sub(_escaped, json.dumps(text, ensure_ascii=False))


def inert(definition: str) -> str:
    """JSON in which CloudFormation sees nothing to evaluate, the same to whoever reads it as JSON.

    `{{resolve:` is replaced by a secret wherever it stands; `${` does nothing outside of Fn::Sub, but looks forgotten.
    """
    return definition.replace("{{resolve:", "{\\u007bresolve:").replace("${", "\\u0024{")


def _escaped(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def literal(text: str) -> str:
    """Text as an HCL string, with nothing in it that Terraform would evaluate."""
    return f'"{inner(text)}"'


def inner(text: str) -> str:
    """What stands between the quotes of an HCL string."""
    escaped = re.sub(r"\\(.)", lambda pair: HCL_ESCAPES.get(pair[1], pair[0]), quoted(text)[1:-1])
    return escaped.replace("${", "$${").replace("%{", "%%{")
