"""A property path (`A.B['c'][0]`) followed over shapes.

The records are named tuples: these cost a tenth of a dataclass to define, and every run defines them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

from compiler.shapes.shape import Shape


class Member(NamedTuple):
    """`.name`: a member of a structure."""

    name: str


class Index(NamedTuple):
    """`[0]`: an element of a list, counted from 0."""

    position: int


class Key(NamedTuple):
    """`['name']`: an entry of a map, or an element of one of the few lists that take a name."""

    name: str


Segment = Member | Index | Key

ProblemKind = Literal["unknown-member", "not-a-structure", "not-a-list", "not-a-map", "too-deep", "out-of-range"]


class PathProblem(NamedTuple):
    """Why a path leads nowhere.

    `segment` is the number, from 0, of the segment at fault and `at` the shape it was applied to. `known` holds what
    could stand there: a structure's member names, or the first and (if bounded) last index after `out-of-range`.
    `too-deep` is any step into a scalar.
    """

    kind: ProblemKind
    segment: int
    at: Shape
    known: tuple[str, ...] = ()


def walk(root: Shape, path: Iterable[Segment]) -> Shape | PathProblem:
    """The shape a path reaches from `root` (itself for an empty path), or the first problem on the way."""
    at = root
    for number, segment in enumerate(path):
        reached = _step(at, segment, number)
        if isinstance(reached, PathProblem):
            return reached
        at = reached
    return at


def _step(at: Shape, segment: Segment, number: int) -> Shape | PathProblem:
    match segment, at.type:
        case Member(name), "structure":
            return at.member(name) or PathProblem("unknown-member", number, at, at.member_names)
        case Index(position), "list":
            return at.element if _in_range(at, position) else PathProblem("out-of-range", number, at, _range(at))
        case Key(), "map":
            return at.value
        case Key(), "list" if at.naming_member:
            return at.element
        case Member(), "list" | "map":
            return PathProblem("not-a-structure", number, at)
        case Index(), "structure" | "map":
            return PathProblem("not-a-list", number, at)
        case Key(), "structure" | "list":
            return PathProblem("not-a-map", number, at, at.member_names)
    return PathProblem("too-deep", number, at)


def _in_range(at: Shape, position: int) -> bool:
    return position >= 0 and (at.max is None or position < at.max)


def _range(at: Shape) -> tuple[str, ...]:
    return ("0",) if at.max is None else ("0", str(int(at.max) - 1))
