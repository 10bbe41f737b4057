"""A pipeline with every name bound: what is checked, and then lowered."""

from __future__ import annotations

from dataclasses import field

from compiler.model.pipeline import Pipeline, Step
from compiler.model.values import Get, JsonGet, MapValue, Value
from compiler.text import Span, record


@record
class Depend:
    """An explicit dependency (`after`). `trigger` is Completed, Failed, Stopped or Any."""

    step: str
    trigger: str
    span: Span = field(compare=False)


@record
class Edge:
    """`step` waits for `needs`. `why` is reference, after, branch or body; `span` is where the author said so."""

    step: str
    needs: str
    why: str
    trigger: str = "Completed"
    span: Span | None = field(default=None, compare=False)


@record
class BuiltStep:
    """A step as the service will see it.

    `type` is the API's. `arguments` is the request in the API's spelling; `keys` are the other step-level keys
    (FunctionArn, PropertyFiles, CacheConfig, ...). `children` are the steps nested in `arguments`.
    """

    name: str
    type: str
    source: Step
    arguments: Value
    keys: MapValue
    depends: tuple[Depend, ...] = ()
    children: tuple[BuiltStep, ...] = ()
    parent: str = ""
    branch: str = ""

    @property
    def span(self) -> Span:
        return self.source.name_span


Reads = dict[str, tuple[Get | JsonGet, ...]]


@record
class Program:
    """The bound pipeline. `steps` holds every step by name, nested ones included; `roots` the top level, in order.

    `reads` holds the references that each step makes, in order. `used` are the declared names that something reads, as
    (kind, name): parameters, variables, files, target; and `used_offers` the outputs and metrics, as (step, name).
    """

    pipeline: Pipeline
    settings: MapValue
    roots: tuple[BuiltStep, ...]
    steps: dict[str, BuiltStep]
    edges: tuple[Edge, ...]
    reads: Reads
    used: frozenset[tuple[str, str]]
    used_offers: frozenset[tuple[str, str]]
