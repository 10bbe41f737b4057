"""Declared, and used by nothing."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.check.facts import Facts
from compiler.diagnostics import Diagnostic
from compiler.expr import Path
from compiler.syntax import Mapping, Node, Scalar, Sequence, Template
from compiler.text import Span


def unused(facts: Facts) -> Iterator[Diagnostic]:
    """Parameters, variables, files and metrics that nothing reads. A document with errors is left alone, and so is what
    stands in an extended file: other documents may read it."""
    own = facts.document.root.span.source
    yield from (found for found in _unused_names(facts) if found.span is None or found.span.source is own)


def _unused_names(facts: Facts) -> Iterator[Diagnostic]:
    used = facts.program.used | (_named_in(facts.document.root) if facts.document.targets else frozenset())
    for parameter in facts.parameters.values():
        if ("parameters", parameter.name) not in used:
            yield _unused("parameter", parameter.name, parameter.span)
    for section, word in (("variables", "variable"), ("files", "file")):
        for entry in facts.document.section(section) or ():
            if (section, entry.key.text) not in used and ("any", section) not in used:
                yield _unused(word, entry.key.text, entry.key.span)
    yield from _places(facts, used)
    yield from _metrics(facts, used)


def _unused(word: str, name: str, span: Span) -> Diagnostic:
    hint = f"use it as `${{{{ {word}s.{name} }}}}`, or remove it"
    return Diagnostic.of(f"unused-{word}", f"nothing uses {word} `{name}`", span, hint=hint)


def _places(facts: Facts, used: frozenset[tuple[str, str]]) -> Iterator[Diagnostic]:
    """`bucket` and `prefix` of a target, which only say where code and outputs go."""
    own = facts.document.targets.get(facts.program.pipeline.target)
    if own is None or ("target", "bucket") in used:
        return
    for key in ("bucket", "prefix"):
        entry = own.entries.get(key)
        if entry is not None and ("target", key) not in used:
            message = f"nothing uses `{key}`: the pipeline uploads no code, and every output says where it goes"
            yield Diagnostic.of("unused-target-key", message, entry.key.span, hint="remove it")


def _named_in(node: Node) -> frozenset[tuple[str, str]]:
    """What a document with targets names at all: another target than this one may use it."""
    parts = list(_parts(node))
    paths = [[str(s.value) for s in p.segments] for p in parts if isinstance(p, Path) and len(p.segments) > 1]
    texts = [part.partition(":") for part in parts if isinstance(part, str)]
    named = [(words[0], words[1]) for words in paths] + [(words[1], words[-1]) for words in paths]
    return frozenset([*named, *((step, name) for step, _, name in texts)])


def _parts(node: Node) -> Iterator[str | Path]:
    match node:
        case Scalar(text=word):
            yield word
        case Template(parts):
            yield from parts
        case Sequence(items):
            for item in items:
                yield from _parts(item)
        case Mapping():
            for entry in node:
                yield from _parts(entry.value)


def _metrics(facts: Facts, used: frozenset[tuple[str, str]]) -> Iterator[Diagnostic]:
    read = facts.program.used_offers | used
    for step in facts.steps.values():
        if step.source.type.name != "processing":
            continue
        for entry in step.source.map("metrics") or ():
            if (step.name, entry.key.text) not in read:
                message = f"nothing reads metric `{entry.key.text}` of step `{step.name}`"
                yield Diagnostic.of(
                    "unused-metric", message, entry.key.span, hint=f"read it as `{step.name}:{entry.key.text}`"
                )
