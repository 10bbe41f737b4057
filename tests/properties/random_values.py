"""Random values for valid documents: literals, and expressions that give values of the wanted kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from hypothesis import strategies as st

Json = Any
Chain = tuple[tuple[str, str], ...]
INSTANCES = ("ml.m5.xlarge", "ml.c5.2xlarge", "ml.m5.4xlarge")
TEXTS = (
    "plain",
    "two words",
    "a: b",
    "# no comment",
    "1.10",
    "yes",
    "é→",
    "s3://b/x",
    'it\'s "quoted"',
    "$${{ kept }}",
)
WORDS = ("prep", "train", "Eval_", "gate", "x-", "load", "Model", "a", "b2b", "out")
EXECUTION = ("id", "arn", "pipeline_name", "pipeline_arn", "start_time", "current_time")
BOOLEAN, INTEGER, FLOAT, STRING = "boolean", "integer", "float", "string"


class Offer(NamedTuple):
    """What a step gives: `step:name` ("" where there is none), the path in `${{ }}`, and what kind of value it is.

    `kind` is a parameter type or "unknown"; `use` is what it may stand for: s3, model, image, model-name, config, ...
    """

    word: str
    path: str
    kind: str
    use: str = ""


class Made(NamedTuple):
    """A step that was written: where it stands (the containers around it, outermost first), what it offers, and
    whether others may wait for it."""

    name: str
    type: str
    chain: Chain
    offers: tuple[Offer, ...]
    last: bool = False


@dataclass
class Author:
    """Draws values. `parameters` and `variables` are declared as they are used."""

    draw: Callable[[st.SearchStrategy[Any]], Any]
    parameters: dict[str, Json] = field(default_factory=dict)
    purposes: dict[str, list[str]] = field(default_factory=dict)
    variables: dict[str, Json] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    made: list[Made] = field(default_factory=list)
    names: int = 0
    item: str = "item"  # what tells the iterations of the loop in hand apart

    def number(self, low: int, high: int) -> int:
        return int(self.draw(st.integers(low, high)))

    def chance(self, one_in: int) -> bool:
        return self.number(1, one_in) == one_in

    def pick(self, items: Sequence[Any]) -> Any:
        return items[self.number(0, len(items) - 1)]

    def some(self, items: Iterable[Any], most: int = 3) -> list[Any]:
        """A few of the items, each once, in their order."""
        pool = list(items)
        wanted = {self.number(0, len(pool) - 1) for _ in range(self.number(0, most))} if pool else set()
        return [pool[i] for i in sorted(wanted)]

    def name(self) -> str:
        """A new name; letters at its end keep it apart from the others and from the runs of a loop."""
        self.names += 1
        tail, rest = "", self.names
        while rest:
            rest, digit = divmod(rest, 26)
            tail += chr(97 + digit)
        return f"{self.pick(WORDS)}{tail}"

    def parameter(self, purpose: str, kind: str, default: Callable[[], Json], **facts: Json) -> str:
        """The path of a parameter declared for this purpose, an old one or a new one."""
        known = self.purposes.setdefault(purpose, [])
        if known and not self.chance(3):
            return f"parameters.{self.pick(known)}"
        name = self.name()
        known.append(name)
        declared = {"type": kind} | facts
        if not self.chance(4):
            declared["default"] = default()
        if self.chance(4):
            declared["description"] = self.pick(TEXTS[:4])
        self.parameters[name] = declared
        return f"parameters.{name}"

    def variable(self, value: Json) -> str:
        name = self.name()
        self.variables[name] = value
        return f"${{{{ variables.{name} }}}}"

    def maybe_variable(self, value: Json) -> Json:
        return self.variable(value) if self.chance(6) else value

    def visible(self, chain: Chain, use: str = "", kinds: tuple[str, ...] = ()) -> list[Offer]:
        """The offers that a step in `chain` may read: of steps on its own level or further out."""
        steps = [m for m in self.made if chain[: len(m.chain)] == m.chain]
        return [o for m in steps for o in m.offers if (not use or o.use == use) and (not kinds or o.kind in kinds)]

    def expression(self, chain: Chain, kinds: tuple[str, ...] = ()) -> str:
        """`${{ }}` of any of the kinds; of any at all where none is said."""
        kind = self.pick(kinds or (STRING, INTEGER, FLOAT, BOOLEAN))
        offers = self.visible(chain, kinds=kinds)
        if offers and self.chance(2):
            return self.wrapped(self.pick(offers).path)
        if kind == STRING and self.chance(2):
            return self.wrapped(f"execution.{self.pick(EXECUTION)}")
        return self.wrapped(self.plain_parameter(kind))

    def plain_parameter(self, kind: str) -> str:
        defaults = {STRING: lambda: self.pick(TEXTS), INTEGER: lambda: self.number(-5, 9),
                    FLOAT: lambda: self.number(-9, 9) / 4, BOOLEAN: lambda: self.chance(2)}  # fmt: skip
        return self.parameter(f"any {kind}", kind, defaults[kind])

    def wrapped(self, path: str) -> str:
        return self.pick(("${{ %s }}", "${{%s}}", "${{  %s }}")) % path

    def text(self, chain: Chain) -> Json:
        """What may stand where text is wanted."""
        match self.number(0, 5):
            case 0 | 1:
                return self.maybe_variable(self.pick(TEXTS))
            case 2:
                return self.pick((7, 0.5, 1.5e3))
            case 3:
                return self.expression(chain)
            case _:
                return f"{self.pick(TEXTS[:4])}-{self.expression(chain)}/{self.expression(chain)}"

    def scalar(self, chain: Chain) -> Json:
        return self.chance(2) if self.chance(5) else self.text(chain)

    def scalars(self, chain: Chain, most: int = 3) -> dict[str, Json]:
        """A map of names the author chose, to scalars."""
        return {self.name(): self.scalar(chain) for _ in range(self.number(0, most))}

    def texts(self, most: int = 3) -> dict[str, Json]:
        """Tags: names to text known when compiling."""
        return {self.name(): self.pick(("a", "b c", 7, "x=y")) for _ in range(self.number(0, most))}

    def s3(self, chain: Chain) -> str:
        """An S3 URI, or an expression of one, in a field that is text."""
        match self.number(0, 5):
            case 0 | 1:
                return str(self.maybe_variable(f"s3://bucket/{self.name()}/"))
            case 5:
                name = self.pick(list(self.files) or [self.name()])
                self.files[name] = "code/script.py"
                return f"${{{{ files.{name} }}}}"
            case 2:
                return self.wrapped(self.parameter("s3", STRING, lambda: "s3://bucket/from-parameter/"))
            case 3:
                return f"s3://${{{{ target.bucket }}}}/{self.expression(chain)}"
            case _:
                offers = self.visible(chain, "s3")
                return f"{self.wrapped(self.pick(offers).path)}/more" if offers else "s3://bucket/alone"

    def source(self, chain: Chain, use: str = "s3") -> str:
        """The same in a field that takes references: `step:name` as well."""
        offers = [o for o in self.visible(chain, use) if o.word]
        return str(self.pick(offers).word) if offers and not self.chance(3) else self.s3(chain)

    def whole(self, low: int, high: int, purpose: str) -> Json:
        """An integer in these bounds, or a parameter whose default lies in them."""
        if self.chance(4):
            return self.wrapped(self.parameter(purpose, INTEGER, lambda: self.number(low, high), min=low, max=high))
        return self.maybe_variable(self.number(low, high))

    def flag(self) -> Json:
        if self.chance(4):
            return self.wrapped(self.parameter("flag", BOOLEAN, lambda: self.chance(2)))
        return self.maybe_variable(self.chance(2))

    def instance(self) -> str:
        if self.chance(3):
            facts = {"enum": list(INSTANCES)} if self.chance(2) else {}
            return self.wrapped(self.parameter("instance", STRING, lambda: self.pick(INSTANCES), **facts))
        return str(self.maybe_variable(self.pick(INSTANCES)))
