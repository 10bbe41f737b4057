"""Plants one fault at a time in a sound pipeline: deletes, misspells, swaps and retypes what stands in its text.

The field tables say what each scalar is; only what must be noticed is planted, so every fault has to be found.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from compiler.decode.schema import defaults_record
from compiler.diagnostics import Report
from compiler.expr import Path
from compiler.model.document import DOCUMENT
from compiler.model.kinds import (
    Anything,
    Choice,
    Either,
    Flag,
    Kind,
    ListOf,
    MapOf,
    Nested,
    Nullable,
    Number,
    Record,
    Reference,
    Text,
)
from compiler.steps import STEP_TYPES
from compiler.syntax import Entry, Mapping, Node, Scalar, Sequence, Template, parse
from compiler.text import Source, Span

WORDS = ("approval", "instance_type", "region", "role")
PLACES = ("from", "to", "output", "model_data", "checkpoint")
DURATIONS = ("cache", "max_runtime", "max_wait", "expire_after")


@dataclass(frozen=True)
class Fault:
    """A pipeline with one fault: `kind` says what was done, `name` also where. It is to be told on one of `lines`."""

    kind: str
    name: str
    text: str
    lines: frozenset[int]


@dataclass
class Planter:
    """Goes through one document. `read` are the names that something in it refers to."""

    source: Source
    root: Mapping
    read: frozenset[str] = frozenset()
    faults: list[Fault] = field(default_factory=list)

    # edits ------------------------------------------------------------------------------------------------------

    def replace(self, name: str, span: Span, new: str, *more: Span) -> None:
        """Put `new` where `span` is; the fault may also be told where `more` begin."""
        if new == span.text:
            return
        text = self.source.text[: span.start] + new + self.source.text[span.end :]
        lines = frozenset(s.position[0] for s in (span, *more))
        told = f"{span.position[0]}: {name} `{_short(span.text)}` -> `{_short(new)}`"
        self.faults.append(Fault(name, told, text, lines))

    def delete(self, name: str, entry: Entry, *more: Span) -> None:
        """Take an entry out: its lines in a block, its text and a comma in a flow map."""
        start, end = self.extent(entry)
        text, line = self.source.text, entry.key.span.position[0]
        gone = text.count("\n", start, end)
        lines = [at - gone if at > line else at for at in (s.position[0] for s in more)]
        faulty = text[:start] + text[end:]
        self.faults.append(Fault(name, f"{line}: {name} `{entry.key.text}`", faulty, frozenset([*lines, line])))

    def extent(self, entry: Entry) -> tuple[int, int]:
        text, start = self.source.text, entry.key.span.start
        line, column = entry.key.span.position
        if text[start - column + 1 : start].strip():
            end = entry.value.span.end
            if text[end:].lstrip().startswith(","):
                return start, text.index(",", end) + 1
            before = text[:start].rstrip()
            return (len(before) - 1 if before.endswith(",") else start), end
        lines = self.source.line_starts
        last = line
        while last < len(lines) and _deeper(self.source.line(last + 1), column):
            last += 1
        return lines[line - 1], lines[last] if last < len(lines) else len(text)

    # walking ----------------------------------------------------------------------------------------------------

    def document(self) -> None:
        self.record(self.root, Record(DOCUMENT), self.root.span)

    def value(self, node: Node, kind: Kind, key: Scalar) -> None:
        match node, kind:
            case _, Nullable(inner):
                self.value(node, inner, key)
            case _, Either():
                branch = kind.branch(node)
                if branch is not None:
                    self.value(node, branch, key)
            case _, Nested(definition):
                self.nested(node, definition, key)
            case Template(), _:
                self.template(node, key)
            case Mapping(), Record():
                self.record(node, kind, key.span)
            case Mapping(), MapOf(inner):
                self.map(node, inner, key)
            case Sequence(), ListOf(inner):
                self.list(node, inner, key)
            case Scalar(), _ if node.value is not None:
                self.scalar(node, kind, key)

    def nested(self, node: Node, definition: str, key: Scalar) -> None:
        match node, definition:
            case Mapping(), "steps":
                for entry in node:
                    self.step(entry)
            case Mapping(), "condition":
                self.condition(node, key.span)
            case Mapping(), _:
                self.record(node, defaults_record(), key.span)

    def record(self, node: Mapping, kind: Record, place: Span) -> None:
        for entry in node:
            known = kind.fields.get(entry.key.text)
            if known is None:
                continue
            self.key(entry, place)
            if known.required:
                self.delete("delete the required", entry, place)
            self.value(entry.value, known.kind, entry.key)

    def key(self, entry: Entry, place: Span) -> None:
        key = entry.key
        if len(key.text) > 2:
            self.replace("misspell the key", key.span, misspelt(key.text, key.span.start), place)
        if isinstance(entry.value, Scalar) and "\n" not in entry.value.span.text:
            whole = Span(self.source, key.span.start, entry.value.span.end)
            _, column = key.span.position
            flow = self.source.text[key.span.start - column + 1 : key.span.start].strip()
            between = ", " if flow else "\n" + " " * (column - 1)
            self.replace("double", whole, whole.text + between + whole.text, Span(self.source, whole.end, whole.end))
            if not flow:
                fault = self.faults.pop()
                self.faults.append(replace(fault, lines=fault.lines | {key.span.position[0] + 1}))

    def map(self, node: Mapping, inner: Kind, key: Scalar) -> None:
        self.replace("a word for the map", _trimmed(node.span), "word", key.span)
        for entry in node:
            if isinstance(inner, Anything):
                continue
            self.value(entry.value, inner, entry.key)

    def list(self, node: Sequence, inner: Kind, key: Scalar) -> None:
        if not isinstance(inner, Anything):
            self.replace("a map for the list", _trimmed(node.span), "{a: b}", key.span)
        for item in node.items:
            self.value(item, inner, key)

    def step(self, entry: Entry) -> None:
        node = entry.value
        if not isinstance(node, Mapping) or not isinstance(kind := node.get("type"), Scalar):
            return
        name, step_type = entry.key, STEP_TYPES[kind.text]
        self.replace("a name with a dot", name.span, f"{name.text}.x", *self.mentions(name.text))
        self.replace("a list for the step", _trimmed(node.span), "[1]", name.span)
        if name.text in self.read:
            self.replace("rename the step", name.span, f"{name.text}-other", *self.mentions(name.text))
        for each in node:
            known = step_type.fields.get(each.key.text)
            if known is None:
                continue
            self.key(each, name.span)
            if known.required:
                self.delete("delete the required", each, name.span)
            if each.key.text == "type":
                self.replace("misspell the type", kind.span, misspelt(kind.text, kind.span.start), name.span)
            elif each.key.text not in ("raw", "definition", "matrix"):
                self.value(each.value, known.kind, each.key)

    def condition(self, node: Mapping, place: Span) -> None:
        for entry in node:
            key, value = entry.key, entry.value
            self.replace("misspell the key", key.span, key.text + key.text[-1] + "x", place)
            match key.text, value:
                case (("all" | "any"), Sequence(items)):
                    for item in items:
                        if isinstance(item, Mapping):
                            self.condition(item, item.span)
                case "not", Mapping():
                    self.condition(value, value.span)
                case "metric", Scalar():
                    self.reference(value, key)
                    self.delete("delete the left side", entry, place, node.span)
                case "value", Template():
                    self.template(value, key)
                    self.delete("delete the left side", entry, place, node.span)
                case _, Template():
                    self.template(value, key)
                    self.delete("delete the operator", entry, place, node.span)
                case _, Scalar():
                    self.replace("a list for the operand", value.span, "[1]", place)
                    self.delete("delete the operator", entry, place, node.span)

    # scalars ----------------------------------------------------------------------------------------------------

    def scalar(self, node: Scalar, kind: Kind, key: Scalar) -> None:
        word = key.text
        match kind:
            case Choice():
                self.replace("misspell the word", node.span, misspelt(node.text, node.span.start), key.span)
                self.replace("a run-time value for the word", node.span, '"${{ execution.id }}"', key.span)
            case Number(static=static):
                self.replace("a word for the number", node.span, "many", key.span)
                self.replace("a list for the number", node.span, "[1]", key.span)
                if word not in ("min", "max"):
                    self.replace("a negative number", node.span, "-1", key.span)
                if static:
                    self.replace("a run-time value for the number", node.span, '"${{ execution.id }}"', key.span)
            case Flag():
                self.replace("a word for the flag", node.span, "perhaps", key.span)
            case Text(static=static, scalar=open_):
                self.replace("a list for text", node.span, "[x]", key.span)
                self.replace("a map for text", node.span, "{x: y}", key.span)
                if not open_:
                    self.replace("a flag for text", node.span, "true", key.span)
                if static:
                    self.replace("a run-time value for text", node.span, '"${{ execution.id }}"', key.span)
                if word in WORDS:
                    self.replace("misspell the word", node.span, misspelt(node.text, node.span.start), key.span)
                if word in DURATIONS:
                    self.replace("no duration", node.span, "soon", key.span)
                if node.text.startswith("s3://") and word in PLACES:
                    self.replace("half a scheme", node.span, node.span.text.replace("s3://", "s3:/"), key.span)
            case Reference():
                self.reference(node, key)

    def reference(self, node: Scalar, key: Scalar) -> None:
        step, colon, output = node.text.partition(":")
        quote = 0 if node.plain else 1
        if node.text.startswith(("s3:", "arn:")) or (colon and step not in self.steps()):
            return
        start = node.span.start + quote
        if colon:
            span = Span(self.source, start, start + len(step))
            self.replace("misspell the step", span, misspelt(step, start), key.span)
            span = Span(self.source, start + len(step) + 1, node.span.end - quote)
            self.replace("misspell the output", span, misspelt(output, start), key.span)
            self.replace("the step alone", Span(self.source, start, node.span.end - quote), step, key.span)
        elif step in self.steps():
            span = Span(self.source, start, start + len(step))
            self.replace("misspell the step", span, misspelt(step, start), key.span)
            self.replace("a reference for a name", span, f"'{step}:model'", key.span)

    def template(self, node: Template, key: Scalar) -> None:
        for part in node.parts:
            if not isinstance(part, Path):
                continue
            for number, segment in enumerate(part.segments):
                if isinstance(segment.value, str) and len(segment.value) > 1 and not segment.bracket:
                    wrong = misspelt(segment.value, segment.span.start + number)
                    self.replace("misspell the segment", segment.span, wrong, key.span)
            if len(part.segments) > 1 and part.root != "item":
                self.replace("cut the path", part.span, str(part.segments[0].value), key.span)
            self.replace("an operator in the path", part.span, f"{part.span.text} + 1", key.span)
            if (end := self.source.text.find("}}", part.span.end)) >= 0:
                self.replace("one brace less", Span(self.source, end, end + 1), "", key.span)
        if (whole := node.whole) is not None and whole.segments[1:]:
            if whole.root != "item":
                self.replace("no brackets at all", node.span, str(whole), key.span)
            self.replace("the brackets of a shell", node.span, f'"${{{whole}}}"', key.span)

    # names ------------------------------------------------------------------------------------------------------

    def steps(self) -> tuple[str, ...]:
        return tuple(_step_names(self.root.get("steps")))

    def mentions(self, name: str) -> tuple[Span, ...]:
        """Every line on which a name stands."""
        text, found, at = self.source.text, [], -1
        while (at := text.find(name, at + 1)) >= 0:
            found.append(Span(self.source, at, at))
        return tuple(found)

    def lines(self) -> None:
        """What a slip of the hand does to a line: a tab, a bracket or a quote less, no colon."""
        starts = self.source.line_starts
        for number, start in enumerate(starts[:-1], 1):
            line = self.source.line(number)
            bare = line.lstrip()
            if not bare or "#" in bare or number < 3:
                continue
            span = Span(self.source, start, start + len(line))
            below = Span(self.source, starts[number], starts[number])
            if line.startswith("  "):
                self.replace("a tab", span, "\t" + bare, below)
            for bracket in "]}":
                if bare.endswith(bracket) and "${{" not in bare:
                    self.replace("a bracket less", span, line.rstrip()[:-1], below)
            if (
                bare.endswith('"')
                and bare.count('"') == 2
                and "${{" not in self.source.text[span.end :].partition('"')[0]
            ):
                self.replace("a quote less", span, line.rstrip()[:-1], below)

    def declarations(self) -> None:
        """Rename what is declared and read; the readers then name nothing."""
        for section in ("parameters", "variables", "files"):
            node = self.root.get(section)
            for entry in node if isinstance(node, Mapping) else ():
                if f"{section}.{entry.key.text}" in self.source.text:
                    readers = self.mentions(entry.key.text)
                    self.replace("rename the declaration", entry.key.span, f"{entry.key.text}Other", *readers)
                    self.delete("delete the declaration", entry, *readers, self.root.entries[section].key.span)


def plant(text: str) -> list[Fault]:
    """Every fault that can be planted in a sound pipeline, in the order of the text; each kind at each place once."""
    source = Source("planted.pipeline.yaml", text)
    root = parse(source, Report())
    assert isinstance(root, Mapping)
    planter = Planter(source, root, frozenset(_references(root)))
    planter.document()
    planter.declarations()
    planter.lines()
    seen: dict[str, Fault] = {}
    for fault in planter.faults:
        seen.setdefault(fault.text, fault)
    return list(seen.values())


def misspelt(word: str, seed: int) -> str:
    """The word with a letter doubled, dropped or swapped with its neighbour; where, the seed says."""
    if len(word) < 2:
        return word + "x"
    at = 1 + seed % max(len(word) - 2, 1)
    doubled = word[:at] + word[at - 1] + word[at:]
    dropped = word[:at] + word[at + 1 :]
    swapped = word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :]
    choices = [w for w in (doubled, dropped, swapped) if w != word and len(w) > 1 and w.strip("-_. :") == w]
    return choices[seed % len(choices)] if choices else word + "x"


def _references(node: Node) -> Iterator[str]:
    """The names of steps that other text speaks of."""
    match node:
        case Mapping():
            for entry in node:
                yield from _references(entry.value)
        case Sequence(items):
            for item in items:
                yield from _references(item)
        case Scalar(text=word):
            yield word.partition(":")[0] if ":" in word else ""
        case Template(parts):
            yield from (str(p.segments[1].value) for p in parts if isinstance(p, Path) and len(p.segments) > 1)


def _step_names(node: Node | None) -> Iterator[str]:
    for entry in node if isinstance(node, Mapping) else ():
        yield entry.key.text
        for key in ("then", "else", "steps"):
            yield from _step_names(entry.value.get(key) if isinstance(entry.value, Mapping) else None)


def _trimmed(span: Span) -> Span:
    """A block's span ends where the next token begins: without the space and comments before it."""
    text = span.text
    while (stripped := text.rstrip()) and stripped.rpartition("\n")[2].lstrip().startswith("#"):
        text = stripped.rpartition("\n")[0]
    return span.sub(0, len(text.rstrip()))


def _deeper(line: str, column: int) -> bool:
    bare = line.strip()
    return not bare or bare.startswith("#") or len(line) - len(line.lstrip()) >= column


def _short(text: str) -> str:
    return text if len(text) <= 30 else f"{text[:27]}...".replace("\n", " ")
