"""What a request is made of: literals, run-time references, joins, lists and maps, each with its place.

The vocabulary is the service's: `Get`, `Std:Join`, `Std:JsonGet` (definition format, functions and variables).
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as Map
from dataclasses import field
from typing import TYPE_CHECKING

from compiler.expr import Segment, Type
from compiler.syntax import ScalarValue
from compiler.text import Span, record

if TYPE_CHECKING:
    from compiler.model.program import BuiltStep

FORMS = ("Get", "Std:Join", "Std:JsonGet")


@record
class Literal:
    """A value known when compiling. `text` is the author's own spelling, used where the slot is a string."""

    value: ScalarValue
    span: Span = field(compare=False)
    text: str | None = field(default=None, compare=False)

    @property
    def as_text(self) -> str:
        """The value as a string member holds it: the author's spelling, `true` and `false` in lower case."""
        match self.value:
            case str():
                return self.value
            case bool():
                return "true" if self.value else "false"
            case None:
                return ""
            case _:
                return self.text if self.text is not None else repr(self.value)


@record
class Get:
    """`{"Get": "<root>.<name><path>"}`; `root` is Parameters, Execution, Steps, ForEach, IterationOutput or
    PipelineExperimentConfig; for Steps and IterationOutput `name` is the step."""

    root: str
    name: str
    path: tuple[Segment, ...]
    type: Type
    span: Span = field(compare=False)

    def __str__(self) -> str:
        return f"{self.root}.{self.name}" + "".join(map(str, self.path))


@record
class Join:
    """`{"Std:Join": {"On": on, "Values": [...]}}`: text made when running."""

    on: str
    values: tuple[Value, ...]
    span: Span = field(compare=False)


@record
class JsonGet:
    """`{"Std:JsonGet": ...}`: a value read from a JSON file. Either `step` and `file` (a property file), or `uri`.

    `metric` is the name the author used, or "" for a wire form.
    """

    path: str
    span: Span = field(compare=False)
    step: str = ""
    file: str = ""
    uri: Value | None = None
    metric: str = ""


@record
class ListValue:
    items: tuple[Value, ...]
    span: Span = field(compare=False)


@record
class Member:
    """One member of a map: its value, and where its key stands."""

    value: Value
    key_span: Span = field(compare=False)


@record
class MapValue:
    """Members in order. Not to be changed after it is made."""

    members: dict[str, Member]
    span: Span = field(compare=False)

    def get(self, key: str) -> Value | None:
        member = self.members.get(key)
        return member.value if member else None

    def map(self, key: str) -> MapValue | None:
        """The member as a map, or None where it is absent or at fault."""
        value = self.get(key)
        return value if isinstance(value, MapValue) else None

    def list(self, key: str) -> tuple[Value, ...]:
        """The items of a list member; none where it is absent or at fault."""
        value = self.get(key)
        return value.items if isinstance(value, ListValue) else ()

    def text(self, key: str, default: str = "") -> str:
        """The literal text of a member known when compiling, or `default`."""
        value = self.get(key)
        return value.as_text if isinstance(value, Literal) else default

    def flag(self, key: str, default: bool = False) -> bool:
        value = self.get(key)
        return value.value if isinstance(value, Literal) and isinstance(value.value, bool) else default

    def pairs(self) -> Iterator[tuple[str, Value]]:
        for key, member in self.members.items():
            yield key, member.value

    def span_of(self, key: str) -> Span:
        """Where the member's value stands, or the map where there is none."""
        member = self.members.get(key)
        return member.value.span if member else self.span


@record
class StepList:
    """Whole steps inside a request: the branches of a condition, the body of a for-each."""

    steps: tuple[BuiltStep, ...]
    span: Span = field(compare=False)


@record
class Hole:
    """A value that was at fault and has been reported. Every slot accepts it."""

    span: Span = field(compare=False)


Value = Literal | Get | Join | JsonGet | ListValue | MapValue | StepList | Hole


def struct(span: Span, members: Map[str, Value | None]) -> MapValue:
    """A map of the members that are there; each takes the place of its value."""
    return MapValue({k: Member(v, v.span) for k, v in members.items() if v is not None}, span)


def text(value: str, span: Span) -> Literal:
    return Literal(value, span, value)


def texts(values: list[str], span: Span) -> ListValue:
    return ListValue(tuple(text(v, span) for v in values), span)


def late(value: Value | None) -> list[Get | Join | JsonGet]:
    """The values below (and at) a value that are known only when running, in order; steps inside it aside."""
    found: list[Get | Join | JsonGet] = []
    if value is not None:
        _late(value, found)
    return found


def _late(value: Value, found: list[Get | Join | JsonGet]) -> None:
    match value:
        case MapValue():
            for member in value.members.values():
                if not isinstance(member.value, Literal):  # most are
                    _late(member.value, found)
        case ListValue():
            for item in value.items:
                if not isinstance(item, Literal):
                    _late(item, found)
        case Get():
            found.append(value)
        case Join():
            found.append(value)
            for part in value.values:
                if not isinstance(part, Literal):
                    _late(part, found)
        case JsonGet():
            found.append(value)
            if value.uri is not None:
                _late(value.uri, found)


def walk(value: Value | None) -> list[Value]:
    """The value and all below it, except steps inside it, in order."""
    found: list[Value] = []
    if value is not None:
        _walk(value, found)
    return found


def _walk(value: Value, found: list[Value]) -> None:
    found.append(value)
    match value:
        case MapValue():
            for member in value.members.values():
                if isinstance(member.value, Literal):  # most are, and have nothing below
                    found.append(member.value)
                else:
                    _walk(member.value, found)
        case ListValue():
            for item in value.items:
                _walk(item, found)
        case Join():
            for part in value.values:
                _walk(part, found)
        case JsonGet() if value.uri is not None:
            _walk(value.uri, found)
