"""Steps to requests: every field bound, every step built once, its `raw:` laid over what was generated."""

from __future__ import annotations

from compiler.assets import Store
from compiler.diagnostics import Report
from compiler.model.kinds import Nested
from compiler.model.pipeline import NESTED_LISTS, Parameter, Pipeline, Step
from compiler.model.program import BuiltStep, Depend
from compiler.model.values import Get, Hole, ListValue, Literal, MapValue, Member, StepList, Value, struct, walk
from compiler.resolve.bind import Binder
from compiler.resolve.context import BuildContext
from compiler.resolve.images import Images
from compiler.resolve.names import Table
from compiler.resolve.raw import build_raw
from compiler.resolve.references import References
from compiler.resolve.stepkeys import step_keys
from compiler.resolve.wire import merge

TRIGGERS = {"completed": "Completed", "failed": "Failed", "stopped": "Stopped", "any": "Any"}


class Builder:
    """Builds the steps of one pipeline. `settings` are the bound keys of `pipeline`."""

    def __init__(
        self, pipeline: Pipeline, settings: MapValue, references: References, store: Store, report: Report
    ) -> None:
        self.pipeline = pipeline
        self.settings = settings
        self.references = references
        self.table: Table = references.table
        self.store = store
        self.report = report
        self.images = Images(settings, pipeline.parameters, report)
        self._fields: dict[str, MapValue] = {}
        self._defaults: dict[tuple[str, int], Member] = {}
        self._open: set[str] = set()

    @property
    def parameters(self) -> dict[str, Parameter]:
        return self.pipeline.parameters

    def binder(self, step: Step | None) -> Binder:
        return Binder(self.references, self.report, step)

    def fields(self, step: Step) -> MapValue:
        """The bound fields of a step, bound once."""
        if step.name not in self._fields or self.table.steps.get(step.name) is not step:
            bound = self._bind(step)
            if self.table.steps.get(step.name) is not step:
                return bound
            self._fields[step.name] = bound
        return self._fields[step.name]

    def _bind(self, step: Step) -> MapValue:
        """What comes from `defaults` is the very same entry in many steps, and bound for the first."""
        binder, members = self.binder(step), {}
        for key, entry in step.fields.entries.items():
            field = step.type.fields.get(key)
            if field is None or isinstance(field.kind, Nested):
                continue
            place = (step.type.name, id(entry))
            member = self._defaults.get(place) if key not in step.written else None
            if member is None:
                member = binder.member(field, entry)
                if key not in step.written and not any(map(_bound_here, walk(member.value))):
                    self._defaults[place] = member
            members[key] = member
        return MapValue(members, step.fields.span)

    def fields_of(self, name: str) -> MapValue | None:
        step = self.table.steps.get(name)
        return self.fields(step) if step else None

    def build(self, step: Step) -> BuiltStep:
        """The step as the service will see it."""
        if not step.type.json_type:
            return build_raw(self, step)
        fields = self.fields(step)
        context = BuildContext(self, step)
        request = step.type.build(fields, context)
        arguments = self._with_raw(request.arguments, fields)
        members: dict[str, Value | None] = dict(request.keys)
        members |= step_keys(step, fields, self.report)
        children = _nested(arguments)
        return BuiltStep(step.name, step.type.json_type, step, arguments, struct(step.name_span, members),
                         depends(fields), children, step.parent, step.branch)  # fmt: skip

    def _with_raw(self, arguments: Value, fields: MapValue) -> Value:
        over = fields.get("raw")
        if over is None or isinstance(arguments, Hole):
            return arguments
        return merge(arguments, over) or MapValue({}, over.span)


def _bound_here(value: Value) -> bool:
    """Whether the value may be another in another step: at fault, or made of a loop's item."""
    return isinstance(value, Hole) or (isinstance(value, Get) and value.root == "ForEach")


def _nested(arguments: Value) -> tuple[BuiltStep, ...]:
    if not isinstance(arguments, MapValue):
        return ()
    lists = [arguments.get(key) for key in NESTED_LISTS]
    return tuple(step for found in lists if isinstance(found, StepList) for step in found.steps)


def depends(fields: MapValue) -> tuple[Depend, ...]:
    """`after` as dependencies; a step named twice with the same trigger counts once."""
    found: dict[tuple[str, str], Depend] = {}
    after = fields.get("after")
    for item in after.items if isinstance(after, ListValue) else ():
        match item:
            case Literal():
                depend = Depend(item.as_text, "Completed", item.span)
            case MapValue() if isinstance(item.get("step"), Literal) and not isinstance(item.get("trigger"), Hole):
                depend = Depend(
                    item.text("step"), TRIGGERS.get(item.text("trigger"), "Completed"), item.span_of("step")
                )
            case _:
                continue
        found.setdefault((depend.step, depend.trigger), depend)
    return tuple(found.values())
