"""The analysis configuration of Clarify: a file made when compiling, from a map or a JSON file."""

from __future__ import annotations

import json
import math
from typing import Any

from compiler.model.steptype import Context
from compiler.model.values import Hole, ListValue, Literal, MapValue, Value
from compiler.text import Source, Span
from compiler.text.jsonfault import json_fault, parse_json

Json = Any
CONFIG_FILE = "analysis_config.json"  # the name under which the container looks for it
MIME = {
    "csv": "text/csv", "json": "application/json", "json-lines": "application/jsonlines",
    "capture": "application/sagemakercapturejson", "parquet": "application/x-parquet", "image": "application/x-image",
}  # fmt: skip


def analysis_config(f: MapValue, ctx: Context) -> tuple[Value, bool]:
    """The S3 URI of the configuration, and whether the data are images (their results are uploaded as they appear).

    A configuration that lies in S3 already is not read.
    """
    given = f.get("analysis")
    match given:
        case MapValue():
            found = plain(given, ctx, "an analysis configuration")
        case Literal() if given.as_text.startswith("s3://"):
            return given, False
        case Literal():
            found = _read(given, ctx)
        case _:
            return Hole(given.span if given else f.span), False
    if found is None or not _with_type(found, f, given.span, ctx):
        return Hole(given.span), False
    content = json.dumps(found, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return ctx.inline_file(CONFIG_FILE, content, given.span), found["dataset_type"] == MIME["image"]


def _read(path: Literal, ctx: Context) -> dict[str, Json] | None:
    content = ctx.file_text(path)
    if content is None:
        return None
    try:
        found = parse_json(content, _no_constant)
    except json.JSONDecodeError as error:
        why, position = json_fault(error)
        line, column = Source(path.as_text, content).position(position)
        message = f"`{path.as_text}` is not JSON: {why} (line {line}, column {column})"
        ctx.report("analysis-config", message, path.span)
        return None
    except ValueError as error:
        ctx.report("analysis-config", f"`{path.as_text}` is not JSON: {error}", path.span)
        return None
    if not isinstance(found, dict):
        ctx.report("analysis-config", f"`{path.as_text}` does not hold a map", path.span)
        return None
    return found


def _no_constant(word: str) -> None:
    raise ValueError(f"`{word}` is not a value of JSON")


def _with_type(found: dict[str, Json], f: MapValue, span: Span, ctx: Context) -> bool:
    """Fill `dataset_type` from the data set's `format`; whether the configuration has one."""
    given, dataset = f.get("dataset"), f.map("dataset")
    if given is None or isinstance(given, Hole) or (dataset and isinstance(dataset.get("format"), Hole)):
        return False
    word = dataset.text("format") if dataset else ""
    if word not in MIME:
        if "dataset_type" not in found:
            ctx.report(
                "analysis-config",
                "the analysis configuration has no `dataset_type`",
                span,
                hint="add it, or give the data set a `format`",
            )
        return "dataset_type" in found
    if found.setdefault("dataset_type", MIME[word]) != MIME[word]:
        ctx.report(
            "conflicting-keys",
            f"the format is {word}, and the configuration says `{found['dataset_type']}`",
            dataset.span_of("format") if dataset else span,
        )
    return True


def plain(value: MapValue, ctx: Context, what: str) -> dict[str, Json] | None:
    """A map as JSON; None where a part is known only when running, or is no JSON (each such part is reported)."""
    faults: list[Value] = []
    found: dict[str, Json] = _plain(value, faults)
    for fault in faults:
        if isinstance(fault, Literal):
            ctx.report("analysis-config", f"`{fault.text}` is not a number JSON can hold", fault.span)
        elif not isinstance(fault, Hole):
            ctx.report(
                "runtime-in-compile-slot",
                f"{what} must be known when compiling, and this is known only when running",
                fault.span,
                hint="use a `${{ variables.… }}` or `${{ target.… }}` value, or write it out",
            )
    return None if faults else found


def _plain(value: Value, faults: list[Value]) -> Json:
    match value:
        case MapValue():
            return {k: _plain(v, faults) for k, v in value.pairs()}
        case ListValue(items):
            return [_plain(item, faults) for item in items]
        case Literal(value=float() as number) if not math.isfinite(number):
            faults.append(value)
        case Literal():
            return value.value
        case _:
            faults.append(value)
    return None
