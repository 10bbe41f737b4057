"""`# sagepipe: allow CODE, CODE` comments."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from compiler.diagnostics import Report
from compiler.diagnostics.allow import Allowance
from compiler.syntax.nodes import Gap, Mapping, Node, Scalar, Sequence, Template
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
    texts = [(0, 0), *sorted((span.start, span.end) for span in _scalars(root, {}))]
    found: list[Allowance] = []
    for comment in _COMMENT.finditer(source.text):
        _, end = texts[bisect_right(texts, (comment.start(), len(source.text))) - 1]
        if comment.start() >= end:
            found.extend(_read(source, comment, report))
    return tuple(found)


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


def _scalars(node: Node, seen: dict[int, None]) -> Iterator[Span]:
    """Where text stands in which `#` is no comment. The line that opens a block scalar may have one."""
    if id(node) in seen:
        return
    seen[id(node)] = None
    match node:
        case Scalar(span=span) | Template(span=span) | Gap(span=span):
            yield _body(span)
        case Sequence(items=items):
            for item in items:
                yield from _scalars(item, seen)
        case Mapping():
            for entry in node:
                yield _body(entry.key.span)
                yield from _scalars(entry.value, seen)


def _body(span: Span) -> Span:
    if span.text[:1] not in ("|", ">"):
        return span
    return span.sub(len(re.split(r"[\r\n]", span.text, maxsplit=1)[0]), span.end - span.start)
