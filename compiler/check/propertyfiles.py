"""Property files and the values read from them."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.check.facts import Facts
from compiler.decode.structure import has_gap
from compiler.diagnostics import Diagnostic, Place
from compiler.model.program import BuiltStep
from compiler.model.values import Hole, JsonGet, ListValue, Literal, MapValue
from compiler.text import guess


def property_files(facts: Facts) -> Iterator[Diagnostic]:
    """Each property file lies under an output that its step has (DG: build-and-manage-propertyfile)."""
    for step in facts.steps.values():
        outputs = _outputs(step)
        seen: dict[str, MapValue] = {}
        for file in _files(step):
            name, output = file.text("PropertyFileName"), file.get("OutputName")
            if name in seen:
                yield Diagnostic.of(
                    "property-file-name",
                    f"two property files are named `{name}`",
                    file.span_of("PropertyFileName"),
                    places=(Place(seen[name].span_of("PropertyFileName"), "the other"),),
                )
            seen.setdefault(name, file)
            if isinstance(output, Literal) and outputs is not None and output.as_text not in outputs:
                known = f"its outputs are {', '.join(outputs)}" if outputs else ""
                hint = guess(output.as_text, outputs) or known
                span = (
                    output.span.sub(0, len(output.as_text))
                    if output.span.text.startswith(output.as_text)
                    else output.span
                )
                yield Diagnostic.of(
                    "property-file-output",
                    f"step `{step.name}` has no output named `{output.as_text}`",
                    span,
                    hint=hint,
                )


def json_gets(facts: Facts) -> Iterator[Diagnostic]:
    """Only processing steps have property files, and only declared ones can be read."""
    for step in facts.steps.values():
        for value in facts.program.reads[step.name]:
            if isinstance(value, JsonGet) and value.step in facts.steps:
                yield from _json_get(value, facts.steps[value.step])


def _json_get(value: JsonGet, source: BuiltStep) -> Iterator[Diagnostic]:
    if source.type != "Processing":
        yield Diagnostic.of(
            "wrong-step-type", f"`{source.name}` is no processing step, and only those have property files", value.span
        )
        return
    names = [f.text("PropertyFileName") for f in _files(source)]
    if value.file and value.file not in names and not value.metric and not has_gap(source.source.fields):
        at = value.span.text.rfind(value.file)
        yield Diagnostic.of(
            "unknown-property-file",
            f"step `{source.name}` has no property file named `{value.file}`",
            value.span.sub(at, at + len(value.file)) if at >= 0 else value.span,
            hint=guess(value.file, names) or "declare it under `property_files`",
        )


def _files(step: BuiltStep) -> list[MapValue]:
    found = step.keys.get("PropertyFiles")
    return [f for f in found.items if isinstance(f, MapValue)] if isinstance(found, ListValue) else []


def _outputs(step: BuiltStep) -> list[str] | None:
    """The names of a processing step's outputs; None where they could not be read."""
    if not isinstance(step.arguments, MapValue):
        return None
    config = step.arguments.get("ProcessingOutputConfig")
    if config is None:
        return []
    if not isinstance(config, MapValue) or not isinstance(config.get("Outputs"), ListValue):
        return None
    items = config.list("Outputs")
    if any(isinstance(i, Hole) for i in items):
        return None
    return [i.text("OutputName") for i in items if isinstance(i, MapValue)]
