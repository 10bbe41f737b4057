"""YAML events to nodes, without recursion, bounded in depth and in number."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NoReturn

import yaml

from compiler.diagnostics import Report
from compiler.syntax.anchors import MAX_ALIASED, Anchored, Anchors
from compiler.syntax.characters import refuse_surrogates
from compiler.syntax.core_schema import NUMERIC, WORDS, OutOfRange, resolve
from compiler.syntax.mapping import read_mapping
from compiler.syntax.nodes import Gap, Node, Scalar, Sequence
from compiler.syntax.template import read_template
from compiler.text import Source, Span

MAX_DEPTH = 100
MAX_EVENTS = 500_000

_BLANK = r"(?:\s+|(?<=\s)#[^\r\n]*)*"
_PROPERTIES = re.compile(rf"(?:[&!]\S*{_BLANK})+")
_PROPERTY = re.compile(r"\S+")


class Overrun(Exception):
    """The document is larger than a document may be. It has been reported; nothing is returned for it."""


@dataclass(slots=True)
class _Frame:
    """A list or map that is being read: its nodes so far (keys and values alternate) and where it began."""

    start: int
    anchor: str | None
    items: list[Node] = field(default_factory=list)
    alias_end: int = 0  # where its last alias ends; the alias's node stands elsewhere
    count: int = 0  # values inside its items, aliases counted as written out
    height: int = 1  # levels, itself included


@dataclass(slots=True)
class Composer:
    """One document's way from events to nodes.

    `gaps` are ranges of the source that were reported before; a scalar that meets one becomes a Gap.
    """

    source: Source
    report: Report
    gaps: tuple[Span, ...] = ()
    anchors: Anchors = field(init=False)
    stack: list[_Frame] = field(default_factory=lambda: [_Frame(0, None)])

    def __post_init__(self) -> None:
        self.anchors = Anchors(self.report)

    def run(self, next_event: Callable[[], Any]) -> Node:
        """Read one document, from behind its start to its end; its root.

        Raises Overrun, and whatever `next_event` raises.
        """
        handlers: dict[type, Callable[[Any], None]] = {
            yaml.ScalarEvent: self._special if self.gaps else self._scalar,
            yaml.MappingStartEvent: self._open,
            yaml.SequenceStartEvent: self._open,
            yaml.MappingEndEvent: self._close_mapping,
            yaml.SequenceEndEvent: self._close_sequence,
            yaml.AliasEvent: self._alias,
        }
        for event in islice(iter(next_event, None), MAX_EVENTS):
            handler = handlers.get(event.__class__)
            if handler is None:
                return self.stack[0].items[0]
            handler(event)
        return self._refuse("file-too-large", f"the document holds more than {MAX_EVENTS:,} values", None)

    def _scalar(self, event: Any) -> None:
        text = event.value
        if event.style or event.anchor or event.tag or text in WORDS or text[0] in NUMERIC or "${{" in text:
            self._special(event)
        else:
            span = Span(self.source, event.start_mark.index, event.end_mark.index)
            self.stack[-1].items.append(Scalar(text, text, span))

    def _special(self, event: Any) -> None:
        """Read a scalar that may be more than plain text."""
        style, start, end = event.style, event.start_mark.index, event.end_mark.index
        if event.anchor or event.tag:
            start = self._behind_properties(start, end)
        if style and style in "|>":
            end = start + len(self.source.text[start:end].rstrip())
        span = Span(self.source, start, end)
        if event.tag:
            self._refuse_tag(event)
        refused = event.tag or (style == '"' and refuse_surrogates(event.value, span, self.report))
        if refused or any(gap.start < end and start < gap.end for gap in self.gaps):
            node: Node = Gap(span)
        else:
            node = self._value(event.value, style, span)
        if event.anchor:
            self.anchors.named[event.anchor] = Anchored(node, span)
        self.stack[-1].items.append(node)

    def _value(self, text: str, style: str | None, span: Span) -> Node:
        if "${{" in text:
            return read_template(text, span, style, self.report)
        if style:
            return Scalar(text, text, span, False)
        try:
            return Scalar(resolve(text), text, span)
        except OutOfRange as error:
            self.report.add("number-range", f"the number does not fit a {error}", span,
                            hint="put it in quotes if it is meant as text")
            return Gap(span)

    def _open(self, event: Any) -> None:
        start = event.end_mark.index
        if start > event.start_mark.index and self.source.text[start - 1] in "[{":
            start -= 1
        if len(self.stack) > MAX_DEPTH:
            self._too_deep(Span(self.source, start, start + 1))
        if event.tag:
            self._refuse_tag(event)
        if event.anchor:
            self.anchors.named[event.anchor] = Anchored(None, self._property(event, "&"))
        self.stack.append(_Frame(start, event.anchor))

    def _close_mapping(self, event: Any) -> None:
        frame = self.stack.pop()
        self._close(frame, read_mapping(frame.items, self._span(frame, event), self.report))

    def _close_sequence(self, event: Any) -> None:
        frame = self.stack.pop()
        self._close(frame, Sequence(tuple(frame.items), self._span(frame, event)))

    def _span(self, frame: _Frame, event: Any) -> Span:
        """Up to the closing bracket, or, in block style, to the end of the last thing inside."""
        end = event.end_mark.index
        if end > event.start_mark.index:
            return Span(self.source, frame.start, end)
        last = frame.items[-1].span
        return Span(self.source, frame.start, max(frame.alias_end, last.end if last.start >= frame.start else 0))

    def _close(self, frame: _Frame, node: Node) -> None:
        parent = self.stack[-1]
        count = frame.count + len(frame.items)
        parent.items.append(node)
        parent.count += count
        if frame.height >= parent.height:
            parent.height = frame.height + 1
        anchored = self.anchors.named.get(frame.anchor) if frame.anchor else None
        if anchored and anchored.node is None:
            anchored.node, anchored.count, anchored.height = node, count + 1, frame.height

    def _alias(self, event: Any) -> None:
        span = Span(self.source, event.start_mark.index, event.end_mark.index)
        anchored = self.anchors.look_up(event.anchor, span)
        frame = self.stack[-1]
        if self.anchors.exploded:
            self._refuse("yaml-alias-bomb", f"aliases stand for more than {MAX_ALIASED:,} values", span)
        if len(self.stack) - 1 + anchored.height > MAX_DEPTH:
            self._too_deep(span)
        frame.items.append(anchored.node or Gap(span))
        frame.alias_end = span.end
        frame.count += anchored.count - 1
        frame.height = max(frame.height, anchored.height + 1)

    def _behind_properties(self, start: int, end: int) -> int:
        """Where a scalar begins whose event begins at its anchor or tag."""
        match = _PROPERTIES.match(self.source.text, start, end)
        return match.end() if match else start

    def _property(self, event: Any, sign: str) -> Span:
        """The anchor (`&`) or tag (`!`) of a node."""
        start = self.source.text.find(sign, event.start_mark.index)
        match = _PROPERTY.match(self.source.text, start)
        return Span(self.source, start, match.end() if match else start + 1)

    def _refuse_tag(self, event: Any) -> None:
        span = self._property(event, "!")
        self.report.add("yaml-tag", f"the tag `{span.text}` is not taken", span,
                        hint="remove it; put a value in quotes if it is meant as text")

    def _too_deep(self, span: Span) -> NoReturn:
        self._refuse("yaml-depth", f"lists and maps nest deeper than {MAX_DEPTH} levels", span)

    def _refuse(self, code: str, message: str, span: Span | None) -> NoReturn:
        self.report.add(code, message, span, path=self.source.path)
        raise Overrun
