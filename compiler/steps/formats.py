"""Formats of a check's data set, as Model Monitor and Clarify each spell them."""

from __future__ import annotations

import json

from compiler.model.kinds import Anything, Choice, Either
from compiler.model.steptype import Context
from compiler.model.values import Hole, Literal, MapValue, Value, text
from compiler.steps.analysis import MIME, plain

FORMATS = tuple(MIME)
# What the analyzer of Model Monitor reads from its variable `dataset_format` (SDK: DatasetFormat).
MONITOR = {
    "csv": {"csv": {"header": True, "output_columns_position": "START"}},
    "csv-without-header": {"csv": {"header": False, "output_columns_position": "START"}},
    "json": {"json": {"lines": False}},
    "json-lines": {"json": {"lines": True}},
    "capture": {"sagemakerCaptureJson": {}},
}
QUALITY_FORMAT = Either(scalar=Choice(tuple(MONITOR)), members=Anything("map"))


def format_text(dataset: MapValue | None, ctx: Context) -> Value:
    """The variable's value: JSON in a string, spaced as the SDK writes it, since it is part of the cache key."""
    given = dataset.get("format") if dataset else None
    match given:
        case Literal() if given.as_text in MONITOR:
            return text(json.dumps(MONITOR[given.as_text]), given.span)
        case MapValue():
            found = plain(given, ctx, "the format of a data set")
            return Hole(given.span) if found is None else text(json.dumps(found), given.span)
        case _:
            return Hole(given.span if given else ctx.span)
