"""The keys of `pipeline` that name places and rights: role, account, bucket, region. A faulty one becomes a hole."""

from __future__ import annotations

from collections.abc import Callable

from compiler.decode.settings import missing_setting, plausible
from compiler.diagnostics import Diagnostic, Report
from compiler.model.account import ACCOUNT
from compiler.model.values import Hole, Literal, MapValue, Member
from compiler.text import Span, guess


def judged(settings: MapValue, report: Report) -> MapValue:
    """The settings with holes where a value cannot be what it is given as; reported. API: RoleArn; S3: bucket names."""
    if settings.get("role") is None:
        report.extend([missing_setting("role", settings.span)])
    members = dict(settings.members)
    for key, judge in JUDGES.items():
        value = settings.get(key)
        fault = judge(value.as_text, value.span) if isinstance(value, Literal) else None
        if fault is not None:
            report.extend([fault])
            members[key] = Member(Hole(fault.span or settings.span), settings.members[key].key_span)
    return MapValue(members, settings.span)


def _role(word: str, span: Span) -> Diagnostic | None:
    if plausible("role", word):
        return None
    hint = "write `arn:aws:iam::<account>:role/<name>`"
    return Diagnostic.of("role-arn", f"`{word}` is not the ARN of a role", span, hint=hint)


def _account(word: str, span: Span) -> Diagnostic | None:
    if ACCOUNT.fullmatch(word):
        return None
    digits = word.replace("-", "").replace(" ", "")
    hint = f"write `{digits}`" if ACCOUNT.fullmatch(digits) else ""
    return Diagnostic.of("account", f"`{word}` is not an account: it has 12 digits", span, hint=hint)


def _bucket(word: str, span: Span) -> Diagnostic | None:
    if plausible("bucket", word):
        return None
    hint = "give the name alone, without `s3://`" if word.startswith("s3:") else "3 to 63 of `a-z`, `0-9`, `.` and `-`"
    return Diagnostic.of("bucket-name", f"`{word}` is not the name of a bucket", span, hint=hint)


def _region(word: str, span: Span) -> Diagnostic | None:
    from compiler.shapes.images import regions

    if word in regions():
        return None
    hint = guess(word, regions()) or "write a region's code, such as `us-east-1`"
    return Diagnostic.of("unknown-region", f"`{word}` is not a region with SageMaker images", span, hint=hint)


JUDGES: dict[str, Callable[[str, Span], Diagnostic | None]] = {
    "role": _role,
    "account": _account,
    "bucket": _bucket,
    "region": _region,
}
