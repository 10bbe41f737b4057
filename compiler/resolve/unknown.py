"""What is said of a step, an output, a metric or a property that is not there."""

from __future__ import annotations

from compiler.diagnostics import Diagnostic, Place
from compiler.expr import Segment
from compiler.model.pipeline import Step
from compiler.resolve.names import Fault, place
from compiler.text import Span, closest, guess

MOST_SHOWN = 12
METRICS = {
    "processing": "declare it under `metrics`: `{file: output/file.json, json_path: ...}`",
    "training": "declare it under `metric_definitions`",
}


def no_metric(step: Step, name: str, span: Span, known: tuple[str, ...], offered: bool) -> Diagnostic:
    """A step has no such metric; `offered`: it has something else of that name."""
    message = f"step `{step.name}` has no metric named `{name}`"
    if offered:
        message = f"`{name}` of step `{step.name}` is no metric"
        hint = f"compare it with `value: ${{{{ steps.{step.name}.{name} }}}}`"
    elif near := closest(name, known):
        hint = f"did you mean `{near}`?"
    elif known:
        hint = f"its metrics are {_listed(known)}"
    else:
        hint = METRICS.get(step.type.name, "only processing and training steps have metrics")
    return Diagnostic.of("unknown-metric", message, span, hint=hint, places=(Place(step.name_span, "the step"),))


def no_offer(step: Step, name: str, span: Span, known: tuple[str, ...]) -> Diagnostic:
    """A step offers nothing of that name."""
    near = closest(name, known)
    metrics = step.map("metrics") or step.map("metric_definitions")
    code = "unknown-metric" if metrics and near in metrics.entries else "unknown-output"
    hint = f"did you mean `{near}`?" if near else offered_hint(known)
    message = f"step `{step.name}` has no output or metric named `{name}`"
    hint = hint or f"a {step.type.name} step offers nothing to refer to"
    return Diagnostic.of(code, message, span, hint=hint, places=(Place(step.name_span, "the step"),))


def no_property(fault: Fault, segments: tuple[Segment, ...]) -> Diagnostic:
    """A property path leads nowhere."""
    known = f"known here: {_listed(fault.known)}" if fault.known else ""
    hint = fault.hint or (guess(str(segments[min(fault.segment, len(segments) - 1)].value), fault.known) or known)
    return Diagnostic.of(fault.code, fault.message, place(segments, fault.segment), hint=hint)


def offered_hint(known: tuple[str, ...]) -> str:
    """What a step offers, the many models of a tuning step aside; "" for nothing."""
    shown = tuple(name for name in known if not name.startswith("model-"))
    return f"it offers {_listed(shown)}" if shown else ""


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names[:MOST_SHOWN])
