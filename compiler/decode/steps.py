"""Steps as written become steps: patched by the target, stamped out, folded, with defaults below them."""

from __future__ import annotations

from dataclasses import field, replace
from itertools import product
from math import prod

from compiler.decode.fold import Scope, fold
from compiler.decode.merge import merge_maps
from compiler.decode.rawsteps import nested_steps
from compiler.decode.respelling import BRANCHES, near_type
from compiler.decode.schema import defaults_record, type_default_fields
from compiler.decode.structure import conform, has_gap
from compiler.diagnostics import Report
from compiler.model.kinds import Record
from compiler.model.pipeline import Step
from compiler.model.steptype import StepType
from compiler.steps import STEP_TYPES
from compiler.steps.parts import COMMON
from compiler.syntax import Entry, Gap, Mapping, Node, Scalar, Sequence, Template
from compiler.text import closest, mutable

STEPS_HINT = "write each step as `name: {type: ..., ...}`, without a `-`"
MOST_STAMPED = 5_000  # a hundred times what the service takes
NAME_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")


@mutable
class StepReader:
    """Reads the steps of a document for one target. `poisoned` gathers the names of steps that could not be read."""

    scope: Scope
    report: Report
    defaults: Mapping | None
    poisoned: set[str] = field(default_factory=set)
    stamped: int = 0
    _defaults: dict[str, Mapping | None] = field(default_factory=dict)

    def read(self, steps: Mapping, parent: str = "", branch: str = "", suffix: str = "",
             matrix: dict[str, Node] | None = None) -> tuple[Step, ...]:  # fmt: skip
        """The steps of one map, nested ones inside them."""
        found: list[Step] = []
        for entry in steps:
            found += self._stamp(entry, parent, branch, suffix, matrix)
        return tuple(found)

    def _stamp(self, entry: Entry, parent: str, branch: str, suffix: str, outer: dict[str, Node] | None) -> list[Step]:
        name, node = entry.key.text, entry.value
        if not isinstance(node, Mapping):
            if not isinstance(node, Gap):
                word = node.text if isinstance(node, Scalar) and node.text in STEP_TYPES else "..."
                hint = f"write `{name}: {{type: {word}, ...}}`"
                self.report.add("wrong-type", f"step `{name}` wants a map", node.span, hint=hint)
            self.poisoned.add(name)
            return []
        if "matrix" not in node.entries:
            step = self._one(entry, name + suffix, node, parent, branch, suffix, outer)
            return [step] if step else []
        matrix = fold(node.entries["matrix"].value, self.scope, outer)
        combinations = self._combinations(matrix)
        if combinations is None:
            self.poisoned.add(name)
            return []
        stamped = [
            self._one(entry, name + suffix + tail, node, parent, branch, suffix + tail, {**(outer or {}), **values})
            for tail, values in combinations
        ]
        return [step for step in stamped if step]

    def _combinations(self, matrix: Node) -> list[tuple[str, dict[str, Node]]] | None:
        """Each combination with the text it appends to names; None where the matrix is at fault."""
        if isinstance(matrix, Gap):
            return None
        if not isinstance(matrix, Mapping):
            hint = "write `matrix: {name: [value, value]}`"
            self.report.add("wrong-type", "`matrix` wants a map of lists", matrix.span, hint=hint)
            return None
        checked = conform(matrix, COMMON["matrix"].kind, "processing/properties/matrix", "`matrix`", self.report)
        if not checked.entries or has_gap(checked) or self._running(checked):
            return None
        lists = [e.value.items for e in checked if isinstance(e.value, Sequence)]
        self.stamped += prod(map(len, lists))
        if self.stamped > MOST_STAMPED:
            message = f"the matrices of the pipeline stamp out more than {MOST_STAMPED:,} steps"
            self.report.add("matrix-size", message, matrix.span)
            return None
        return [("".join("-" + _nameable(v) for v in values), dict(zip(checked.entries, values, strict=True)))
                for values in product(*lists)]  # fmt: skip

    def _running(self, matrix: Mapping) -> bool:
        """Whether a list, or a value in one, is known only when running; reported."""
        nodes = [node for e in matrix for node in (e.value.items if isinstance(e.value, Sequence) else (e.value,))]
        found = [node for node in nodes if isinstance(node, Template)]
        for node in found:
            span = next(part.span for part in node.parts if not isinstance(part, str))
            self.report.add("runtime-in-compile-slot", "a step is stamped out when compiling, and this is known only "
                            "when running", span, hint="write the values out, or use `${{ variables.… }}`; a list "
                            "that only a run knows goes to a `for-each`")  # fmt: skip
        return bool(found)

    def _one(self, entry: Entry, name: str, node: Mapping, parent: str, branch: str, suffix: str,
             matrix: dict[str, Node] | None) -> Step | None:  # fmt: skip
        step_type = self._type(node, name, entry)
        if step_type is None:
            self.poisoned.add(name)
            return None
        nested = BRANCHES.get(step_type.name, ())
        own = Mapping({k: e for k, e in node.entries.items() if k not in nested and k != "matrix"}, node.span)
        folded = fold(own, self.scope, matrix)
        assert isinstance(folded, Mapping)
        merged = merge_maps(self._defaults_of(step_type), folded) or folded
        span = entry.key.span
        unknown = {k: e for k, e in folded.entries.items() if k not in merged.entries and k not in step_type.fields}
        merged = Mapping({**merged.entries, **unknown}, span)  # a null removes a key, not a misspelt one
        fields = conform(
            merged, Record(step_type.fields), step_type.name, f"{step_type.name} step `{span.text}`", self.report
        )
        children: tuple[Step, ...] = ()
        for key in nested:
            children += self._children(node.get(key), name, key, suffix, matrix)
        step = Step(name, span, step_type, fields, parent, branch, children, frozenset(own.entries))
        return step if step_type.json_type else replace(step, children=nested_steps(step))

    def _children(self, node: Node | None, parent: str, key: str, suffix: str,
                  matrix: dict[str, Node] | None) -> tuple[Step, ...]:  # fmt: skip
        if node is None or isinstance(node, Gap) or (isinstance(node, Scalar) and node.value is None):
            return ()
        if not isinstance(node, Mapping):
            self.report.add(
                "wrong-type",
                f"`{key}` wants a map of steps",
                node.span,
                hint=STEPS_HINT,
            )
            return ()
        return self.read(node, parent, key, suffix, matrix)

    def _type(self, node: Mapping, name: str, entry: Entry) -> StepType | None:
        given = node.get("type")
        if given is None:
            hint = f"give it one, such as `type: {_fitting(node)}`"
            self.report.add("missing-key", f"step `{entry.key.text}` has no `type`", entry.key.span, hint=hint)
            return None
        folded = fold(given, self.scope)
        if isinstance(folded, Gap):
            return None
        if isinstance(folded, Template):
            where = next((part.span for part in folded.parts if not isinstance(part, str)), folded.span)
            hint = "write the type out, or use a `${{ variables.… }}` value"
            message = "the type of a step must be known when compiling"
            self.report.add("runtime-in-compile-slot", message, where, hint=hint)
            return None
        word = folded.text if isinstance(folded, Scalar) else ""
        if word in STEP_TYPES:
            return STEP_TYPES[word]
        near = near_type(word)
        hint = f"did you mean `{near}`?" if near else "the step types are " + ", ".join(STEP_TYPES)
        self.report.add("unknown-step-type", f"no step type is named `{word}`", given.span, hint=hint)
        return STEP_TYPES[near] if near else None

    def _defaults_of(self, step_type: StepType) -> Mapping | None:
        """The defaults that reach a step type: the shared keys it admits, then its own map over them."""
        if step_type.name not in self._defaults:
            self._defaults[step_type.name] = self._reach(step_type)
        return self._defaults[step_type.name]

    def _reach(self, step_type: StepType) -> Mapping | None:
        if self.defaults is None or not step_type.json_type:
            return None
        admitted = type_default_fields(step_type)
        kept = [k for k in admitted if k not in STEP_TYPES and k not in step_type.own_only]
        shared = {k: e for k, e in self.defaults.entries.items() if k in kept}
        if step_type.cache != "yes":
            shared.pop("cache", None)
        if "retry" in shared:
            shared["retry"] = Entry(shared["retry"].key, _admitted_retries(shared["retry"].value, step_type))
        own = self.defaults.get(step_type.name)
        base = merge_maps(None, Mapping(shared, self.defaults.span))
        return merge_maps(base, own if isinstance(own, Mapping) else None)


def _admitted_retries(node: Node, step_type: StepType) -> Node:
    """The default retry policies, without the exceptions that the step type does not take."""
    if not isinstance(node, Sequence):
        return node
    kept: list[Node] = []
    for policy in node.items:
        exceptions = policy.get("exceptions") if isinstance(policy, Mapping) else None
        if not isinstance(policy, Mapping) or not isinstance(exceptions, Sequence):
            kept.append(policy)
            continue
        taken = tuple(e for e in exceptions.items if not isinstance(e, Scalar) or e.text in step_type.retry)
        if taken:
            entry = Entry(policy.entries["exceptions"].key, Sequence(taken, exceptions.span))
            kept.append(Mapping({**policy.entries, "exceptions": entry}, policy.span))
    return Sequence(tuple(kept), node.span)


def read_defaults(node: Mapping | None, scope: Scope, report: Report) -> Mapping | None:
    """The folded `defaults`, checked. Its nulls, which switch off, are kept for the steps they reach."""
    if node is None:
        return None
    folded = fold(node, scope)
    assert isinstance(folded, Mapping)
    return conform(folded, defaults_record(), "defaults", "`defaults`", report)


def patch(steps: Mapping, patches: Mapping | None, report: Report) -> Mapping:
    """The steps with a target's patches merged into them, by name, at any depth."""
    if patches is None:
        return steps
    missing = dict(patches.entries)
    patched = _patch(steps, patches, missing)
    for entry in missing.values() if _whole(steps) else ():
        near = closest(entry.key.text, _names(steps))
        if near is not None and any(c not in NAME_CHARACTERS for c in near):
            continue  # the step that is meant has a name the service refuses, and that is told
        report.add(
            "unknown-step",
            f"no step is named `{entry.key.text}`",
            entry.key.span,
            hint=f"did you mean `{near}`?" if near else "",
        )
    return patched


def _patch(steps: Mapping, patches: Mapping, missing: dict[str, Entry]) -> Mapping:
    entries = {}
    for name, entry in steps.entries.items():
        node = entry.value
        if isinstance(node, Mapping):
            inner = {
                k: Entry(e.key, _patch(e.value, patches, missing))
                for k, e in node.entries.items()
                if k in ("then", "else", "steps") and isinstance(e.value, Mapping)
            }
            node = Mapping({k: inner.get(k, e) for k, e in node.entries.items()}, node.span) if inner else node
        if name in patches.entries:
            missing.pop(name, None)
            own = patches.entries[name].value
            if isinstance(node, Mapping) and isinstance(own, Mapping):
                node = merge_maps(node, own) or node
        entries[name] = Entry(entry.key, node)
    return Mapping(entries, steps.span)


def _whole(steps: Mapping) -> bool:
    """Whether every step is a map; where one is not, the steps inside it are not known."""
    inside = [e.value.get(key) for e in steps if isinstance(e.value, Mapping) for key in ("then", "else", "steps")]
    return all(isinstance(e.value, Mapping) for e in steps) and all(
        _whole(node) if isinstance(node, Mapping) else node is None for node in inside
    )


def _names(steps: Mapping) -> list[str]:
    found = []
    for entry in steps:
        found.append(entry.key.text)
        if isinstance(entry.value, Mapping):
            for key in ("then", "else", "steps"):
                inner = entry.value.get(key)
                found += _names(inner) if isinstance(inner, Mapping) else []
    return found


def _nameable(value: Node) -> str:
    text = value.text if isinstance(value, Scalar) else ""
    return "".join(c if c in NAME_CHARACTERS else "-" for c in text)


def _fitting(node: Mapping) -> str:
    """The step type that most of the keys belong to."""
    return max(STEP_TYPES.values(), key=lambda t: sum(key in t.fields for key in node.entries)).name
