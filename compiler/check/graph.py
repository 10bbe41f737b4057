"""What a step may wait for: branches, loops, Fail steps, triggers."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.check.facts import Facts
from compiler.diagnostics import Diagnostic, Place
from compiler.model.program import BuiltStep, Depend, Edge

Chain = tuple[tuple[str, str], ...]


def visibility(facts: Facts) -> Iterator[Diagnostic]:
    """A step may read what stands on its own level or further out, and nothing inside another branch or body."""
    chains = {name: chain(facts.steps, step) for name, step in facts.steps.items()}
    for edge in facts.program.edges:
        target = facts.steps.get(edge.needs)
        if target is None or edge.why in ("branch", "body") or edge.span is None or edge.step == edge.needs:
            continue
        if target.type == "Fail":
            yield Diagnostic.of(
                "fail-dependency",
                f"step `{edge.step}` waits for `{edge.needs}`, which ends the execution",
                edge.span,
                hint="nothing can run after a fail step",
            )
        elif (fault := outside(edge, chains, facts.steps)) is not None:
            yield fault
        elif target.type == "ForEach" and any(container == edge.needs for container, _ in chains[edge.step]):
            yield Diagnostic.of(
                "cycle",
                f"`{edge.step}` stands in the loop `{edge.needs}` and waits for it to end",
                edge.span,
                hint="read it in a step behind the loop",
            )


def chain(steps: dict[str, BuiltStep], step: BuiltStep) -> Chain:
    """The containers around a step, outermost first: each with the branch the step stands in."""
    found: list[tuple[str, str]] = []
    while step.parent:
        found.append((step.parent, step.branch))
        step = steps[step.parent]
    return tuple(reversed(found))


def outside(edge: Edge, chains: dict[str, Chain], steps: dict[str, BuiltStep]) -> Diagnostic | None:
    """Why an edge may not reach into the branch or body its target stands in; None where it may."""
    if edge.why in ("branch", "body"):
        return None
    own, other = chains[edge.step], chains[edge.needs]
    if own[: len(other)] == other or any(container == edge.step for container, _ in other):
        return None
    container, branch = next(pair for i, pair in enumerate(other) if own[i : i + 1] != (pair,))
    places = (Place(steps[edge.needs].span, f"`{edge.needs}` stands in `{branch}` of `{container}`"),)
    if any(c == container for c, _ in own):
        return Diagnostic.of(
            "cross-branch",
            f"`{edge.needs}` stands in the other branch of `{container}`, and only one of them runs",
            edge.span,
            places=places,
            hint=f"move what both branches need before `{container}`",
        )
    if steps[container].type == "ForEach":
        loop = f"steps.{container}"
        hint = f"read `${{{{ {loop}.outputs[0].{edge.needs}.… }}}}` or `${{{{ {loop}.selected.… }}}}`"
        return Diagnostic.of(
            "body-reference",
            f"`{edge.needs}` runs once for each item of `{container}`, and from outside names no single run",
            edge.span,
            hint=hint,
            places=places,
        )
    return Diagnostic.of(
        "branch-reference",
        f"step `{edge.step}` stands outside the branch that `{edge.needs}` is in, and "
        "would never start when the branch is not taken",
        edge.span,
        places=places,
        hint=f"move `{edge.step}` into the same branch",
    )


def conditions_nested(facts: Facts) -> Iterator[Diagnostic]:
    """DG: nested condition steps are not supported; `after` cannot name a condition step (GH 3565)."""
    for step in facts.steps.values():
        if step.type == "Condition" and step.parent and facts.steps[step.parent].type == "Condition":
            yield Diagnostic.of(
                "nested-condition",
                f"condition step `{step.name}` stands inside a branch of `{step.parent}`, which the service refuses",
                step.span,
                hint="put it on the top level and compare with `value: ${{ steps."
                f"{step.parent}.outcome }}}}`, or join the conditions with `all`",
            )
        for depend in step.depends:
            target = facts.steps.get(depend.step)
            if target is not None and target.type == "Condition" and depend.trigger == "Completed":
                yield Diagnostic.of(
                    "after-condition",
                    f"`after` cannot name the condition step `{depend.step}`",
                    depend.span,
                    hint=f"read its outcome instead: `${{{{ steps.{depend.step}.outcome }}}}`",
                )


def triggers(facts: Facts) -> Iterator[Diagnostic]:
    """One trigger for each pair of steps; an output is not there when the step that writes it failed."""
    for step in facts.steps.values():
        first: dict[str, Depend] = {}
        for depend in step.depends:
            other = first.setdefault(depend.step, depend)
            given = other.trigger
            if given != depend.trigger:
                yield Diagnostic.of(
                    "conflicting-triggers",
                    f"step `{step.name}` waits for `{depend.step}` with two triggers, "
                    f"{given.lower()} and {depend.trigger.lower()}",
                    depend.span,
                    places=(Place(other.span, "the first"),),
                    hint="keep one of them; `any` waits for every outcome",
                )
        for edge in facts.needs[step.name]:
            trigger = first[edge.needs].trigger if edge.needs in first else "Completed"
            if edge.why == "reference" and trigger != "Completed":
                yield _reads(edge, trigger)


def _reads(edge: Edge, trigger: str) -> Diagnostic:
    if trigger == "Any":
        message = f"`{edge.needs}` may have failed when `{edge.step}` reads this"
        return Diagnostic.of("reads-any", message, edge.span, hint="do not read it here, or remove the trigger")
    return Diagnostic.of(
        "reads-failed",
        f"`{edge.step}` runs only when `{edge.needs}` has {_VERBS[trigger]}, and then this has no value",
        edge.span,
        hint="do not read it here, or remove the trigger",
    )


_VERBS = {"Failed": "failed", "Stopped": "been stopped"}


def never_runs(facts: Facts) -> Iterator[Diagnostic]:
    """A step that needs one and the same step to have completed and to have failed."""
    special = [e for e in facts.program.edges if e.trigger in ("Failed", "Stopped")]
    if not special:
        return
    known: dict[str, dict[str, Edge]] = {}
    for name, step in facts.steps.items():
        demands = _demands(name, facts, known, ())
        for edge in special:
            other = demands.get(f"{edge.needs} Completed")
            mine = demands.get(f"{edge.needs} {edge.trigger}")
            if mine is None or other is None or (mine.step, mine.needs) == (other.step, other.needs):
                continue
            blamed = next(e for e in facts.needs[name] if e.span is not None)
            if name in (mine.step, other.step) or not _inherits(name, facts, edge, known):
                fate = "to fail" if edge.trigger == "Failed" else "to be stopped"
                label = f"`{mine.step}` waits for `{edge.needs}` {fate}"
                yield Diagnostic.of(
                    "never-runs",
                    f"step `{name}` can never run: it needs `{edge.needs}` both to complete and {fate}",
                    blamed.span or step.span,
                    places=(Place(mine.span, label),) if mine.span and mine.span != blamed.span else (),
                    hint="remove one of the two",
                )
                break


def _demands(name: str, facts: Facts, known: dict[str, dict[str, Edge]], path: tuple[str, ...]) -> dict[str, Edge]:
    """What must have happened for a step to run, by `<step> <trigger>`, with an edge that says so."""
    if name in known or name in path:
        return known.get(name, {})
    found: dict[str, Edge] = {}
    for edge in facts.needs.get(name, ()):
        found.setdefault(f"{edge.needs} {edge.trigger}", edge)
        if edge.trigger == "Completed" and edge.why != "body":
            for key, value in _demands(edge.needs, facts, known, (*path, name)).items():
                found.setdefault(key, value)
    known[name] = found
    return found


def _inherits(name: str, facts: Facts, edge: Edge, known: dict[str, dict[str, Edge]]) -> bool:
    """Whether a step it waits for can itself never run for the same reason; then that one was told."""
    keys = (f"{edge.needs} Completed", f"{edge.needs} {edge.trigger}")
    return any(all(k in known.get(e.needs, {}) for k in keys) for e in facts.needs[name])
