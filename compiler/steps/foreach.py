"""`for-each`: runs its steps once for each item of a list. Source: SDK 3.27, for_each_step."""

from __future__ import annotations

from math import isfinite

from compiler.expr import INTEGER, STRING, Segment, Type
from compiler.model.kinds import Anything, Either, Field, ListOf, Nested, Number, Record, Reference
from compiler.model.pipeline import Step
from compiler.model.steptype import Astray, Context, Inner, Offer, Offers, Property, Request, StepType
from compiler.model.values import Get, Hole, ListValue, Literal, MapValue, Value, struct, text, walk
from compiler.steps.jsontext import json_text
from compiler.steps.parts import SCALAR, fields
from compiler.syntax import Mapping, Node, Scalar, Sequence, Template

RESULTS: dict[str, tuple[str, Type]] = {
    "status": ("Status", STRING),
    "input_item_count": ("InputItemCount", INTEGER),
    "total_step_count": ("TotalStepCount", INTEGER),
    "succeeded_step_count": ("SucceededStepCount", INTEGER),
    "failed_step_count": ("FailedStepCount", INTEGER),
    "stopped_step_count": ("StoppedStepCount", INTEGER),
}
PICKS = {"max_by": "MaxBy", "min_by": "MinBy"}
COMPARED = Reference("an output of a step of the body")


def items(f: MapValue, ctx: Context) -> Value | None:
    """IterableItems: a list whose maps are JSON text, or what gives the text of a list when running."""
    given = f.get("items")
    if isinstance(given, Get) and given.type in ("integer", "float", "boolean"):
        ctx.report("loop-item", f"the items are the text of a list, and this is {_ARTICLES[given.type]}", given.span)
    if not isinstance(given, ListValue):
        return given
    return ListValue(tuple(_item(v, ctx) for v in given.items), given.span)


def _item(value: Value, ctx: Context) -> Value:
    """An item as the service takes it: a map as JSON text."""
    if not isinstance(value, MapValue):
        return value
    endless = [
        v for v in walk(value) if isinstance(v, Literal) and isinstance(v.value, float) and not isfinite(v.value)
    ]
    for number in endless:
        ctx.report("argument-range", f"`{number.as_text}` is not a number JSON can hold", number.span)
    return Hole(value.span) if endless else json_text(value)


_ARTICLES = {"integer": "an integer", "float": "a float", "boolean": "a boolean"}


def selector(f: MapValue, ctx: Context) -> Value | None:
    """Selector: the output that is compared over the iterations, and whether the largest or the smallest is picked."""
    given = f.get("select")
    if not isinstance(given, MapValue):
        return given
    picks = [key for key in PICKS if key in given.members]
    if len(picks) != 1:
        ctx.report("loop-select", "`select` wants one of `max_by` and `min_by`", given.span)
        return None
    compared = ctx.iteration_output(given.members[picks[0]].value)
    return struct(given.span, {"Pick": text(PICKS[picks[0]], given.members[picks[0]].key_span), "Field": compared})


def build(f: MapValue, ctx: Context) -> Request:
    if (over := f.map("raw")) and "ForEachBody" in over.members:
        ctx.report(
            "conflicting-keys", "`steps` and `ForEachBody` exclude each other", over.members["ForEachBody"].key_span
        )
    arguments = {
        "IterableItems": items(f, ctx),
        "MaxConcurrency": f.get("max_concurrency"),
        "Selector": selector(f, ctx),
        "ForEachBody": ctx.children("steps"),
    }
    return Request(struct(ctx.span, arguments))


def offers(step: Step) -> Offers:
    """What the loop as a whole came to; `selected` and `outputs` go on below the steps of the body."""
    names: dict[str, Offer] = {name: Property(api, type_) for name, (api, type_) in RESULTS.items()}
    return Offers(names)


def descend(step: Step, segments: tuple[Segment, ...]) -> Inner | Astray | None:
    """`selected.<offer>` and `outputs[0].<body step>.<offer>`."""
    return _inside(step, segments, "selected", "outputs")


def descend_properties(step: Step, segments: tuple[Segment, ...]) -> Inner | Astray | None:
    """`Selected.<property>` and `IterationOutputs[0].<body step>.<property>`."""
    return _inside(step, segments, "Selected", "IterationOutputs")


def _inside(step: Step, segments: tuple[Segment, ...], selected: str, outputs: str) -> Inner | Astray | None:
    first = segments[0]
    if first.value == selected:
        return _selected(step, first)
    if first.value == outputs:
        return _iteration(step, segments, outputs)
    return None


def _selected(step: Step, first: Segment) -> Inner | Astray:
    name = chosen(step)
    if name == "":
        hint = "give it `select: {max_by: step:output}`, or `min_by`"
        return Astray(0, f"the loop `{step.name}` selects no iteration", hint)
    child = next((c for c in step.children if c.name == name), None)
    return Inner(child, 1, (Segment("Selected", first.span),)) if child else Astray(0, "")


def _iteration(step: Step, segments: tuple[Segment, ...], word: str) -> Inner | Astray:
    names = tuple(child.name for child in step.children)
    form = f"write `{word}[0].{names[0] if names else 'step'}.` and one of its outputs"
    match [s.value for s in segments[:3]]:
        case [_, int(number), str(name)]:
            count = _written(step)
            if count is not None and number >= count:
                return Astray(1, f"the loop `{step.name}` has {count} items", "iterations count from 0")
            child = next((c for c in step.children if c.name == name), None)
            if child is None:
                return Astray(2, f"the loop `{step.name}` has no step named `{name}`", form, names)
            return Inner(child, 3, (Segment("IterationOutputs", segments[0].span), *segments[1:3]))
        case _:
            return Astray(0, f"`{word}` wants the number of an iteration and a step", form)


def _written(step: Step) -> int | None:
    """How many items are written out; None where they are known only when running."""
    node = step.node("items") or _at(step.fields, "definition", "Arguments", "IterableItems")
    return len(node.items) if isinstance(node, Sequence) else None


def chosen(step: Step) -> str | None:
    """The body step whose output the loop compares; "" where it selects none, None where that cannot be told."""
    raw = _at(step.fields, "raw", "Selector") or _at(step.fields, "definition", "Arguments", "Selector")
    if raw is not None:
        field = _at(raw, "Field", "Get")
        words = field.text.split(".") if isinstance(field, Scalar) else []
        return words[1] if len(words) > 2 and words[0] == "IterationOutput" else None
    given = step.node("select")
    return "" if given is None else _compared(given)


def _compared(given: Node) -> str | None:
    for key in PICKS:
        match _at(given, key):
            case Scalar(text=word):
                return word.partition(":")[0]
            case Template(parts=(path,)) if not isinstance(path, str) and len(path.segments) > 1:
                return str(path.segments[1].value)
    return None


def _at(node: Node, *keys: str) -> Node | None:
    """The node below, by the keys of maps."""
    found: Node | None = node
    for key in keys:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


FOR_EACH = StepType(
    name="for-each",
    json_type="ForEach",
    doc="Runs its steps once for each item of a list, many items at a time.",
    extra_properties={
        **dict(RESULTS.values()),
        "IterationOutputs": "open",
        "Selected": "open",
    },
    offers=offers,
    descend=descend,
    descend_properties=descend_properties,
    build=build,
    fields=fields(
        items=Field(
            Either(
                scalar=Reference("what gives the text of a list"),
                items=ListOf(Either(scalar=SCALAR, members=Anything("map")), 1),
            ),
            "The items: a list of scalars and maps, or one reference to the text of a JSON list.",
            True,
        ),
        max_concurrency=Field(
            Number(whole=True, static=True, minimum=1, maximum=50),
            "How many steps of the loop may run at once, 1 to 50.",
            True,
        ),
        steps=Field(
            Nested("steps"), "The steps that run for each item; `${{ item }}` and `${{ item.field }}` are the item's."
        ),
        select=Field(
            Record(
                {
                    "max_by": Field(COMPARED, "Pick the iteration in which this is largest: `step:output`."),
                    "min_by": Field(COMPARED, "Pick the iteration in which this is smallest: `step:output`."),
                }
            ),
            "The one iteration that later steps read as `selected`.",
        ),
    ),
)
