"""Keys of `pipeline` that something needs and that are not set: told once, whatever needs them."""

from __future__ import annotations

import re

from compiler.diagnostics import Diagnostic
from compiler.text import Span

NEEDED = {
    "role": "every job runs with it",
    "region": "images are looked up by it",
    "bucket": "code and outputs go there",
}


FORMS = {
    "role": re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+"),
    "bucket": re.compile(r"(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"),
}


def plausible(key: str, text: str) -> bool:
    """Whether a key of `pipeline` may have that value. API: RoleArn; S3: bucket names."""
    return key not in FORMS or FORMS[key].fullmatch(text) is not None


def missing_setting(key: str, pipeline: Span) -> Diagnostic:
    """That a key is not set; `pipeline` is where the section stands. Equal for all that need the key."""
    why = f", and {NEEDED[key]}" if key in NEEDED else ""
    hint = f"add `{key}` to `pipeline`, or to every target"
    return Diagnostic.of("missing-setting", f"`pipeline.{key}` is not set{why}", pipeline, hint=hint)
