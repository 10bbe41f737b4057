"""Values with `${{ … }}` that YAML reads as something else for want of quotes."""

from __future__ import annotations

import re
from typing import NamedTuple

from compiler.diagnostics import Report
from compiler.syntax.nodes import Node
from compiler.syntax.texts import Texts
from compiler.text import Source, Span

_EXPRESSION = re.compile(r"\$?\{\{[^\r\n]*?\}\}|\$\{\{[^\r\n]*")
_QUOTED = re.compile(r"""(?<![^\s\[{,])"(?:[^"\\\r\n]|\\.)*"|(?<![^\s\[{,])'(?:[^'\r\n]|'')*'""")
_CUT = re.compile(r"#[^\s#]*\$\{\{[^\r\n]*")
_COLON = re.compile(r":[ \t]")


def report_unquoted(source: Source, start: int, why: str, report: Report, value: str = "") -> Span:
    """Report that the expression beginning at `start` wants quotes round all of `value`, by default round itself.

    Returns where the expression stands.
    """
    match = _EXPRESSION.match(source.text, start)
    span = Span(source, start, start + len(match[0].rstrip()) if match else start + 1)
    value = value or ("" if span.text.startswith("$") else "$") + span.text
    quote = "'" if '"' in value else '"'
    report.add(
        "unquoted-expression",
        "an expression stands here without quotes",
        span,
        label=why,
        hint=f"put the whole value in quotes: `{quote}{value}{quote}`",
    )
    return span


def report_cut(source: Source, root: Node, report: Report) -> None:
    """Warn of values that a ` #` ends, with an expression behind it: `build #${{ execution.id }}`."""
    comments = [found for found in _CUT.finditer(source.text) if source.text[found.start() - 1] in " \t"]
    if not comments:
        return
    texts = Texts(root)
    for comment in comments:
        start, end = comment.span()
        value = texts.ended(len(source.text[:start].rstrip(" \t")))
        if value is None:
            continue
        whole = source.text[value[0] : end].rstrip()
        hint = f'put the whole value in quotes: `"{whole}"`; a comment has a space behind the `#`'
        report.add("expression-in-comment", "the value ends here, and an expression follows in a comment",
                   Span(source, start, end), label="` #` begins a comment", hint=hint)  # fmt: skip


def meant(text: str) -> str:
    """The value that was meant by `text`, in which quotes close before its end."""
    text = text.strip()
    return text[1:].replace(text[0], "", 1) if text[:1] in ("'", '"') else text


class Stumble(NamedTuple):
    """An expression without quotes that YAML stumbled over: where it begins, why, and what to skip to read on."""

    start: int
    why: str
    skip: tuple[int, int] | None = None


def unquoted_at(text: str, problem: int) -> Stumble | None:
    """The expression that made YAML stumble at offset `problem`; None when none did."""
    if text.startswith("{{", problem) and text[problem - 1 : problem] == "$":
        return Stumble(problem - 1, "`{` begins a map here")
    begin, end = _line(text, problem)
    if text.startswith("${{", problem):
        return Stumble(problem, "the value before it has ended", _behind_quotes(text, begin, problem))
    bare = _QUOTED.sub(lambda match: "x" * len(match[0]), text[begin:end])
    at = bare.find("${{")
    colon = _COLON.search(bare)
    if text.startswith(":", problem) and at >= 0 and colon and begin + colon.end() <= problem:
        return Stumble(begin + at, "`: ` begins a value in text without quotes", (begin + colon.end(), end))
    return None


def _behind_quotes(text: str, line: int, at: int) -> tuple[int, int] | None:
    """From the quote that opens the text just before `at` to the end of the expression at `at`."""
    opening = next((m.start() for m in _QUOTED.finditer(text, line, at) if not text[m.end() : at].strip()), None)
    expression = _EXPRESSION.match(text, at)
    return (opening, expression.end()) if opening is not None and expression else None


def _line(text: str, offset: int) -> tuple[int, int]:
    begin = max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1
    ends = [at for at in (text.find("\n", offset), text.find("\r", offset)) if at >= 0]
    return begin, min(ends, default=len(text))
