"""A condition as a tree, and lowered to the service's list of conditions.

The service holds a list that is ANDed, `Or` over a list, `Not` over one; there is no `And` inside (definition format,
conditions). So a tree goes to conjunctive form: negations sink to the leaves, `any` over `all` is distributed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from compiler.diagnostics import Report
from compiler.model.values import Hole, ListValue, MapValue, Member, Value, struct, text
from compiler.text import Span

MOST_CONDITIONS = 200


class Leaf(NamedTuple):
    """One comparison of the service's: `type` is Equals, In, ...; `right` is one value, or a list for In."""

    type: str
    left: Value
    right: Value
    span: Span


class Not(NamedTuple):
    inner: Tree


class All(NamedTuple):
    items: tuple[Tree, ...]
    span: Span


class Any(NamedTuple):
    items: tuple[Tree, ...]
    span: Span


Tree = Leaf | Not | All | Any
Clause = tuple[Leaf | Not, ...]


def lower(tree: Tree, report: Report, span: Span) -> Value:
    """The service's list of conditions. A form it holds already passes through unchanged."""
    if _size(tree, False) > MOST_CONDITIONS:
        return _too_many(report, span)
    top = tree.items if isinstance(tree, All) else (tree,)
    if all(map(_holds, top)):
        return ListValue(tuple(_emit(t) for t in top), span)
    clauses = _clauses(_sink(tree, False))
    return ListValue(tuple(_emit_clause(c, span) for c in clauses), span)


def _holds(tree: Tree) -> bool:
    """Whether the service can hold the tree as it stands: no `all` below the top."""
    match tree:
        case Leaf():
            return True
        case Not(inner):
            return isinstance(inner, Leaf)
        case Any(items):
            return all(isinstance(i, Leaf) or (isinstance(i, Not) and isinstance(i.inner, Leaf)) for i in items)
        case All():
            return False


def _sink(tree: Tree, negated: bool) -> Tree:
    """The same tree with negations at the leaves."""
    match tree:
        case Leaf():
            return Not(tree) if negated else tree
        case Not(inner):
            return _sink(inner, not negated)
        case All(items, span):
            make: Callable[[tuple[Tree, ...], Span], Tree] = Any if negated else All
            return make(tuple(_sink(i, negated) for i in items), span)
        case Any(items, span):
            make = All if negated else Any
            return make(tuple(_sink(i, negated) for i in items), span)


def _size(tree: Tree, negated: bool) -> int:
    """How many leaves the conjunctive form has, bounded work: counted, not built. See `_shape`."""
    clauses, leaves = _shape(tree, negated)
    return max(clauses, leaves)


def _shape(tree: Tree, negated: bool) -> tuple[int, int]:
    """Clauses and leaves of the conjunctive form, from those of the parts; capped, so that it cannot blow up itself."""
    cap = MOST_CONDITIONS + 1
    match tree:
        case Leaf():
            return 1, 1
        case Not(inner):
            return _shape(inner, not negated)
        case All(items) | Any(items):
            shapes = [_shape(i, negated) for i in items]
    if isinstance(tree, All) != negated:
        return min(cap, sum(c for c, _ in shapes)), min(cap, sum(n for _, n in shapes))
    clauses, leaves = 1, 0
    for more, held in shapes:
        clauses, leaves = min(cap, clauses * more), min(cap, leaves * more + held * clauses)
    return clauses, leaves


def _clauses(tree: Tree) -> list[Clause]:
    match tree:
        case Leaf() | Not():
            return [(tree,)]
        case All(items):
            return [clause for item in items for clause in _clauses(item)]
        case Any(items):
            product: list[Clause] = [()]
            for item in items:
                product = [left + right for left in product for right in _clauses(item)]
            return product


def _emit_clause(clause: Clause, span: Span) -> MapValue:
    if len(clause) == 1:
        return _emit(clause[0])
    return _or([_emit(leaf) for leaf in clause], span)


def _or(conditions: list[MapValue], span: Span) -> MapValue:
    return struct(span, {"Type": text("Or", span), "Conditions": ListValue(tuple(conditions), span)})


def _emit(tree: Tree) -> MapValue:
    match tree:
        case Leaf("In", left, right, span):
            return struct(span, {"Type": text("In", span), "QueryValue": left, "Values": right})
        case Leaf(type_, left, right, span):
            return struct(span, {"Type": text(type_, span), "LeftValue": left, "RightValue": right})
        case Not(inner):
            condition = _emit(inner)
            negation = {"Type": Member(text("Not", condition.span), condition.span),
                        "Condition": Member(condition, condition.span)}  # fmt: skip
            return MapValue(negation, condition.span)
        case Any(items, span):
            return _or([_emit(i) for i in items], span)
        case All():
            raise AssertionError("an `all` is never emitted as one condition")


def _too_many(report: Report, span: Span) -> Hole:
    report.add(
        "condition-too-large",
        f"the condition becomes more than {MOST_CONDITIONS} comparisons",
        span,
        label="`any` over `all` multiplies",
        hint="split it over several condition steps, or compute it in a step",
    )
    return Hole(span)
