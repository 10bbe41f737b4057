"""What a lineage step records, and what its associations may join. Source: SDK 3.27, lineage_step."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.check.facts import Facts
from compiler.diagnostics import Diagnostic
from compiler.model.program import BuiltStep
from compiler.model.values import Get, Literal, MapValue
from compiler.text import guess

KINDS = {
    "Action": ("Actions", "ActionName"),
    "Artifact": ("Artifacts", "ArtifactName"),
    "Context": ("Contexts", "ContextName"),
}
ENDS = ("Source", "Destination")


def lineage(facts: Facts) -> Iterator[Diagnostic]:
    """A lineage step records something; its associations join entities of its own, or ones that have an ARN."""
    for step in facts.steps.values():
        if step.type != "Lineage" or not isinstance(step.arguments, MapValue):
            continue
        if not any(key in step.arguments.members for key in ("Actions", "Artifacts", "Contexts", "Associations")):
            yield Diagnostic.of(
                "lineage-empty",
                f"step `{step.name}` records nothing",
                step.span,
                hint="give at least one of `Actions`, `Artifacts`, `Contexts` and `Associations`",
            )
        for association in step.arguments.list("Associations"):
            for name in ENDS if isinstance(association, MapValue) else ():
                end = association.map(name) if isinstance(association, MapValue) else None
                yield from _end(end, step.arguments, facts) if end else ()


def _end(end: MapValue, arguments: MapValue, facts: Facts) -> Iterator[Diagnostic]:
    arn, kind, name = end.get("Arn"), end.get("Type"), end.get("Name")
    if isinstance(arn, Get) and arn.root == "Steps" and _records(facts.steps.get(arn.name)):
        yield Diagnostic.of(
            "lineage-arn",
            f"the service may not take an ARN of step `{arn.name}` here",
            arn.span,
            hint="name the step in `after`, and write `arn:aws:sagemaker:<region>:<account>:artifact/<name>`",
        )
    if not isinstance(kind, Literal):
        return
    if kind.as_text not in KINDS:
        hint = guess(kind.as_text, KINDS) or "one of " + ", ".join(f"`{k}`" for k in KINDS)
        yield Diagnostic.of("argument-value", f"`{kind.as_text}` is not a value of `Type`", kind.span, hint=hint)
        return
    known = _recorded(arguments, kind.as_text)
    if isinstance(name, Literal) and known is not None and name.as_text not in known:
        yield Diagnostic.of(
            "lineage-end",
            f"this step records no {kind.as_text} named `{name.as_text}`",
            name.span,
            hint=guess(name.as_text, known) or "name what another step recorded by its `Arn`",
        )


def _records(step: BuiltStep | None) -> bool:
    return step is not None and step.type == "Lineage"


def _recorded(arguments: MapValue, kind: str) -> tuple[str, ...] | None:
    """The names the step records of a kind; None where one of them is known only when running."""
    key, member = KINDS[kind]
    names = [item.get(member) for item in arguments.list(key) if isinstance(item, MapValue)]
    if any(name is not None and not isinstance(name, Literal) for name in names):
        return None
    return tuple(name.as_text for name in names if isinstance(name, Literal))
