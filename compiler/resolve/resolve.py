"""A pipeline becomes a program: settings bound, steps built, the graph made."""

from __future__ import annotations

from compiler.assets import Store
from compiler.diagnostics import Place, Report
from compiler.model.document import PIPELINE
from compiler.model.kinds import Record
from compiler.model.pipeline import Pipeline
from compiler.model.program import BuiltStep, Program
from compiler.model.values import MapValue
from compiler.resolve.bind import Binder
from compiler.resolve.builder import Builder
from compiler.resolve.defaults import judge_defaults
from compiler.resolve.graph import edges, reads
from compiler.resolve.names import Table
from compiler.resolve.references import References
from compiler.resolve.settings import judged


def resolve(pipeline: Pipeline, store: Store, used: set[tuple[str, str]], report: Report) -> Program:
    """Bind every name of the pipeline; faults are reported and leave holes. `used` are names that folding read."""
    table = Table(pipeline.walk(), pipeline.poisoned)
    for first, second in table.doubles:
        stamped = first.name_span == second.name_span
        report.add(
            "duplicate-step",
            f"two steps are named `{second.name}`",
            second.name_span,
            places=() if stamped else (Place(first.name_span, "the first"),),
            hint="a matrix makes names of its values, with `-` for what a name cannot hold: choose other values"
            if stamped
            else "names are unique over the whole pipeline",
        )
    references = References(
        table, pipeline.parameters, report, lenient=_doubled(table, pipeline, report) | pipeline.unread
    )
    settings = Binder(references, report, None).bind(Record(PIPELINE), pipeline.settings, "`pipeline`")
    assert isinstance(settings, MapValue)
    settings = judged(settings, report)
    judge_defaults(pipeline.defaults, Binder(references, report, None), report)
    builder = Builder(pipeline, settings, references, store, report)
    roots = tuple(builder.build(step) for step in pipeline.steps)
    steps: dict[str, BuiltStep] = {}
    for root in roots:
        _gather(root, steps)
    read = {name: reads(step) for name, step in steps.items()}
    return Program(pipeline, settings, roots, steps, edges(steps, read), read, frozenset(used | references.used),
                   frozenset(references.used_offers))  # fmt: skip


def _doubled(table: Table, pipeline: Pipeline, report: Report) -> frozenset[str]:
    """The namespaces in which a name stood twice: the name that was meant is missing there, and was reported so."""
    twice = [d.span.text for d in report if d.code in ("duplicate-key", "duplicate-step") and d.span]
    found = {"steps"} if any(name in table.steps for name in twice) else set()
    return frozenset(found | ({"parameters"} if any(name in pipeline.parameters for name in twice) else set()))


def _gather(step: BuiltStep, into: dict[str, BuiltStep]) -> None:
    into.setdefault(step.name, step)
    for child in step.children:
        _gather(child, into)
