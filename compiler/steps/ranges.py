"""The ranges a tuning step searches. API: ParameterRanges."""

from __future__ import annotations

from compiler.model.kinds import Choice, Field, ListOf, Record
from compiler.model.steptype import Context
from compiler.model.values import ListValue, Literal, MapValue, Member, Value, struct, text
from compiler.steps import training
from compiler.steps.parts import SCALAR

SCALES = Field(Choice(("auto", "linear", "logarithmic", "reverse-logarithmic")), "How the range is searched.")
RANGE = Record(
    {
        "continuous": Field(ListOf(SCALAR, 2), "Lowest and highest value of a real number."),
        "integer": Field(ListOf(SCALAR, 2), "Lowest and highest value of a whole number."),
        "categorical": Field(ListOf(SCALAR, 1), "The words to choose from."),
        "scaling": SCALES,
    }
)
LISTS = {
    "continuous": "ContinuousParameterRanges",
    "integer": "IntegerParameterRanges",
    "categorical": "CategoricalParameterRanges",
}
SCALING = {
    "auto": "Auto", "linear": "Linear", "logarithmic": "Logarithmic", "reverse-logarithmic": "ReverseLogarithmic",
}  # fmt: skip


def ranges(f: MapValue, script: bool, ctx: Context) -> Value | None:
    """ParameterRanges: bounds are text, as the API wants them. `script`: words are JSON-encoded, as in SDK 2.x."""
    given = f.get("ranges")
    if not isinstance(given, MapValue):
        return given
    lists: dict[str, list[Value]] = {}
    for name, member in given.members.items():
        if isinstance(member.value, MapValue):
            _add_range(name, member, lists, script, ctx)
    return struct(given.span, {api: ListValue(tuple(items), given.span) for api, items in lists.items()})


def _add_range(name: str, member: Member, lists: dict[str, list[Value]], script: bool, ctx: Context) -> None:
    record = member.value
    assert isinstance(record, MapValue)
    kinds = [kind for kind in LISTS if kind in record.members]
    if len(kinds) != 1:
        ctx.report(
            "tuning-range",
            f"the range of `{name}` has {'no' if not kinds else 'more than one'} kind",
            member.key_span,
            hint="give exactly one of `continuous`, `integer` and `categorical`",
        )
        return
    kind = kinds[0]
    values = record.get(kind)
    built: dict[str, Value | None] = {"Name": text(name, member.key_span)}
    if kind == "categorical":
        built["Values"] = _words(values, script)
        if (scaling := record.members.get("scaling")) is not None:
            ctx.report("tuning-range", f"the words of `{name}` have no scale", scaling.key_span)
    elif isinstance(values, ListValue):
        if len(values.items) != 2:
            ctx.report(
                "tuning-range",
                f"the range of `{name}` has {len(values.items)} bounds",
                values.span,
                hint="write `[lowest, highest]`",
            )
            return
        built |= {"MinValue": values.items[0], "MaxValue": values.items[1]}
    elif values is not None:
        built |= {"MinValue": values, "MaxValue": values}
    if kind != "categorical":
        built["ScalingType"] = text(SCALING.get(record.text("scaling", "auto"), "Auto"), record.span_of("scaling"))
    lists.setdefault(LISTS[kind], []).append(struct(record.span, built))


def _words(values: Value | None, script: bool) -> Value | None:
    if not script or not isinstance(values, ListValue):
        return values
    items = (training.encoded(text(v.as_text, v.span)) if isinstance(v, Literal) else v for v in values.items)
    return ListValue(tuple(items), values.span)
