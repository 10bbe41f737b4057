"""The `if` of a condition step: read as a tree, lowered to the service's list of conditions.

The service holds a list that is ANDed, `Or` over a list, `Not` over one; there is no `And` inside (definition format,
conditions). So a tree goes to conjunctive form: negations sink to the leaves, `any` over `all` is distributed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from compiler.diagnostics import Report
from compiler.model.values import Hole, ListValue, Literal, MapValue, Member, Value, struct, text
from compiler.resolve.bind import Binder, unquoted
from compiler.resolve.references import REFERENCE
from compiler.syntax import Entry, Gap, Mapping, Node, Scalar, Sequence, Template
from compiler.text import Span, closest, record

MOST_CONDITIONS = 200
COMPARISONS = {
    "eq": "Equals", "gt": "GreaterThan", "gte": "GreaterThanOrEqualTo", "lt": "LessThan", "lte": "LessThanOrEqualTo",
}  # fmt: skip
OPERATORS = ("eq", "ne", "gt", "gte", "lt", "lte", "in", "not_in", "between")
KEYS = ("metric", "value", *OPERATORS, "all", "any", "not")


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


@record
class ConditionReader:
    """Reads one `if`."""

    binder: Binder
    report: Report

    def read(self, node: Node) -> Tree | None:
        """The tree of a condition; None where it is at fault."""
        match node:
            case Gap():
                return None
            case Mapping():
                return self._map(node)
            case _:
                hint = "write it as a map: `{metric: step:name, gte: 0.8}`"
                self.report.add("condition-form", "a condition is a map, not text or a list", node.span, hint=hint)
                return None

    def _map(self, node: Mapping) -> Tree | None:
        unknown = [e for e in node if e.key.text not in KEYS]
        for entry in unknown:
            near = closest(entry.key.text, KEYS)
            self.report.add(
                "unknown-key",
                f"a condition has no key `{entry.key.text}`",
                entry.key.span,
                hint=f"did you mean `{near}`?" if near else "the operators are " + ", ".join(OPERATORS),
            )
        if unknown:
            return None
        groups = [e for e in node if e.key.text in ("all", "any", "not")]
        if not groups:
            return self._comparison(node)
        if len(node.entries) > 1:
            other = next(e for e in node if e is not groups[0])
            self.report.add(
                "condition-form",
                f"`{groups[0].key.text}` and `{other.key.text}` cannot stand side by side",
                other.key.span,
                hint="put both under `all` or `any`",
            )
            return None
        return self._group(groups[0])

    def _group(self, entry: Entry) -> Tree | None:
        word, node = entry.key.text, entry.value
        if word == "not":
            inner = self.read(node)
            return Not(inner) if inner else None
        if isinstance(node, Gap):
            return None
        if not isinstance(node, Sequence) or not node.items:
            hint = f"write `{word}: [{{metric: step:name, gte: 0.8}}, ...]`"
            self.report.add("condition-form", f"`{word}` wants a list of conditions", node.span, hint=hint)
            return None
        items = [self.read(item) for item in node.items]
        kept = tuple(item for item in items if item is not None)
        if len(kept) < len(items):
            return None
        return All(kept, node.span) if word == "all" else Any(kept, node.span)

    def _comparison(self, node: Mapping) -> Tree | None:
        sides = [e for e in node if e.key.text in ("metric", "value")]
        operators = [e for e in node if e.key.text in OPERATORS]
        if len(sides) != 1 or len(operators) != 1:
            self._malformed(node, sides, operators)
            return None
        side, operator = sides[0], operators[0]
        left = self._metric(side.value) if side.key.text == "metric" else self.operand(side.value)
        return self._leaf(operator.key.text, left, operator.value, node.span)

    def _malformed(self, node: Mapping, sides: list[Entry], operators: list[Entry]) -> None:
        if len(sides) != 1:
            what = "both `metric` and `value`" if sides else "no left side"
            self.report.add(
                "condition-form",
                f"the comparison has {what}",
                (sides[1].key.span if sides else node.span),
                hint="give it `metric: step:name` or `value: ...`",
            )
            return
        if operators:
            first, second = operators[0].key.text, operators[1].key.text
            self.report.add(
                "condition-form",
                f"the comparison has two operators, `{first}` and `{second}`",
                operators[1].key.span,
                hint="use `all`, or `between`",
            )
            return
        self.report.add(
            "condition-form",
            "the comparison has no operator",
            node.span,
            hint="the operators are " + ", ".join(OPERATORS),
        )

    def _metric(self, node: Node) -> Value:
        if isinstance(node, Scalar) and isinstance(node.value, str) and REFERENCE.fullmatch(node.value):
            return self.binder.references.metric(node.value, unquoted(node))
        if isinstance(node, Gap):
            return Hole(node.span)
        hint = "for any other left side use `value: ...`"
        if isinstance(node, Template) and node.whole is not None and node.whole.root == "steps":
            words = [str(s.value) for s in node.whole.segments]
            hint = f"write `{words[1]}:{words[3]}`" if words[2:3] == ["metrics"] and len(words) == 4 else hint
        self.report.add("wrong-notation", "`metric` takes `step:name`", node.span, hint=hint)
        return Hole(node.span)

    def operand(self, node: Node) -> Value:
        """A literal, an expression, or `{metric: step:name}`."""
        match node:
            case Mapping(entries) if list(entries) == ["metric"]:
                return self._metric(entries["metric"].value)
            case Scalar(value=None):
                self.report.add("condition-form", "nothing can be compared with nothing", node.span)
                return Hole(node.span)
            case Scalar(value=str() as word) if REFERENCE.fullmatch(word) and self._names_step(word):
                self.report.add(
                    "wrong-notation",
                    f"`{word}` is text here",
                    unquoted(node),
                    hint=f"write `{{metric: {word}}}` to compare with the metric",
                )
                return Hole(node.span)
            case Scalar(value, spelled):
                return Literal(value, node.span, spelled)
            case Template():
                return self.binder.template(node)
            case Gap():
                return Hole(node.span)
            case _:
                self.report.add(
                    "condition-form", "an operand is a literal, an expression or `{metric: step:name}`", node.span
                )
                return Hole(node.span)

    def _names_step(self, word: str) -> bool:
        return word.partition(":")[0] in self.binder.references.table.steps

    def _leaf(self, operator: str, left: Value, node: Node, span: Span) -> Tree | None:
        if operator in ("in", "not_in", "between"):
            return self._list_leaf(operator, left, node, span)
        if isinstance(node, Sequence):
            self.report.add(
                "condition-form",
                f"`{operator}` compares with one value, found a list",
                node.span,
                hint="use `in`, or `between`",
            )
            return None
        right = self.operand(node)
        if operator == "ne":
            return Not(Leaf("Equals", left, right, span))
        return Leaf(COMPARISONS[operator], left, right, span)

    def _list_leaf(self, operator: str, left: Value, node: Node, span: Span) -> Tree | None:
        if isinstance(node, Gap):
            return None
        size = 2 if operator == "between" else 1
        if not isinstance(node, Sequence) or len(node.items) < size or (size == 2 and len(node.items) > 2):
            wants = "a list of two values, `[lowest, highest]`" if size == 2 else "a list of values"
            self.report.add("condition-form", f"`{operator}` wants {wants}", node.span)
            return None
        values = tuple(self.operand(item) for item in node.items)
        if operator == "between":
            low, high = values
            if _crossed(low, high):
                self.report.add("constant-condition", "the comparison cannot vary: nothing lies between these two",
                                node.span, hint="write `[lowest, highest]`")  # fmt: skip
                return None
            return All(
                (Leaf("GreaterThanOrEqualTo", left, low, span), Leaf("LessThanOrEqualTo", left, high, span)), span
            )
        leaf = Leaf("In", left, ListValue(values, node.span), span)
        return leaf if operator == "in" else Not(leaf)


def _crossed(low: Value, high: Value) -> bool:
    """Whether two literal numbers stand the wrong way round."""
    numbers = [v.value for v in (low, high) if isinstance(v, Literal) and isinstance(v.value, int | float)]
    return len(numbers) == 2 and numbers[0] > numbers[1]


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
