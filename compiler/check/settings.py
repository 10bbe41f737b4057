"""The keys of `pipeline`: role, account, region, bucket."""

from __future__ import annotations

import re
from collections.abc import Iterator

from compiler.check.facts import Facts
from compiler.decode.settings import missing_setting
from compiler.diagnostics import Diagnostic
from compiler.model.values import Literal
from compiler.text import closest

ROLE = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+")
BUCKET = re.compile(r"(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
PREFIX = re.compile(r"[^\s?#]*")


def settings(facts: Facts) -> Iterator[Diagnostic]:
    """API: RoleArn; S3: bucket naming rules."""
    found = facts.program.settings
    role, bucket, account = found.get("role"), found.get("bucket"), found.get("account")
    if role is None:
        yield missing_setting("role", found.span)
    if isinstance(role, Literal) and not ROLE.fullmatch(role.as_text):
        yield Diagnostic.of(
            "role-arn",
            f"`{role.as_text}` is not the ARN of a role",
            role.span,
            hint="write `arn:aws:iam::<account>:role/<name>`",
        )
    if isinstance(account, Literal) and not re.fullmatch(r"\d{12}", account.as_text):
        yield Diagnostic.of("account", f"`{account.as_text}` is not an account: it has 12 digits", account.span)
    if isinstance(bucket, Literal) and not BUCKET.fullmatch(bucket.as_text):
        hint = "give the name alone, without `s3://`" if bucket.as_text.startswith("s3:") else ""
        yield Diagnostic.of("bucket-name", f"`{bucket.as_text}` is not the name of a bucket", bucket.span, hint=hint)
    yield from _region(facts)


def _region(facts: Facts) -> Iterator[Diagnostic]:
    region = facts.program.settings.get("region")
    if not isinstance(region, Literal):
        return
    from compiler.shapes.images import regions

    if region.as_text not in regions():
        near = closest(region.as_text, regions())
        yield Diagnostic.of(
            "unknown-region",
            f"`{region.as_text}` is not a region with SageMaker images",
            region.span,
            hint=f"did you mean `{near}`?" if near else "",
        )
