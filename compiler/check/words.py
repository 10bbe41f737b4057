"""Words the service's own schema types as enumerations: whether it takes a run-time value for them is not known.

Source: definition format 4.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.check.facts import Facts
from compiler.check.ways import at
from compiler.diagnostics import Diagnostic
from compiler.model.values import Get, Join, JsonGet

_CONTAINERS = ("PrimaryContainer", "Containers", "InferenceSpecification.Containers")
WORDS: dict[str, tuple[str, ...]] = {
    "Tuning": (
        "HyperParameterTuningJobConfig.Strategy",
        "HyperParameterTuningJobConfig.HyperParameterTuningJobObjective.Type",
        "TrainingJobDefinition.TuningObjective.Type",
        "TrainingJobDefinitions.TuningObjective.Type",
    ),
    "Model": tuple(f"{c}.{m}" for c in _CONTAINERS for m in ("Mode", "ImageConfig.RepositoryAccessMode")),
    "RegisterModel": tuple(f"{c}.{m}" for c in _CONTAINERS for m in ("Mode", "ImageConfig.RepositoryAccessMode")),
    "EMR": ("StepConfig.ActionOnFailure",),
}


def words(facts: Facts) -> Iterator[Diagnostic]:
    """Run-time values in members that are one of a few words."""
    for step in facts.steps.values():
        for path in WORDS.get(step.type, ()):
            for value in at(step.arguments, path):
                if isinstance(value, Get | Join | JsonGet):
                    name = path.rpartition(".")[2]
                    message = f"`{name}` is one of a few words, and the service may refuse a run-time value for it"
                    hint = "write the word, or use a variable"
                    yield Diagnostic.of("variable-word", message, value.span, hint=hint)
