"""Names, and the limits on names and texts. Sources: API patterns, definition format."""

from __future__ import annotations

import re
from collections.abc import Iterator

from compiler.check.facts import Facts
from compiler.diagnostics import Diagnostic
from compiler.model.values import Literal
from compiler.resolve.names import NAME
from compiler.syntax import Scalar
from compiler.text import Span

PIPELINE_NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,255}")
METADATA_KEY = re.compile(r"[A-Za-z0-9_-]{1,128}")
MOST_PARAMETERS, MOST_STEPS, MOST_TAGS = 200, 50, 50


def pipeline_name(facts: Facts) -> Iterator[Diagnostic]:
    """API: PipelineName."""
    node = facts.program.pipeline.settings.get("name")
    if isinstance(node, Scalar) and not PIPELINE_NAME.fullmatch(node.text):
        yield Diagnostic.of(
            "pipeline-name",
            f"`{node.text}` is not a name the service takes",
            node.span,
            hint=f"letters, digits and hyphens between them, at most 256: `{_mended(node.text)}`",
        )


def _mended(name: str) -> str:
    return re.sub(r"[^a-zA-Z0-9]+", "-", name).strip("-")[:256] or "my-pipeline"


def names(facts: Facts) -> Iterator[Diagnostic]:
    """Step, parameter and metadata names: letters, digits, `-` and `_`."""
    for step in facts.steps.values():
        yield from _name(step.name, step.span, "step")
    for parameter in facts.parameters.values():
        yield from _name(parameter.name, parameter.span, "parameter")
    metadata = facts.program.settings.map("metadata")
    for key, member in metadata.members.items() if metadata else ():
        if not METADATA_KEY.fullmatch(key):
            hint = f"letters, digits, `-` and `_`, at most 128: `{_words(key)[:128] or 'key'}`"
            message = f"`{key}` is not a metadata key the service takes"
            yield Diagnostic.of("metadata-key", message, member.key_span, hint=hint)


def _name(name: str, span: Span, what: str) -> Iterator[Diagnostic]:
    if NAME.fullmatch(name):
        return
    if len(name) > 64:
        message = f"`{name}` has {len(name)} characters, and a {what} name at most 64"
        yield Diagnostic.of(f"{what}-name", message, span, hint="shorten it")
    else:
        mended = _words(name) or what
        yield Diagnostic.of(
            f"{what}-name",
            f"`{name}` is not a {what} name the service takes",
            span,
            hint=f"letters, digits, `-` and `_`: `{mended}`",
        )


def _words(name: str) -> str:
    """The name with a hyphen for what a name cannot hold."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-")


def texts(facts: Facts) -> Iterator[Diagnostic]:
    """API: StepDisplayName at most 256, StepDescription at most 3072 characters."""
    for step in facts.steps.values():
        for key, most in (("DisplayName", 256), ("Description", 3072)):
            value = step.keys.get(key)
            if isinstance(value, Literal) and len(value.as_text) > most:
                yield _too_long(
                    f"the {'display name' if key == 'DisplayName' else 'description'}",
                    most,
                    len(value.as_text),
                    value.span,
                )


def _too_long(what: str, most: int, found: int, span: Span) -> Diagnostic:
    return Diagnostic.of("text-length", f"{what} takes at most {most} characters, found {found}", span)


def counts(facts: Facts) -> Iterator[Diagnostic]:
    """Quotas: 50 steps and 200 parameters in a pipeline, 50 tags."""
    steps = list(facts.steps.values())
    section = facts.document.section("steps")
    if section is not None and not section.entries:
        yield Diagnostic.of("no-steps", "the pipeline has no steps", facts.document.root.entries["steps"].key.span)
    if len(steps) > MOST_STEPS and "quota-steps" not in facts.allow:
        yield Diagnostic.of(
            "quota-steps",
            f"the pipeline has {len(steps)} steps, and the service takes {MOST_STEPS}",
            steps[MOST_STEPS].span,
            label="the first too many",
            hint="split the pipeline",
        )
    parameters = list(facts.parameters.values())
    if len(parameters) > MOST_PARAMETERS:
        yield Diagnostic.of(
            "quota-parameters",
            f"the pipeline has {len(parameters)} parameters, and the service takes {MOST_PARAMETERS}",
            parameters[MOST_PARAMETERS].span,
            label="the first too many",
            hint="what stays the same from run to run is better a variable",
        )


def loop_names(facts: Facts) -> Iterator[Diagnostic]:
    """The children of a loop are named `<body step>-<index>`: no other step may be."""
    bodies = [s for s in facts.steps.values() if s.branch in ("steps", "ForEachBody")]
    for body in bodies:
        child = re.compile(re.escape(body.name) + r"-\d+")
        for step in facts.steps.values():
            if child.fullmatch(step.name):
                yield Diagnostic.of(
                    "loop-name",
                    f"`{step.name}` is the name of a run of `{body.name}` in a loop",
                    step.span,
                    hint="give the step another name",
                )
        if len(body.name) > 58:
            yield Diagnostic.of(
                "loop-name",
                "the name leaves no room for the number of the run",
                body.span,
                hint="names in a loop have at most 58 characters",
            )
