"""Compile-time expressions folded away: target, variables, files and matrix become plain values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field, replace

from compiler.decode.extent import DEEPEST, LONGEST_CHAIN, MOST_VALUES, Extent, extent_of
from compiler.decode.settings import missing_setting, plausible
from compiler.diagnostics import Report
from compiler.expr import Path, Segment
from compiler.model.account import ACCOUNT
from compiler.model.document import PIPELINE
from compiler.model.kinds import Text
from compiler.syntax import Entry, Gap, Mapping, Node, Scalar, Sequence, Template
from compiler.text import Span, guess, mutable

COMPILE_TIME = ("target", "variables", "files", "matrix")
RUN_TIME = ("parameters", "steps", "execution", "item")


@mutable
class Scope:
    """What the compile-time namespaces hold. Variables, settings and paths of files are folded when first read.

    `file_uri` gives the S3 URI of a declared file; `pipeline` is where that section stands. `unread` are the sections
    that another fault kept from being read, `declared` tells in which namespace a name is. `used` gathers (namespace,
    name) of everything read.
    """

    report: Report
    target: dict[str, Node]
    variables: dict[str, Node]
    files: dict[str, Node]
    file_uri: Callable[[str, Span], Node]
    pipeline: Span
    unread: frozenset[str] = frozenset()
    declared: Callable[[], dict[str, str]] = dict
    used: set[tuple[str, str]] = field(default_factory=set)
    _folded: dict[tuple[str, str], tuple[Node, Extent]] = field(default_factory=dict)
    _open: dict[tuple[str, str], Extent] = field(default_factory=dict)
    _said_too_much: bool = False
    _inside: Extent = Extent(0, 0)  # of what was read since the innermost open name was begun

    def named(self, namespace: str, name: str, span: Span) -> Node:
        """The folded value of `target.name`, `variables.name` or the path `files.name`, which must exist.

        What is made of itself, and what stands for more than a document may hold, is reported and a Gap.
        """
        key = (namespace, name)
        if key in self._open:
            chain = [*self._open, key]
            cycle = " -> ".join(f"`{n}`" for _, n in chain[chain.index(key) :])
            message = f"the value is made of itself: {cycle}"
            self.report.add("variable-cycle", message, span, hint="write one of them out")
            return Gap(span)
        if key not in self._folded:
            self._folded[key] = self._fold(key, span)
        node, extent = self._folded[key]
        outer = self._inside
        self._inside = Extent(outer.values + extent.values, max(outer.levels, extent.levels))
        return node if self._inside.values <= MOST_VALUES else self._too_much(span)

    def _fold(self, key: tuple[str, str], span: Span) -> tuple[Node, Extent]:
        node = {"target": self.target, "variables": self.variables, "files": self.files}[key[0]][key[1]]
        own = extent_of(node)
        levels = own.levels + sum(extent.levels for extent in self._open.values())
        if levels > DEEPEST or len(self._open) == LONGEST_CHAIN:
            return self._too_deep(span), Extent(1, 0)
        outer, self._inside, self._open[key] = self._inside, Extent(0, 0), own
        folded = fold(node, self)
        folded = _account(folded) if key == ("target", "account") else folded
        inside, self._inside = self._inside, outer
        del self._open[key]
        whole = Extent(own.values + inside.values, own.levels + inside.levels)
        return (folded if whole.levels <= DEEPEST else self._too_deep(span)), whole

    def _too_much(self, span: Span) -> Gap:
        """Said once: all that is read after it is too much as well."""
        if not self._said_too_much:
            message = f"names stand for more than {MOST_VALUES:,} values"
            self.report.add("expansion-limit", message, span, hint="say it in fewer values, or in a file")
        self._said_too_much = True
        return Gap(span)

    def _too_deep(self, span: Span) -> Gap:
        message = f"names stand for more than {DEEPEST} levels, or for a chain of more than {LONGEST_CHAIN} names"
        return _fault(self, "expansion-limit", message, span, "make the value of fewer others")


def _account(node: Node) -> Node:
    """The account that is given, or that the role's ARN names, as the author wrote it.

    A gap where it is none: what is wrong is told of the setting, and not of all that is put together from it.
    """
    words = node.text.split(":") if isinstance(node, Scalar) else [""]
    word = words[4] if len(words) > 5 else words[0]
    return Scalar(word, word, node.span) if ACCOUNT.fullmatch(word) else Gap(node.span)


def fold(node: Node, scope: Scope, matrix: dict[str, Node] | None = None) -> Node:
    """The node with its compile-time expressions replaced; the very node where there are none."""
    match node:
        case Scalar() | Gap():
            return node
        case Template():
            return _fold_template(node, scope, matrix)
        case Sequence():
            items = tuple([fold(item, scope, matrix) for item in node.items])
            same = all(a is b for a, b in zip(items, node.items, strict=True))
            return node if same else Sequence(items, node.span)
        case Mapping():
            return _fold_mapping(node, scope, matrix)


def _fold_mapping(node: Mapping, scope: Scope, matrix: dict[str, Node] | None) -> Mapping:
    changed: dict[str, Entry] = {}
    for key, entry in node.entries.items():
        value = entry.value
        if isinstance(value, Scalar):
            continue
        folded = fold(value, scope, matrix)
        if folded is not value:
            changed[key] = Entry(entry.key, folded)
    return Mapping({k: changed.get(k, e) for k, e in node.entries.items()}, node.span) if changed else node


def _fold_template(node: Template, scope: Scope, matrix: dict[str, Node] | None) -> Node:
    if (whole := node.whole) is not None:
        value = _lookup(whole, scope, matrix)
        if value is None:
            return node
        return replace(value, span=node.span) if isinstance(value, Scalar) else value
    pieces = [_fold_part(part, scope, matrix) for part in node.parts]
    if any(piece is None for piece in pieces):
        return Gap(node.span)
    parts: list[str | Path] = []
    for piece in [p for found in pieces if found for p in found]:
        if isinstance(piece, str) and parts and isinstance(parts[-1], str):
            parts[-1] += piece
        else:
            parts.append(piece)
    if len(parts) == 1 and isinstance(parts[0], str):
        return Scalar(parts[0], parts[0], node.span, plain=False)
    return Template(tuple(parts), node.span)


def _fold_part(part: str | Path, scope: Scope, matrix: dict[str, Node] | None) -> tuple[str | Path, ...] | None:
    """Text, and paths left for run time; None where it was at fault."""
    if isinstance(part, str):
        return (part,)
    value = _lookup(part, scope, matrix)
    match value:
        case None:
            return (part,)
        case Gap():
            return None
        case Scalar() if value.value is not None:
            return (value.text,)
        case Template():
            return value.parts
        case _:
            kind = _KINDS[value.__class__]
            message = f"`{part}` is {kind} and cannot stand inside text"
            scope.report.add("not-text", message, part.span, hint=_inside(value, part))
            return None


_KINDS: dict[type, str] = {Sequence: "a list", Mapping: "a map", Scalar: "null"}


def _inside(value: Node | None, path: Path) -> str:
    """A part of the value that is text."""
    match value:
        case Sequence(items) if items:
            return f"name one of its items, such as `{path}[0]`"
        case Mapping(entries) if entries:
            return f"name one of its entries, such as `{path}.{next(iter(entries))}`"
        case _:
            return ""


def _lookup(path: Path, scope: Scope, matrix: dict[str, Node] | None) -> Node | None:
    """The value of a compile-time path, a Gap where it is at fault, None where it is known only when running."""
    if not path.segments:
        return Gap(path.span)
    root = path.root
    if root in RUN_TIME:
        return None
    if root not in COMPILE_TIME:
        return _unknown_namespace(path, scope)
    if len(path.segments) < 2:
        return _fault(scope, "unknown-name", f"`{root}` alone names nothing", path.span, f"write `{root}.<name>`")
    name = path.segments[1]
    found = _first(root, name, scope, matrix)
    return _descend(found, path, scope)


def _unknown_namespace(path: Path, scope: Scope) -> Gap:
    known = (*RUN_TIME, *COMPILE_TIME)
    hint = guess(path.root, known) or "the namespaces are " + ", ".join(f"`{n}`" for n in known)
    if path.root in (declared := scope.declared()):
        hint = f"write `${{{{ {declared[path.root]}.{path} }}}}`"
    return _fault(scope, "unknown-namespace", f"no namespace is named `{path.root}`", path.segments[0].span, hint)


def _first(root: str, segment: Segment, scope: Scope, matrix: dict[str, Node] | None) -> Node:
    name = str(segment.value)
    known = {
        "target": scope.target,
        "variables": scope.variables,
        "files": scope.files,
        "matrix": matrix if matrix is not None else {},
    }[root]
    if name not in known:
        return _unknown_name(root, name, list(known), segment.span, scope, matrix)
    scope.used.add((root, name))
    if root == "matrix":
        return known[name]
    if root == "files":
        return scope.file_uri(name, segment.span)
    found = scope.named(root, name, segment.span)
    if root == "target" and isinstance(found, Template) and PIPELINE[name].kind == Text(static=True):
        return Gap(found.span)  # the setting itself is told to be known when compiling
    if root == "target" and isinstance(found, Scalar) and not plausible(name, found.text):
        return Gap(found.span)  # what is wrong is told of the setting
    return found


def _unknown_name(
    root: str, name: str, known: list[str], span: Span, scope: Scope, matrix: dict[str, Node] | None
) -> Gap:
    if root == "matrix" and matrix is None:
        return _fault(
            scope,
            "matrix-outside",
            "`matrix` has values only inside a step with a `matrix`",
            span,
            "give the step a `matrix`, or use a variable",
        )
    words = {"target": "target key", "variables": "variable", "files": "file", "matrix": "matrix key"}
    hint = guess(name, known)
    code = {"target": "unknown-target-key", "variables": "unknown-variable", "files": "unknown-file"}.get(
        root, "unknown-matrix-key"
    )
    message = f"no {words[root]} is named `{name}`"
    if _unread(root, scope):
        return Gap(span)
    if root == "target" and name == "name":
        hint = "the pipeline's own name is `target.pipeline_name`"
        return _fault(scope, code, "`target.name` has no value in a document without targets", span, hint)
    if root == "target" and name in PIPELINE:
        scope.report.extend([missing_setting(name, scope.pipeline)])
        return Gap(span)
    return _fault(scope, code, message, span, hint)


def _descend(node: Node, path: Path, scope: Scope) -> Node:
    for segment in path.segments[2:]:
        match node, segment.value:
            case Mapping(entries), str(key) if key in entries:
                node = entries[key].value
            case Sequence(items), int(index) if index < len(items):
                node = items[index]
            case Gap(), _:
                return node
            case _:
                return Gap(segment.span) if _unread(path.root, scope) else _no_such_part(node, segment, scope)
    return node


def _unread(root: str, scope: Scope) -> bool:
    """Whether a fault kept the namespace from being read, so that a name may be missing for no fault of its own."""
    sections = ("pipeline", "targets") if root == "target" else (root,)
    return not scope.unread.isdisjoint(sections)


def _no_such_part(node: Node, segment: Segment, scope: Scope) -> Gap:
    name = str(segment.value)
    match node:
        case Mapping(entries):
            message, hint = f"the value has no key `{name}`", guess(name, list(entries))
        case Sequence(items):
            message, hint = f"the list has {len(items)} items; `{name}` names none of them", "items count from 0"
        case _:
            message, hint = f"the value is a scalar and has no part `{name}`", ""
    return _fault(scope, "unknown-name", message, segment.span, hint)


def _fault(scope: Scope, code: str, message: str, span: Span, hint: str = "") -> Gap:
    scope.report.add(code, message, span, hint=hint)
    return Gap(span)
