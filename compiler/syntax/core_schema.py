"""What a plain scalar means: the YAML 1.2 core schema (https://yaml.org/spec/1.2.2/#103-core-schema).

One deviation, for account ids and the like: a whole number with a leading zero (`010`) is text.
"""

from __future__ import annotations

import math
import re

from compiler.syntax.nodes import Scalar, ScalarValue

WORDS: dict[str, bool | None] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
NUMERIC = frozenset("+-.0123456789")  # a text that begins otherwise and is none of the words is text
_DECIMAL = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_EXPONENT = r"[eE][-+]?[0-9]+"
_FLOAT = re.compile(rf"[-+]?(?:\.[0-9]+(?:{_EXPONENT})?|[0-9]+(?:\.[0-9]*(?:{_EXPONENT})?|{_EXPONENT}))")
_RADIX = {"0o": (8, re.compile(r"0o[0-7]+")), "0x": (16, re.compile(r"0x[0-9a-fA-F]+"))}
_SPECIAL = {
    sign + word: value
    for sign, infinity in (("", math.inf), ("+", math.inf), ("-", -math.inf))
    for word, value in ((".inf", infinity), (".Inf", infinity), (".INF", infinity))
} | {".nan": math.nan, ".NaN": math.nan, ".NAN": math.nan}

_INT_MIN, _INT_MAX = -(2**63), 2**63 - 1
_INT_DIGITS = 40  # more cannot be in range unless they are zeros, and Python refuses to read very many


class OutOfRange(Exception):
    """A number that 64 bits do not hold; the text of the exception says of which kind."""


def resolve(text: str) -> ScalarValue:
    """The value of a plain scalar. Raises OutOfRange."""
    if text in WORDS:
        return WORDS[text]
    return _number(text) if text[0] in NUMERIC else text


def _number(text: str) -> ScalarValue:
    if _DECIMAL.fullmatch(text):
        return _integer(text, 10)
    if _FLOAT.fullmatch(text):
        return _float(text)
    if text in _SPECIAL:
        return _SPECIAL[text]
    base, pattern = _RADIX.get(text[:2], (0, None))
    return _integer(text[2:].lstrip("0") or "0", base) if pattern and pattern.fullmatch(text) else text


def _integer(digits: str, base: int) -> int:
    value = int(digits, base) if len(digits) <= _INT_DIGITS else _INT_MAX + 1
    if not _INT_MIN <= value <= _INT_MAX:
        raise OutOfRange("64-bit integer")
    return value


def _float(text: str) -> float:
    value = float(text)
    if math.isinf(value) or (value == 0.0 and re.search("[1-9]", re.split("[eE]", text)[0])):
        raise OutOfRange("double precision float")
    return value


def reads_differently(scalar: Scalar) -> str | None:
    """How YAML 1.1 (as PyYAML and most older tools have it) reads a plain scalar that we read otherwise, or None.

    `yes` gives "a boolean in YAML 1.1", `010` "the integer 8 in YAML 1.1", `1e-3` "text in YAML 1.1".
    """
    if not scalar.plain:
        return None
    from compiler.syntax.yaml11 import reading  # only a field whose type does not settle it asks

    return reading(scalar.text, scalar.value)
