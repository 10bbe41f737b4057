"""Defaults are judged where they stand: a fault in one that no step takes up would wait for the first that does."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.decode.merge import merge_maps
from compiler.decode.schema import defaults_record
from compiler.diagnostics import Report
from compiler.expr import Path
from compiler.model.durations import seconds_of
from compiler.model.values import Literal, MapValue
from compiler.resolve.bind import Binder
from compiler.resolve.stepkeys import cache, policy_times
from compiler.syntax import Mapping, Node, Sequence, Template


def judge_defaults(defaults: Mapping | None, binder: Binder, report: Report) -> None:
    """Bind the defaults and read their durations; what the steps that take them would say is said once."""
    if defaults is None or any(_reads_items(defaults)):
        return
    written = merge_maps(None, defaults) or defaults  # nulls switch off, and are gone
    bound = binder.bind(defaults_record(), written, "`defaults`")
    if not isinstance(bound, MapValue):
        return
    for given in (bound, *(value for _, value in bound.pairs() if isinstance(value, MapValue))):
        cache(given.get("cache"), report)
        for policy in given.list("retry"):
            if isinstance(policy, MapValue):
                policy_times(policy, report)
        runtime = given.get("max_runtime")
        if isinstance(runtime, Literal) and not isinstance(found := seconds_of(runtime.as_text), int):
            report.add("duration", found.message, runtime.span, hint=found.hint)


def _reads_items(node: Node) -> Iterator[bool]:
    """Whether an expression reads the item of a loop: it has a value only where a step of the loop takes it up."""
    match node:
        case Template(parts):
            yield from (isinstance(part, Path) and part.root == "item" for part in parts)
        case Sequence(items):
            for item in items:
                yield from _reads_items(item)
        case Mapping():
            for entry in node:
                yield from _reads_items(entry.value)
