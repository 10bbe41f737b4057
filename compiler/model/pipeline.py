"""The language, typed: what stands in the file, as the chosen target leaves it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field

from compiler.expr import Type
from compiler.model.steptype import StepType
from compiler.syntax import Mapping, Node, ScalarValue
from compiler.text import Span, record

NESTED_LISTS = ("IfSteps", "ElseSteps", "ForEachBody")


@record
class Parameter:
    """A run-time parameter. Bounds are inclusive; `default` None means it must be given at start.

    `spans` say where the value of each key of its declaration stands.
    """

    name: str
    type: Type
    span: Span = field(compare=False)
    default: ScalarValue = None
    default_span: Span | None = field(default=None, compare=False)
    enum: tuple[ScalarValue, ...] = ()
    enum_spans: tuple[Span, ...] = field(default=(), compare=False)
    minimum: float | None = None
    maximum: float | None = None
    pattern: str = ""
    description: str = ""
    spans: dict[str, Span] = field(default_factory=dict, compare=False)


@record
class Step:
    """One step as written. `fields` are its keys after defaults, target patch and matrix; `parent` is the condition or
    for-each it stands in, `branch` the key there (`then`, `else`, `steps`)."""

    name: str
    name_span: Span = field(compare=False)
    type: StepType
    fields: Mapping
    parent: str = ""
    branch: str = ""
    children: tuple[Step, ...] = ()
    written: frozenset[str] = frozenset()

    def node(self, key: str) -> Node | None:
        """The node of a field, or None where it is absent."""
        return self.fields.get(key)

    def map(self, key: str) -> Mapping | None:
        node = self.fields.get(key)
        return node if isinstance(node, Mapping) else None

    def walk(self) -> Iterator[Step]:
        """This step and those inside it, in the author's order."""
        yield self
        for child in self.children:
            yield from child.walk()


@record
class Pipeline:
    """A document folded for one target. `settings` are the keys of `pipeline`; `target` is the target's name or "".

    `poisoned` are the names of steps, `unread` those of sections that a fault kept from being read.
    """

    target: str
    settings: Mapping
    parameters: dict[str, Parameter]
    steps: tuple[Step, ...]
    span: Span = field(compare=False)
    poisoned: frozenset[str] = frozenset()
    unread: frozenset[str] = frozenset()
    defaults: Mapping | None = None

    def walk(self) -> Iterator[Step]:
        """All steps, those in branches and bodies included, in the author's order."""
        for step in self.steps:
            yield from step.walk()
