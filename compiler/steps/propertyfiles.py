"""Metrics and property files of a processing step: JSON files under its outputs that other places read."""

from __future__ import annotations

import re

from compiler.model.kinds import Either, Field, MapOf, Record
from compiler.model.pipeline import Step
from compiler.model.steptype import Context
from compiler.model.values import ListValue, Value, struct, text
from compiler.steps import parts
from compiler.syntax import Mapping, Scalar
from compiler.text import Span

METRICS = Field(
    MapOf(
        Record(
            {
                "file": Field(parts.STATIC, "A JSON file under one of the outputs: `output/file.json`.", True),
                "json_path": Field(parts.STATIC, "The value's path in the file.", True),
            }
        )
    ),
    "Values this step writes to a JSON file, for conditions to read as `step:name`.",
)
PROPERTY_FILES = Field(
    MapOf(Either(scalar=parts.STATIC, members=Record({"file": Field(parts.STATIC, "`output/file.json`.", True)}))),
    "JSON files other places read by name, where `metrics` does not serve; name to `output/file.json`.",
)


def static(record: Mapping, key: str) -> str:
    """The text of a key of a record as written; "" where there is none."""
    node = record.get(key)
    return node.text if isinstance(node, Scalar) else ""


def property_file_names(step: Step) -> dict[str, str]:
    """`output/file.json` to the property file that names it: the author's own, else one derived from the path."""
    named: dict[str, str] = {}
    for entry in step.map("property_files") or ():
        file = static(entry.value, "file") if isinstance(entry.value, Mapping) else getattr(entry.value, "text", "")
        if file:
            named.setdefault(file, entry.key.text)
    for entry in step.map("metrics") or ():
        if isinstance(entry.value, Mapping):
            file = static(entry.value, "file")
            if file:
                named.setdefault(file, _derived_name(file, set(named.values())))
    return named


def _derived_name(file: str, taken: set[str]) -> str:
    stem = file.rsplit(".", 1)[0] if "." in file.rsplit("/", 1)[-1] else file
    base = re.sub(r"[^A-Za-z0-9_-]", "-", stem) or "file"
    name, number = base, 2
    while name in taken:
        name, number = f"{base}-{number}", number + 1
    return name


def property_files(step: Step, ctx: Context) -> Value | None:
    """The step's PropertyFiles, one for each file that a metric or the author names."""
    _one_namespace(step, ctx)
    found = []
    for file, name in property_file_names(step).items():
        span = _file_span(step, file)
        output, slash, path = file.partition("/")
        if not slash or not path:
            ctx.report(
                "property-file-path",
                f"`{file}` does not name a file under an output",
                span,
                hint="write `output/file.json`, with the name of an output before the slash",
            )
            continue
        members = {"PropertyFileName": name, "OutputName": output, "FilePath": path}
        found.append(struct(span, {k: text(v, span) for k, v in members.items()}))
    return ListValue(tuple(found), found[0].span) if found else None


def _file_span(step: Step, file: str) -> Span:
    for section in ("property_files", "metrics"):
        for entry in step.map(section) or ():
            node = entry.value.get("file") if isinstance(entry.value, Mapping) else entry.value
            if isinstance(node, Scalar) and node.text == file:
                return node.span
    return step.name_span


def _one_namespace(step: Step, ctx: Context) -> None:
    """`step:name` finds outputs and metrics alike."""
    outputs = step.map("outputs")
    for entry in step.map("metrics") or ():
        if outputs is not None and (name := entry.key.text) in outputs.entries:
            ctx.report("conflicting-keys", f"`{name}` is an output and a metric", entry.key.span,
                       hint=f"`{step.name}:{name}` must mean one of them")  # fmt: skip
