"""`condition`, `fail` and `raw`."""

from __future__ import annotations

from compiler.expr import UNKNOWN
from compiler.model.kinds import Anything, Field, Nested
from compiler.model.pipeline import Step
from compiler.model.steptype import Context, Offers, Property, Request, StepType
from compiler.model.values import Hole, MapValue, struct
from compiler.steps.parts import COMMON, STATIC, TEXT


def build_condition(f: MapValue, ctx: Context) -> Request:
    branches = {"IfSteps": ctx.children("then"), "ElseSteps": ctx.children("else")}
    return Request(struct(ctx.span, {"Conditions": ctx.condition("if"), **branches}))


def outcome(step: Step) -> Offers:
    return Offers({"outcome": Property("Outcome", UNKNOWN)})


CONDITION = StepType(
    name="condition",
    json_type="Condition",
    doc="Runs one of two branches.",
    build=build_condition,
    offers=outcome,
    extra_properties={"Outcome": UNKNOWN},
    fields={
        **COMMON,
        "if": Field(Nested("if"), "What must hold for `then` to run: a comparison, or `all`, `any`, `not`.", True),
        "then": Field(Nested("steps"), "The steps that run when it holds."),
        "else": Field(Nested("steps"), "The steps that run when it does not."),
    },
)


def build_fail(f: MapValue, ctx: Context) -> Request:
    return Request(struct(ctx.span, {"ErrorMessage": f.get("message") or Hole(ctx.span)}))


FAIL = StepType(
    name="fail",
    json_type="Fail",
    doc="Ends the execution as failed, with a message.",
    build=build_fail,
    fields={**COMMON, "message": Field(TEXT, "What the failed execution says.", True)},
)


def build_raw(f: MapValue, ctx: Context) -> Request:
    return Request(f.get("definition") or Hole(ctx.span))


RAW = StepType(
    name="raw",
    json_type="",
    doc="A step in the API's own spelling, emitted as written.",
    build=build_raw,
    fields={
        "type": Field(STATIC, "The step type.", required=True),
        "definition": Field(Anything("map"), "The whole step but its Name, in the API's own spelling.", True),
    },
)
