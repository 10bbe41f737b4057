"""How values, types and bounds are spoken of, and what could stand instead of a text that a pattern refuses."""

from __future__ import annotations

import re

from compiler.expr import Type
from compiler.shapes import Shape
from compiler.text import Span

NAMES: dict[Type, str] = {
    "string": "text",
    "integer": "a whole number",
    "float": "a number",
    "boolean": "true or false",
    "unknown": "a value",
}
TYPES: dict[Type, str] = {"string": "a string", "integer": "an integer", "float": "a float", "boolean": "a boolean"}
# The API admits 0 for clusters of several groups, which say their own counts.
STRICTER: dict[str, float] = {"TrainingInstanceCount": 1}
SWITCHES = {"yes": "true", "on": "true", "no": "false", "off": "false", "true": "true", "false": "false"}
LONGEST = 60


def least(slot: Shape) -> float | None:
    """The smallest number a slot takes."""
    return STRICTER.get(slot.name, slot.min)


def number(value: float, slot: Shape) -> str:
    """A number with its unit, without exponents."""
    plain = str(int(value)) if float(value).is_integer() else repr(value)
    return f"{plain} seconds" if "Seconds" in slot.name and not plain.startswith("1 ") else plain


def found(value: float, span: Span, slot: Shape) -> str:
    """The same, with the author's own spelling where it is another: `30d`."""
    spelled = span.text.strip("'\"")
    return number(value, slot) + (
        f" (`{spelled}`)" if re.fullmatch(r"[0-9A-Za-z]*[A-Za-z][0-9A-Za-z]*", spelled) else ""
    )


def bounds(slot: Shape) -> str:
    """What a slot takes, from its smallest to its largest."""
    low, high = least(slot), slot.max
    if low is None or high is None:
        return f"{number(low, slot)} and more" if low is not None else f"up to {number(high or 0, slot)}"
    return f"{number(low, slot)} to {number(high, slot)}"


def short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."


def words(enum: tuple[str, ...]) -> str:
    return "one of " + ", ".join(f"`{w}`" for w in enum) if len(enum) <= 12 else ""


def readable(pattern: str) -> str:
    """The pattern with `\\u002F` as the character it stands for, where one can see it."""
    return re.sub(r"\\u00([2-6][0-9A-Fa-f]|7[0-9A-Ea-e])", lambda m: chr(int(m[1], 16)), pattern)


def is_s3(slot: Shape) -> bool:
    """Whether a slot wants an S3 URI."""
    return "s3://" in (slot.pattern_text or "") or "(https|s3)" in (slot.pattern_text or "")


def instead(text: str, slot: Shape) -> str:
    """What to write in place of a text that the slot's pattern refuses."""
    pattern = slot.pattern_text or ""
    if is_s3(slot):
        return "write an S3 URI: `s3://bucket/path`"
    if pattern.startswith("arn:aws"):
        return "write an ARN: `arn:aws:...`"
    if r"(?u:[\w " in pattern:
        return "letters, digits, spaces and `_.:/=+-@`"
    mended = re.sub(r"[^a-zA-Z0-9]+", "-", text).strip("-")
    if mended != text and slot.pattern is not None and slot.pattern.fullmatch(mended):
        return f"such as `{mended}`"
    return ""
