"""The symbol table: what each step offers, and what its properties are."""

from __future__ import annotations

import re
from collections.abc import Iterator

from compiler.expr import DECLARED, UNKNOWN, Segment, Type
from compiler.model.pipeline import Step
from compiler.model.steptype import Offers, StepType
from compiler.shapes import Index, Key, Member, PathProblem, Shape, shape, walk
from compiler.steps import STEP_TYPES
from compiler.syntax import Mapping, Node, Scalar, Sequence
from compiler.text import Span, closest, record

NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")  # of a step, as the service takes it
BY_API_TYPE: dict[str, StepType] = {t.json_type: t for t in STEP_TYPES.values() if t.json_type}
NUMBER_TYPES: dict[str, Type] = {"integer": "integer", "long": "integer", "float": "float", "double": "float"}


@record
class Fault:
    """Why a property path leads nowhere: the number of the segment at fault, what is wrong, what is known there."""

    segment: int
    message: str
    known: tuple[str, ...] = ()
    code: str = "unknown-property"
    hint: str = ""


def shape_of(name: str) -> Shape:
    """`service:Shape` as a shape."""
    service, _, shape_name = name.partition(":")
    return shape(service, shape_name)


def described_type(step: Step) -> StepType | None:
    """The step type whose describe response the step has; a raw step has that of its API type."""
    if step.type.json_type:
        return step.type
    definition = step.map("definition")
    given = definition.get("Type") if definition else None
    return BY_API_TYPE.get(given.text) if isinstance(given, Scalar) else None


def is_loop(step: Step) -> bool:
    """Whether the step is a for-each, be it written as a raw one."""
    described = described_type(step)
    return described is not None and described.json_type == "ForEach"


def scalar_type(at: Shape) -> Type | None:
    """The expression type of a shape; None for lists, maps and structures."""
    if at.type in ("structure", "list", "map"):
        return None
    return NUMBER_TYPES.get(at.type, "boolean" if at.type == "boolean" else "string")


def property_type(step: Step, segments: tuple[Segment, ...]) -> Type | Fault:
    """The type of a property of a step, or why there is none."""
    step_type = described_type(step)
    if step_type is None:
        return "unknown"
    first = str(segments[0].value) if segments else ""
    extra = step_type.extra_properties.get(first)
    if isinstance(extra, tuple):
        return _text_member(extra, segments)
    if extra is not None and ":" not in extra:
        return _plain_property(extra, segments, step)
    root, offset = _root(step_type, extra)
    if root is None:
        return _nothing(step_type, first)
    path = [_segment(s) for s in segments[offset:]]
    reached = walk(root, path)
    if isinstance(reached, PathProblem):
        known = (*reached.known, *(step_type.extra_properties if reached.segment == 0 and not offset else ()))
        said = _say(reached, segments[reached.segment + offset])
        return Fault(reached.segment + offset, said, known, hint=MENDS.get(f"{reached.kind} {reached.at.type}", ""))
    if (fault := _undeclared(step, segments)) is not None:
        return fault
    if (fault := _beyond(step_type, segments)) is not None:
        return fault
    found = scalar_type(reached)
    if found is None:
        return Fault(
            len(segments) - 1,
            f"the property is a {_KINDS[reached.type]}, and only a scalar can be referred to",
            reached.member_names,
            "property-not-scalar",
            _go_on(reached),
        )
    return found


def _go_on(reached: Shape) -> str:
    """How the path goes on to a scalar."""
    match reached.type:
        case "list":
            named = reached.naming_member
            return "go on with an item: `[0]`" + (f", or `['...']` with its {named}" if named else "")
        case "map":
            return "go on with an entry: `['name']`"
        case _:
            return "go on with one of its members: " + ", ".join(f"`{n}`" for n in reached.member_names[:12])


MENDS = {
    "not-a-list map": "entries of a map are read by name: `['name']`",
    "not-a-structure list": "go on with an item: `[0]`",
    "not-a-structure map": "entries of a map are read by name: `['name']`",
}
_KINDS = {"structure": "structure", "list": "list", "map": "map"}


def _root(step_type: StepType, extra: str | None) -> tuple[Shape | None, int]:
    if extra is not None:
        return shape_of(extra), 1
    return (shape_of(step_type.describe), 0) if step_type.describe else (None, 0)


def _text_member(members: tuple[str, ...], segments: tuple[Segment, ...]) -> Type | Fault:
    """A property whose members are all text, and nothing below them."""
    if len(segments) < 2:
        return Fault(
            0,
            f"`{segments[0].value}` is a structure, and only a scalar can be referred to",
            members,
            "property-not-scalar",
        )
    name = str(segments[1].value)
    if name not in members or segments[1].bracket:
        return Fault(1, f"`{segments[0].value}` has no member `{name}`", members)
    return "string" if len(segments) == 2 else Fault(2, f"`{name}` is a scalar and has no parts")


def _plain_property(extra: str, segments: tuple[Segment, ...], step: Step) -> Type | Fault:
    """A property the describe response does not have; `names:` ones take the declared names as keys."""
    if extra == "names":
        declared = declared_outputs(step)
        if len(segments) != 2:
            return Fault(0, f"`{segments[0].value}` wants one name: `['name']`")
        name = str(segments[1].value)
        if name not in declared:
            return Fault(1, f"the step has no output named `{name}`", tuple(declared), "unknown-output")
        return declared[name]
    if extra == "open":
        return "unknown"
    if extra == "texts":
        named = len(segments) == 2 and segments[1].bracket and isinstance(segments[1].value, str)
        return "string" if named else Fault(0, f"`{segments[0].value}` wants one name: `['name']`")
    if len(segments) > 1:
        return Fault(1, f"`{segments[0].value}` is a scalar and has no parts")
    return DECLARED.get(extra, UNKNOWN)


def declared_outputs(step: Step) -> dict[str, Type]:
    """The declared outputs of a lambda or callback step, with their types."""
    found: dict[str, Type] = {}
    for entry in step.map("outputs") or ():
        found[entry.key.text] = _type_named(entry.value)
    for item in raw_items(step, "OutputParameters"):
        name, kind = item.get("OutputName"), item.get("OutputType")
        if isinstance(name, Scalar):
            found[name.text] = _type_named(kind)
    return found


def _type_named(node: Node | None) -> Type:
    """The type of an output, as our language or the API spells it."""
    return DECLARED.get(node.text.lower(), UNKNOWN) if isinstance(node, Scalar) else UNKNOWN


def raw_items(step: Step, key: str) -> Iterator[Mapping]:
    """The maps in a list of a raw step's definition."""
    definition = step.map("definition")
    node = definition.get(key) if definition else None
    for item in node.items if isinstance(node, Sequence) else ():
        if isinstance(item, Mapping):
            yield item


def _nothing(step_type: StepType, first: str) -> Type | Fault:
    known = tuple(step_type.extra_properties)
    if not known:
        return Fault(0, f"a {step_type.name} step has no properties")
    return Fault(0, f"a {step_type.name} step has no property `{first}`", known)


def _segment(segment: Segment) -> Member | Index | Key:
    if isinstance(segment.value, int):
        return Index(segment.value)
    return Key(segment.value) if segment.bracket else Member(segment.value)


def _say(problem: PathProblem, segment: Segment) -> str:
    match problem.kind:
        case "unknown-member":
            return f"`{problem.at.name}` has no member `{segment.value}`"
        case "out-of-range":
            return f"`{segment}` is outside the list, which goes from {problem.known[0]} to {problem.known[-1]}"
        case "not-a-structure":
            return f"`{problem.at.name}` is a {problem.at.type} and has no members"
        case "not-a-list":
            return f"`{problem.at.name}` is a {problem.at.type} and takes no index"
        case "not-a-map":
            return f"`{problem.at.name}` is a {problem.at.type} and takes no name in brackets"
        case _:
            return f"`{problem.at.name}` is a scalar and has no parts"


def _beyond(step_type: StepType, segments: tuple[Segment, ...]) -> Fault | None:
    """An index past what the service keeps."""
    most = step_type.kept.get(str(segments[0].value))
    if most is None or len(segments) < 2 or not isinstance(segments[1].value, int) or segments[1].value < most:
        return None
    return Fault(1, f"the service keeps {most} of them, numbered 0 to {most - 1}")


def _undeclared(step: Step, segments: tuple[Segment, ...]) -> Fault | None:
    """A name in brackets must be one that the processing step declares."""
    if step.type.name != "processing":
        return None
    words = [s.value for s in segments]
    match words:
        case ["ProcessingOutputConfig", "Outputs", str(name), *_] if segments[2].bracket:
            known, at, what = step.map("outputs"), 2, "output"
        case ["ProcessingInputs", str(name), *_] if segments[1].bracket:
            known, at, what = step.map("inputs"), 1, "input"
        case _:
            return None
    names = [*(known.entries if known else ()), *(["code"] if what == "input" and step.node("code") else [])]
    if name in names:
        return None
    return Fault(at, f"step `{step.name}` has no {what} named `{name}`", tuple(names), "unknown-output")


class Table:
    """The steps of a pipeline by name, with what each offers; offers are made when first asked for."""

    def __init__(self, steps: Iterator[Step], poisoned: frozenset[str]) -> None:
        self.steps: dict[str, Step] = {}
        self.poisoned = poisoned
        self.doubles: list[tuple[Step, Step]] = []
        for step in steps:
            if step.name in self.steps:
                self.doubles.append((self.steps[step.name], step))
            else:
                self.steps[step.name] = step
        self._offers: dict[str, Offers] = {}
        self._unfit = [name for name in self.steps if not NAME.fullmatch(name)]

    def excuses(self, name: str) -> bool:
        """Whether a name that no step has is that of a step which could not be read, or whose name is refused."""
        stamped = any(name.startswith(f"{step}-") for step in self.poisoned)
        return name in self.poisoned or stamped or closest(name, self._unfit) is not None

    def offers(self, name: str) -> Offers:
        if name not in self._offers:
            step = self.steps[name]
            self._offers[name] = step.type.offers(step)
        return self._offers[name]

    def body_of(self, step: Step) -> Step | None:
        """The for-each in whose body the step stands, or None."""
        parent = self.steps.get(step.parent)
        while parent is not None and not is_loop(parent):
            parent = self.steps.get(parent.parent)
        return parent


def place(segments: tuple[Segment, ...], number: int) -> Span:
    return segments[min(number, len(segments) - 1)].span
