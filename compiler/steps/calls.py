"""`lambda` and `callback`: a function that is called, and a queue that is told and answers later.

Their arguments are free: one flat map, whose values keep their types.
"""

from __future__ import annotations

from compiler.model.kinds import Choice, Field, MapOf
from compiler.model.pipeline import Step
from compiler.model.steptype import Context, Offer, Offers, Property, Request, StepType, keyed
from compiler.model.values import Hole, ListValue, Literal, MapValue, Member, Value, struct, text
from compiler.steps.parts import CACHE, SCALAR, TEXT, fields

OUTPUT_TYPES = ("string", "integer", "float", "boolean")
ARGUMENTS = Field(MapOf(SCALAR), "What is handed over: a name to text, a number, true or false, or a run-time value.")
OUTPUTS = Field(MapOf(Choice(OUTPUT_TYPES)), "What comes back: a name to its type, string, integer, float or boolean.")


def offers(step: Step) -> Offers:
    """Each declared output, by its name."""
    outputs: dict[str, Offer] = {
        e.key.text: Property(f"OutputParameters{keyed(e.key.text)}") for e in step.map("outputs") or ()
    }
    return Offers(outputs, {"outputs": outputs})


def output_parameters(f: MapValue) -> Value | None:
    """`{name: type}` as the service's list, in the author's order; None where there are none."""
    given = f.get("outputs")
    if not isinstance(given, MapValue):
        return given
    items = tuple(_output(name, member) for name, member in given.members.items())
    return ListValue(items, given.span) if items else None


def _output(name: str, member: Member) -> Value:
    word = member.value.as_text.capitalize() if isinstance(member.value, Literal) else ""
    kind = text(word, member.value.span) if word else Hole(member.value.span)
    return struct(member.value.span, {"OutputName": text(name, member.key_span), "OutputType": kind})


def _request(f: MapValue, ctx: Context, **keys: Value | None) -> Request:
    arguments = f.get("arguments") or MapValue({}, ctx.span)
    every = {**keys, "OutputParameters": output_parameters(f)}
    return Request(arguments, {k: v for k, v in every.items() if v is not None})


def build_lambda(f: MapValue, ctx: Context) -> Request:
    return _request(f, ctx, FunctionArn=f.get("function"))


def build_callback(f: MapValue, ctx: Context) -> Request:
    return _request(f, ctx, SqsQueueUrl=f.get("queue"))


LAMBDA = StepType(
    name="lambda",
    json_type="Lambda",
    doc="Calls an AWS Lambda function with a flat map and takes a flat map back; at most 10 minutes.",
    cache="admitted",
    step_keys=("FunctionArn", "OutputParameters"),
    extra_properties={"OutputParameters": "names"},
    offers=offers,
    build=build_lambda,
    fields=fields(
        {"cache": CACHE},
        function=Field(TEXT, "The ARN of the function, in the pipeline's region.", True),
        arguments=ARGUMENTS,
        outputs=OUTPUTS,
    ),
)

CALLBACK = StepType(
    name="callback",
    json_type="Callback",
    doc="Sends a message with a token to an SQS queue and waits until somebody answers with that token.",
    cache="admitted",
    step_keys=("SqsQueueUrl", "OutputParameters"),
    extra_properties={"OutputParameters": "names"},
    offers=offers,
    build=build_callback,
    fields=fields(
        {"cache": CACHE},
        queue=Field(TEXT, "The URL of the SQS queue.", True),
        arguments=ARGUMENTS,
        outputs=OUTPUTS,
    ),
)
