"""The account and partition a pipeline lives in, told from its settings."""

from __future__ import annotations

import re

from compiler.model.values import MapValue

ACCOUNT = re.compile(r"\d{12}")


def account_of(settings: MapValue) -> str:
    """`pipeline.account`, else the account in `pipeline.role`, else ""."""
    if given := settings.text("account"):
        return given
    words = settings.text("role").split(":")
    return words[4] if len(words) > 5 else ""


def partition_of(settings: MapValue) -> str:
    """The ARN partition: that of the role, else by the region's name."""
    words = settings.text("role").split(":")
    if len(words) > 5 and words[1]:
        return words[1]
    region = settings.text("region")
    return "aws-cn" if region.startswith("cn-") else "aws-us-gov" if region.startswith("us-gov-") else "aws"
