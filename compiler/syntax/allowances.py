"""`# sagepipe: allow CODE, CODE` comments."""

from __future__ import annotations

import re
from collections.abc import Iterator

from compiler.diagnostics import Report
from compiler.diagnostics.allow import Allowance
from compiler.syntax.nodes import Node
from compiler.syntax.texts import Texts
from compiler.text import Source, Span

_SIGN = "sagepipe:"
_COMMENT = re.compile(r"(?<![^\s])#[ \t]*sagepipe:[ \t]*([^\r\n]*)")
_ALLOW = re.compile(r"allow[ \t]+([^\s,]+(?:[ \t]*,[ \t]*[^\s,]+)*)[ \t]*")
_CODE = re.compile(r"[^\s,]+")


def find_allowances(source: Source, root: Node, report: Report) -> tuple[Allowance, ...]:
    """The allowances of a document, in order.

    A comment behind something is for its own line, one that has a line for itself for the next line that is more than a
    comment. A `sagepipe:` comment that says anything else is reported.
    """
    if _SIGN not in source.text:
        return ()
    texts = Texts(root)
    comments = [found for found in _COMMENT.finditer(source.text) if not texts.hold(found.start())]
    return tuple(allowance for comment in comments for allowance in _read(source, comment, report))


def _read(source: Source, comment: re.Match[str], report: Report) -> Iterator[Allowance]:
    said = _ALLOW.fullmatch(comment[1])
    if said is None:
        span = Span(source, comment.start(), comment.end())
        report.add("unknown-allowance", "this comment is not understood", span,
                   hint="write `# sagepipe: allow CODE`, with the code of a warning")
        return
    line = _line(source, comment.start())
    begin = comment.start(1)
    for code in _CODE.finditer(said[1]):
        offset = begin + said.start(1)
        yield Allowance(code[0], Span(source, offset + code.start(), offset + code.end()), line)


def _line(source: Source, at: int) -> int:
    number, column = source.position(at)
    if source.line(number)[: column - 1].strip():
        return number
    for following in range(number + 1, len(source.line_starts) + 1):
        if source.line(following).strip() and not source.line(following).lstrip().startswith("#"):
            return following
    return number
