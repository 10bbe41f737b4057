"""`type: raw`: a whole step in the API's own spelling, nested steps included."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compiler.decode.rawsteps import name_of
from compiler.model.pipeline import NESTED_LISTS, Step
from compiler.model.program import BuiltStep, Depend
from compiler.model.values import Hole, MapValue, Member, StepList, Value
from compiler.resolve.wire import Wire
from compiler.syntax import Gap, Mapping, Node, Scalar, Sequence
from compiler.text import Span, guess

if TYPE_CHECKING:
    from compiler.resolve.builder import Builder

API_TYPES = (
    "Processing", "Training", "Tuning", "Transform", "Model", "RegisterModel", "AutoML", "Condition", "Fail", "Lambda",
    "Callback", "ClarifyCheck", "QualityCheck", "EMR", "EMRServerless", "EndpointConfig", "Endpoint",
    "InferenceComponent", "BedrockCustomModel", "BedrockCustomModelDeployment", "BedrockModelImport",
    "BedrockProvisionedModelThroughput", "Lineage", "Job", "Cleanup", "ForEach",
)  # fmt: skip
TRIGGERS = ("Completed", "Failed", "Stopped", "Any")


def build_raw(builder: Builder, step: Step) -> BuiltStep:
    """The step as written: its keys, its `Arguments`, and the steps nested in them."""
    definition = step.map("definition")
    if definition is None:
        return BuiltStep(step.name, "", step, Hole(step.name_span), MapValue({}, step.name_span), (), (), step.parent)
    wire = Wire(builder.references, builder.report, step)
    kind = _type(definition, builder)
    nested = {name: s for s in step.children for name in [s.name]}
    keys: dict[str, Member] = {}
    arguments: Value = MapValue({}, definition.span)
    for key, entry in definition.entries.items():
        if key == "Arguments":
            arguments = _arguments(entry.value, nested, builder, wire)
        elif key not in ("Type", "DependsOn", "Name"):
            keys[key] = Member(wire.value(entry.value), entry.key.span)
    if (name := definition.entries.get("Name")) is not None:
        builder.report.add(
            "unknown-key", "a raw step has no key `Name`", name.key.span, hint="the step's name is its key in `steps`"
        )
    depends = _depends(definition, builder)
    children = tuple(builder.build(s) for s in step.children)
    return BuiltStep(step.name, kind, step, arguments, MapValue(keys, definition.span), depends, children, step.parent,
                     step.branch)  # fmt: skip


def _arguments(node: Node, nested: dict[str, Step], builder: Builder, wire: Wire) -> Value:
    if not isinstance(node, Mapping):
        if not isinstance(node, Gap):
            builder.report.add("argument-type", "the arguments of a step are a map", node.span)
        return Hole(node.span)
    members: dict[str, Member] = {}
    for key, entry in node.entries.items():
        if key in NESTED_LISTS and isinstance(entry.value, Sequence):
            steps = tuple(_nested(item, key, nested, builder) for item in entry.value.items)
            members[key] = Member(StepList(tuple(s for s in steps if s), entry.value.span), entry.key.span)
        else:
            members[key] = Member(wire.value(entry.value), entry.key.span)
    return MapValue(members, node.span)


def _nested(item: Node, key: str, nested: dict[str, Step], builder: Builder) -> BuiltStep | None:
    if (name := name_of(item)) in nested:
        return builder.build(nested[name])
    if not isinstance(item, Mapping):
        builder.report.add("argument-type", f"a step in `{key}` is a map", item.span)
    elif not isinstance(item.get("Name"), Gap):
        builder.report.add("missing-key", f"a step in `{key}` has no `Name`", item.span)
    return None


def _type(definition: Mapping, builder: Builder) -> str:
    node = definition.get("Type")
    if not isinstance(node, Scalar):
        builder.report.add("missing-key", "the definition has no `Type`", definition.span)
        return ""
    if node.text not in API_TYPES:
        builder.report.add(
            "unknown-step-type",
            f"the service has no step type `{node.text}`",
            node.span,
            hint=guess(node.text, API_TYPES),
        )
    return node.text


def _depends(definition: Mapping, builder: Builder) -> tuple[Depend, ...]:
    node = definition.get("DependsOn")
    found: list[Depend] = []
    if node is not None and not isinstance(node, (Sequence, Gap)):
        builder.report.add("wire-form", "`DependsOn` wants a list of step names", node.span)
    for item in node.items if isinstance(node, Sequence) else ():
        match item:
            case Scalar(text=name, span=span):
                found += _depend(builder, name, "Completed", span)
            case Mapping():
                needed, trigger = item.get("Step"), item.get("Trigger")
                if isinstance(needed, Scalar) and isinstance(trigger, Scalar):
                    found += _depend(builder, needed.text, _trigger(trigger, builder), needed.span)
                    continue
                builder.report.add(
                    "wire-form",
                    "an entry of `DependsOn` wants `Step` and `Trigger`",
                    item.span,
                    hint="write `{Step: name, Trigger: Failed}`, or the name alone",
                )
            case _:
                builder.report.add("wire-form", "`DependsOn` wants literal step names", item.span)
    return tuple(found)


def _trigger(node: Scalar, builder: Builder) -> str:
    if node.text not in TRIGGERS:
        hint = "one of " + ", ".join(f"`{t}`" for t in TRIGGERS)
        builder.report.add("unknown-value", f"`{node.text}` is not a value of `Trigger`", node.span, hint=hint)
    return node.text


def _depend(builder: Builder, name: str, trigger: str, span: Span) -> list[Depend]:
    return [Depend(name, trigger, span)] if builder.references.step(name, span) else []
