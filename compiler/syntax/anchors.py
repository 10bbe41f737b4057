"""Anchors and aliases: an alias is the very node its anchor names, as often as the bounds allow."""

from __future__ import annotations

from dataclasses import field

from compiler.diagnostics import Place, Report
from compiler.syntax.nodes import Gap, Node
from compiler.text import Span, closest, mutable

MAX_ALIASED = 250_000


@mutable
class Anchored:
    """What an anchor names: how many values, how many levels. `node` is None as long as it is being read."""

    node: Node | None
    span: Span
    count: int = 1
    height: int = 0


@mutable
class Anchors:
    """The anchors of one document so far. A name that is given again means the later one from there on."""

    report: Report
    named: dict[str, Anchored] = field(default_factory=dict)
    aliased: int = 0

    def look_up(self, name: str, span: Span) -> Anchored:
        """What `*name`, which stands at `span`, stands for; a Gap, reported, when it stands for nothing."""
        anchored = self.named.get(name)
        if anchored is None:
            self._unknown(name, span)
        elif anchored.node is None:
            self.report.add("yaml-alias-cycle", f"`*{name}` stands inside the value that `&{name}` names", span,
                            hint="give the shared part an anchor of its own",
                            places=(Place(anchored.span, "the anchor is here"),))
        else:
            self.aliased += anchored.count
            return anchored
        return Anchored(Gap(span), span)

    @property
    def exploded(self) -> bool:
        """The aliases stand for more values than a document may have of them."""
        return self.aliased > MAX_ALIASED

    def _unknown(self, name: str, span: Span) -> None:
        near = closest(name, self.named)
        hint = f"did you mean `*{near}`?" if near else "put the value in quotes if it is meant as text"
        self.report.add("yaml-anchor", f"no anchor is named `{name}` above this line", span, hint=hint)
