"""Comparisons as people write them at first, said as the map that was meant."""

from __future__ import annotations

import re

from compiler.resolve.references import REFERENCE

SIGNS = {">=": "gte", "<=": "lte", "==": "eq", "!=": "ne", ">": "gt", "<": "lt", "=": "eq"}
WORDS = {
    "ge": "gte", "le": "lte", "neq": "ne", "equal": "eq", "equals": "eq", "equalto": "eq", "notequal": "ne",
    "notequals": "ne", "greater": "gt", "greaterthan": "gt", "greaterthanorequal": "gte",
    "greaterthanorequalto": "gte", "less": "lt", "lessthan": "lt", "lessthanorequal": "lte", "lessthanorequalto": "lte",
}  # fmt: skip
_SIGN = re.compile("|".join(map(re.escape, SIGNS)))
_EXPRESSION = re.compile(r"(?:\$\{\{\s*)?((?:steps|parameters|execution|item)\.[^\s{}]+)(?:\s*\}\})?")
_METRIC = re.compile(r"steps\.([\w-]+)\.(?:metrics\.)?([\w-]+)")
_PLAIN = re.compile(r"-?[0-9]+(?:\.[0-9]+)?|true|false|[A-Za-z][\w./-]*|\"[^\"{}]*\"|'[^'{}]*'")


def operator_meant(key: str) -> str | None:
    """The operator that a sign (`>=`) or a longer word (`GreaterThan`, `less_than`) stands for."""
    return SIGNS.get(key) or WORDS.get(key.lower().replace("_", "").replace("-", ""))


def spelled_out(text: str) -> str:
    """`evaluate:auc >= 0.8` as `{metric: evaluate:auc, gte: 0.8}`; "" where that is not so plain."""
    signs = list(_SIGN.finditer(text))
    if len(signs) != 1:
        return ""
    left, right = _left(text[: signs[0].start()].strip()), _right(text[signs[0].end() :].strip())
    return f"{{{left}, {SIGNS[signs[0][0]]}: {right}}}" if left and right else ""


def _left(word: str) -> str:
    if REFERENCE.fullmatch(word):
        return f"metric: {word}"
    if (path := _EXPRESSION.fullmatch(word)) is None:
        return ""
    metric = _METRIC.fullmatch(path[1])
    return f"metric: {metric[1]}:{metric[2]}" if metric else f'value: "${{{{ {path[1]} }}}}"'


def _right(word: str) -> str:
    if path := _EXPRESSION.fullmatch(word):
        return f'"${{{{ {path[1]} }}}}"'
    return f"{{metric: {word}}}" if REFERENCE.fullmatch(word) else word if _PLAIN.fullmatch(word) else ""
