"""The keys of ClarifyCheck and QualityCheck steps. Source: DG, pipelines-quality-clarify-baseline-lifecycle."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.check.facts import Facts
from compiler.check.spoken import TYPES
from compiler.diagnostics import Diagnostic
from compiler.model.program import BuiltStep
from compiler.model.values import Get, Join, JsonGet, Literal, Value
from compiler.text import guess

KINDS = {
    "ClarifyCheck": ("DATA_BIAS", "MODEL_BIAS", "MODEL_EXPLAINABILITY"),
    "QualityCheck": ("DATA_QUALITY", "MODEL_QUALITY"),
}
OF_MODELS = ("MODEL_BIAS", "MODEL_EXPLAINABILITY")
FIELDS = {"SkipCheck": "skip", "FailOnViolation": "fail_on_violation", "RegisterNewBaseline": "register_new_baseline"}
SWITCHES = ("SkipCheck", "FailOnViolation", "RegisterNewBaseline")
BASELINES = ("ModelPackageGroupName", "SuppliedBaselineConstraints", "SuppliedBaselineStatistics")


def check_steps(facts: Facts) -> Iterator[Diagnostic]:
    """Unknown kinds of check, switches that are no booleans, and checks of a model without one."""
    for step in facts.steps.values():
        if step.type in KINDS:
            yield from _kind(step)
            for key in SWITCHES:
                yield from _switch(key, step.keys.get(key), bool(step.source.type.json_type))
            yield from _model(step)


def baselines(facts: Facts) -> Iterator[Diagnostic]:
    """Checks that have nothing to compare with."""
    for step in facts.steps.values():
        if step.type in KINDS:
            yield from _baseline(step)


def _kind(step: BuiltStep) -> Iterator[Diagnostic]:
    """Only a raw step can have another kind, or none."""
    value, known = step.keys.get("CheckType"), KINDS[step.type]
    if value is None:
        yield Diagnostic.of("missing-member", f"step `{step.name}` has no `CheckType`", step.span)
    elif isinstance(value, Literal) and value.as_text not in known:
        hint = guess(value.as_text, known) or "one of " + ", ".join(f"`{k}`" for k in known)
        yield Diagnostic.of("unknown-value", f"`{value.as_text}` is not a value of `CheckType`", value.span, hint=hint)


def _spoken(key: str, concise: bool) -> str:
    return FIELDS[key] if concise else key


def _switch(key: str, value: Value | None, concise: bool) -> Iterator[Diagnostic]:
    match value:
        case Literal(value=given) if not isinstance(given, bool):
            yield Diagnostic.of(
                "argument-type", f"`{_spoken(key, concise)}` wants true or false, found `{value.as_text}`", value.span,
            )  # fmt: skip
        case Get(type="string" | "integer" | "float") | Join():
            parameter = isinstance(value, Get) and value.root == "Parameters"
            what = f"parameter `{value.name}`" if isinstance(value, Get) and parameter else "the value"
            kind = TYPES[value.type] if isinstance(value, Get) else "text"
            message = f"`{_spoken(key, concise)}` wants true or false, and {what} is {kind}"
            hint = "declare the parameter as `type: boolean`" if parameter else ""
            yield Diagnostic.of("type-mismatch", message, value.span, hint=hint)


def _model(step: BuiltStep) -> Iterator[Diagnostic]:
    kind = step.keys.text("CheckType")
    if kind in OF_MODELS and step.keys.get("ModelName") is None:
        field = "model_name" if step.source.type.json_type else "ModelName"
        yield Diagnostic.of(
            "missing-member", f"step `{step.name}` has no `{field}`, and {kind} checks a model", step.span,
            hint=f"add `{field}`",
        )  # fmt: skip


def _baseline(step: BuiltStep) -> Iterator[Diagnostic]:
    """A baseline must exist unless the check is skipped and a new one handed on; without a source none can."""
    if any(step.keys.get(key) is not None for key in BASELINES):
        return
    skip, new = step.keys.get("SkipCheck"), step.keys.get("RegisterNewBaseline")
    if _is(skip, False) or _is(new, False):
        yield Diagnostic.of(
            "check-baseline", f"step `{step.name}` has nothing to compare with", step.span,
            hint="give `package_group` or `supplied_baseline`; a first run has `skip` and `register_new_baseline` true",
        )  # fmt: skip


def _is(value: Value | None, wanted: bool) -> bool:
    """Whether the switch is known to be so; a run-time value may be either."""
    match value:
        case Literal():
            return value.value is wanted
        case Get() | Join() | JsonGet():
            return False
        case _:
            return wanted is False
