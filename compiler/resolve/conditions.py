"""The `if` of a condition step, read as a tree."""

from __future__ import annotations

from compiler.diagnostics import Report
from compiler.model.values import Hole, ListValue, Literal, Value
from compiler.resolve.bind import Binder, unquoted
from compiler.resolve.clauses import All, Any, Leaf, Not, Tree
from compiler.resolve.comparisons import operator_meant, spelled_out
from compiler.resolve.meant import metric_meant
from compiler.resolve.references import REFERENCE
from compiler.syntax import Entry, Gap, Mapping, Node, Scalar, Sequence, Template
from compiler.text import Span, closest, record

COMPARISONS = {
    "eq": "Equals", "gt": "GreaterThan", "gte": "GreaterThanOrEqualTo", "lt": "LessThan", "lte": "LessThanOrEqualTo",
}  # fmt: skip
OPERATORS = ("eq", "ne", "gt", "gte", "lt", "lte", "in", "not_in", "between")
KEYS = ("metric", "value", *OPERATORS, "all", "any", "not")


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
                self._no_map(node)
                return None

    def _no_map(self, node: Node) -> None:
        form = "{metric: step:name, gte: 0.8}"
        if isinstance(node, Sequence):
            found, hint = "a list", "put it under `all` or `any`"
        else:
            found, hint = "text", f"write it as a map: `{spelled_out(unquoted_text(node)) or form}`"
        self.report.add("condition-form", f"a condition is a map, and this is {found}", node.span, hint=hint)

    def _map(self, node: Mapping) -> Tree | None:
        unknown = [e for e in node if e.key.text not in KEYS]
        for entry in unknown:
            near = operator_meant(entry.key.text) or closest(entry.key.text, KEYS)
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
        meant = metric_meant(unquoted_text(node), self.binder.references.table)
        hint = f"write `{meant}`" if meant else "for any other left side use `value: ...`"
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


def unquoted_text(node: Node) -> str:
    """A scalar's own characters, without its quotes and with its expressions as written."""
    return node.span.text.strip("'\"") if isinstance(node, (Scalar, Template)) else ""


def _crossed(low: Value, high: Value) -> bool:
    """Whether two literal numbers stand the wrong way round."""
    numbers = [v.value for v in (low, high) if isinstance(v, Literal) and isinstance(v.value, int | float)]
    return len(numbers) == 2 and numbers[0] > numbers[1]
