"""Names to values: `step:name`, the run-time paths of `${{ }}`, and the service's own `Get` paths."""

from __future__ import annotations

import re
from dataclasses import field
from functools import cache

from compiler.decode.structure import has_gap
from compiler.diagnostics import Diagnostic, Place, Report
from compiler.expr import STRING, UNKNOWN, Path, Segment
from compiler.expr.parse import parse_path
from compiler.model.pipeline import Parameter, Step
from compiler.model.steptype import Joined, Metric, Offer, Property
from compiler.model.values import Get, Hole, Join, JsonGet, Value, text
from compiler.resolve.loops import field_fault, go_on
from compiler.resolve.names import Fault, Table, described_type, place, property_type
from compiler.resolve.unknown import no_metric, no_offer, no_property, offered_hint
from compiler.syntax import Sequence
from compiler.text import Source, Span, guess, mutable

REFERENCE = re.compile(r"[A-Za-z0-9_-]{1,64}:[A-Za-z0-9_.:-]+")
EXECUTION = {
    "id": "PipelineExecutionId",
    "arn": "PipelineExecutionArn",
    "pipeline_name": "PipelineName",
    "pipeline_arn": "PipelineArn",
    "start_time": "StartDateTime",
    "current_time": "CurrentDateTime",
    "training_job_name": "TrainingJobName",
    "processing_job_name": "ProcessingJobName",
}


@mutable
class References:
    """Binds references against the table of steps and parameters. `used` gathers (kind, name) of what was read.

    `lenient`: namespaces whose unknown names are not reported, since what they meant was lost to another fault.
    """

    table: Table
    parameters: dict[str, Parameter]
    report: Report
    lenient: frozenset[str] = frozenset()
    used: set[tuple[str, str]] = field(default_factory=set)
    used_offers: set[tuple[str, str]] = field(default_factory=set)

    def reference(self, word: str, span: Span, origin: Step | None) -> Value:
        """`step:name`, split at its first colon; `span` covers it character for character, or is coarser."""
        step_name, name, step_span, name_span = _cut(word, span)
        step = self.step(step_name, step_span)
        if step is None:
            return Hole(span)
        offers = self.table.offers(step_name)
        offer = offers.names.get(name)
        if offer is None and offers.metric is not None and ":" in name:
            offer = offers.metric(name)
        if offer is None and step.type.descend is not None:
            segments = tuple(Segment(part, name_span) for part in name.split("."))
            if (found := step.type.descend(step, segments)) is not None:
                return go_on(self, step, found, segments, span, self._below)
        if offer is None:
            return self._lacks(step, no_offer(step, name, name_span, tuple(offers.names)))
        self.used_offers.add((step_name, name))
        return self.offered(step_name, offer, span, name)

    def metric(self, word: str, span: Span) -> Value:
        """`step:name` where a metric must stand: one of a processing step, or a final one of a training job."""
        step_name, name, step_span, name_span = _cut(word, span)
        step = self.step(step_name, step_span)
        if step is None:
            return Hole(span)
        offers = self.table.offers(step_name)
        known = offers.groups.get("metrics", {})
        offer = known.get(name) or (offers.metric(name) if offers.metric and name not in offers.names else None)
        if offer is None:
            return self._lacks(step, no_metric(step, name, name_span, tuple(known), name in offers.names))
        self.used_offers.add((step_name, name))
        return self.offered(step_name, offer, span, name)

    def step(self, name: str, span: Span) -> Step | None:
        """The step of that name; None where there is none (reported) or it could not be read."""
        if name in self.table.steps:
            return self.table.steps[name]
        if not self.table.excuses(name) and "steps" not in self.lenient:
            self.report.add("unknown-step", f"no step is named `{name}`", span, hint=guess(name, self.table.steps))
        return None

    def offered(self, step: str, offer: Offer, span: Span, name: str = "") -> Value:
        """An offer of a step as a value."""
        match offer:
            case Property():
                return self._property(step, offer, span)
            case Metric(file, json_path):
                return JsonGet(json_path, span, step=step, file=file, metric=name)
            case Joined(on, parts):
                values = tuple(text(p, span) if isinstance(p, str) else self._property(step, p, span) for p in parts)
                return Join(on, values, span)

    def _property(self, step: str, offer: Property, span: Span) -> Value:
        segments = property_segments(offer.path, span)
        found = offer.type or property_type(self.table.steps[step], segments)
        if isinstance(found, Fault):
            self._tell(found, segments, step)
            return Hole(span)
        return Get("Steps", step, segments, found, span)

    def _lacks(self, step: Step, fault: Diagnostic) -> Hole:
        """Report that a step has no such offer, unless it could not be read whole."""
        if fault.span is not None and not has_gap(step.fields):
            self.report.extend([fault])
        return Hole(fault.span or step.name_span)

    def path(self, path: Path, origin: Step | None) -> Value:
        """A run-time path of `${{ }}`."""
        if len(path.segments) < 2 and path.root != "item":
            if path.segments:
                self.report.add(
                    "unknown-name", f"`{path.root}` alone names nothing", path.span, hint=f"write `{path.root}.<name>`"
                )
            return Hole(path.span)
        match path.root:
            case "parameters":
                return self.parameter(path.segments[1:], path.span)
            case "execution":
                return self._execution(path)
            case "item":
                return self._item(path, origin)
            case _:
                return self._step_path(path, origin)

    def parameter(self, segments: tuple[Segment, ...], span: Span) -> Value:
        name = str(segments[0].value)
        parameter = self.parameters.get(name)
        if parameter is None:
            if "parameters" not in self.lenient:
                self.report.add(
                    "unknown-parameter",
                    f"no parameter is named `{name}`",
                    segments[0].span,
                    hint=guess(name, self.parameters) or "declare it under `parameters`",
                )
            return Hole(span)
        self.used.add(("parameters", name))
        if len(segments) > 1:
            self.report.add("unknown-name", f"parameter `{name}` is a scalar and has no parts", segments[1].span)
            return Hole(span)
        return Get("Parameters", name, (), parameter.type, span)

    def _execution(self, path: Path) -> Value:
        name = str(path.segments[1].value)
        if name in EXECUTION and len(path.segments) == 2:
            return Get("Execution", EXECUTION[name], (), STRING, path.span)
        known = ", ".join(f"`{n}`" for n in EXECUTION)
        self.report.add(
            "unknown-execution-variable",
            f"no execution variable is named `{name}`",
            path.segments[1].span,
            hint=guess(name, EXECUTION) or f"the execution variables are {known}",
        )
        return Hole(path.span)

    def _item(self, path: Path, origin: Step | None) -> Value:
        loop = self.table.body_of(origin) if origin else None
        if loop is None:
            self.report.add("item-outside", "`item` has a value only inside the steps of a for-each", path.span)
            return Hole(path.span)
        items = loop.node("items")
        for item in items.items if isinstance(items, Sequence) else ():
            if (fault := field_fault(item, path.segments[1:])) is not None:
                segment, message, hint = fault
                self.report.add(
                    "unknown-name", message, segment.span, hint=hint, places=(Place(item.span, "the item"),)
                )
                return Hole(path.span)
        return Get("ForEach", "CurrentItem", path.segments[1:], UNKNOWN, path.span)

    def _step_path(self, path: Path, origin: Step | None) -> Value:
        step = self.step(str(path.segments[1].value), path.segments[1].span)
        if step is None:
            return Hole(path.span)
        rest = path.segments[2:]
        if not rest:
            offers = self.table.offers(step.name)
            hint = offered_hint((*offers.groups, *offers.names))
            self.report.add("unknown-name", f"`steps.{step.name}` alone has no value", path.span, hint=hint)
            return Hole(path.span)
        return self._below(step, rest, path.span)

    def _below(self, step: Step, rest: tuple[Segment, ...], span: Span) -> Value:
        if str(rest[0].value) == "properties":
            return self.property(step, rest[1:], span)
        return self._offer_path(step, rest, span)

    def _offer_path(self, step: Step, rest: tuple[Segment, ...], span: Span) -> Value:
        offers = self.table.offers(step.name)
        first = str(rest[0].value)
        if step.type.descend is not None and (found := step.type.descend(step, rest)) is not None:
            return go_on(self, step, found, rest, span, self._below)
        if first in offers.groups and len(rest) == 2:
            name = str(rest[1].value)
            group = offers.groups[first]
            offer = group.get(name) or (offers.metric(name) if offers.metric and first == "metrics" else None)
            if offer is None:
                return self._lacks(step, no_offer(step, name, rest[1].span, tuple(group)))
            self.used_offers.add((step.name, name))
            return self.offered(step.name, offer, span, name)
        if first in offers.names and len(rest) == 1:
            self.used_offers.add((step.name, first))
            return self.offered(step.name, offers.names[first], span, first)
        described = described_type(step)
        properties = ("properties",) if described and (described.describe or described.extra_properties) else ()
        known = (*offers.groups, *offers.names, *properties)
        at = rest[1] if first in offers.names or (first in offers.groups and len(rest) > 1) else rest[0]
        return self._lacks(step, no_offer(step, str(at.value), at.span, known))

    def property(self, step: Step, segments: tuple[Segment, ...], span: Span) -> Value:
        """`Steps.<step>.<segments>`, checked against the step's describe response."""
        if not segments:
            self.report.add(
                "unknown-name",
                "`properties` alone names nothing",
                span,
                hint="write the path as the service's Describe response has it",
            )
            return Hole(span)
        described = described_type(step)
        if described is not None and described.descend_properties is not None:
            inner = described.descend_properties(step, segments)
            if inner is not None:
                return go_on(self, step, inner, segments, span, self.property)
        found = property_type(step, segments)
        if isinstance(found, Fault):
            return self._tell(found, segments, step.name)
        return Get("Steps", step.name, segments, found, span)

    def _tell(self, fault: Fault, segments: tuple[Segment, ...], step: str) -> Hole:
        at = place(segments, fault.segment)
        if fault.code != "unknown-output" or not has_gap(self.table.steps[step].fields):
            self.report.extend([no_property(fault, segments)])
        return Hole(at)


def _cut(word: str, span: Span) -> tuple[str, str, Span, Span]:
    """Step and name of `step:name`, and their places."""
    step, _, name = word.partition(":")
    if span.end - span.start != len(word):
        return step, name, span, span
    return step, name, span.sub(0, len(step)), span.sub(len(step) + 1, len(word))


def property_segments(path: str, span: Span) -> tuple[Segment, ...]:
    """`A.B['c'][0]` as segments, all standing at `span`."""
    return tuple([Segment(s.value, span, s.bracket) for s in _parsed(path)])


@cache
def _parsed(path: str) -> tuple[Segment, ...]:
    parsed = parse_path(path, Span(Source("", ""), 0, 0))
    assert isinstance(parsed, Path), path
    return parsed.segments
