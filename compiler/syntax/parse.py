"""Text to nodes."""

from __future__ import annotations

from typing import Any

import yaml

from compiler.diagnostics import Report
from compiler.syntax.characters import refuse_old_breaks
from compiler.syntax.compose import Composer, Overrun
from compiler.syntax.fault import explain
from compiler.syntax.nodes import Node, Scalar
from compiler.syntax.runaway import runaway
from compiler.syntax.stop import report_said
from compiler.syntax.unquoted import meant, report_cut, report_unquoted, unquoted_at
from compiler.text import Source, Span

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml, ten times faster, where PyYAML was built with it
_MAX_GAPS = 20


def parse(source: Source, report: Report) -> Node | None:
    """The root of the one document in `source`, or None when it is no YAML, is empty or is too large.

    Everything at fault is reported with its place; a value at fault becomes a Gap, and reading goes on. Never raises.
    """
    if refuse_old_breaks(source, report):
        return None
    root = _parse(source, source.text, (), report)
    if root is not None:
        report_cut(source, root, report)
    return root


def _parse(source: Source, text: str, gaps: tuple[Span, ...], report: Report) -> Node | None:
    """`text` is the source with what `gaps` cover blotted out, character for character."""
    try:
        return _document(_LOADER(text), Composer(source, report, gaps))
    except Overrun:
        return None
    except (yaml.YAMLError, UnicodeEncodeError) as error:
        mark = getattr(error, "problem_mark", None)
        if mark and (said := runaway(_LOADER(text), mark.index)):
            report_said(said, source, report)
            return None
        gap = _unquoted(source, text, error, report)
        if gap is None:
            explain(error, source, report)
        if gap is None or len(gaps) == _MAX_GAPS:
            return None
    blotted = text[: gap.start] + "x" * (gap.end - gap.start) + text[gap.end :]
    return _parse(source, blotted, (*gaps, gap), report)


def _document(loader: Any, composer: Composer) -> Node | None:
    source, report = composer.source, composer.report
    loader.get_event()
    if not isinstance(loader.get_event(), yaml.DocumentStartEvent):
        report.add("yaml-empty", "the document is empty", None, path=source.path)
        return None
    root = composer.run(loader.get_event)
    following = loader.get_event()
    if isinstance(following, yaml.DocumentStartEvent):
        span = _span(source, following)
        report.add("yaml-many-documents", "a second document begins here", span, hint="put it in a file of its own")
    if isinstance(root, Scalar) and root.value is None:
        report.add("yaml-empty", "the document is empty", None, path=source.path)
        return None
    return root


def _unquoted(source: Source, text: str, error: Exception, report: Report) -> Span | None:
    """What to skip because an expression without quotes, reported here, made YAML stumble in it."""
    mark = getattr(error, "problem_mark", None)
    found = unquoted_at(text, mark.index) if mark else None
    if found is None:
        return None
    skip = Span(source, *found.skip) if found.skip else None
    span = report_unquoted(source, found.start, found.why, report, meant(skip.text) if skip else "")
    return skip or span


def _span(source: Source, event: Any) -> Span:
    return Span(source, event.start_mark.index, event.end_mark.index)
