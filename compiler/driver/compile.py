"""One document, one target, one result."""

from __future__ import annotations

import gc
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import field, replace
from pathlib import Path
from typing import Any, NamedTuple

from compiler.assets import Asset, AssetFault, Project, Store, find_root
from compiler.check import check, told_once, warn
from compiler.decode import Document, FileUri, choose_target, read_document, read_pipeline
from compiler.diagnostics import Allowance, Diagnostic, Report, allow
from compiler.lower import lower, places
from compiler.model.program import Program
from compiler.model.values import MapValue
from compiler.resolve import asset_uri, resolve, uri_of
from compiler.syntax import Gap, Node, Scalar, decode_source, find_allowances, parse, read_source
from compiler.text import Source, Span, record


@record
class Result:
    """What compiling gave.

    `definition` is the pipeline definition as plain JSON values, or None where the report holds an error. `assets`
    are the code files and archives to upload, with their S3 URIs. `files()` makes the files of an output folder.
    """

    definition: dict[str, Any] | None
    report: Report
    target: str = ""
    assets: tuple[tuple[Asset, str], ...] = ()
    program: Program | None = field(default=None, repr=False)
    project: Project | None = field(default=None, repr=False)

    @property
    def ok(self) -> bool:
        return self.definition is not None

    @property
    def settings(self) -> MapValue | None:
        """The bound keys of `pipeline`, as the target leaves them; None without a definition."""
        return self.program.settings if self.program else None

    @property
    def places(self) -> dict[str, Span]:
        """JSON pointer into the definition to the place in the YAML. Worked out each time it is asked for."""
        return places(self.program) if self.program else {}

    def files(self) -> dict[str, bytes]:
        """Relative path to content of every file that `sagepipe compile -o` writes. Empty without a definition."""
        from compiler.emit import outputs

        if self.definition is None or self.settings is None or self.project is None:
            return {}
        return outputs(self.definition, self.settings, self.assets, self.places, self.project.shown)


class Validation(NamedTuple):
    """What validating found in a document, and the targets it was validated for ("" where it declares none)."""

    report: Report
    targets: tuple[str, ...] = ()


_ENDLESS = re.compile(r"(?i)(?<![\w.])\.(inf|nan)(?![\w.])")  # no number of a definition: JSON has none of them


@record
class Options:
    """How to compile: `target` by name, the project's `root`, `--set` values, and codes let pass in this run: of
    warnings, or of the step quota."""

    target: str | None = None
    root: Path | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    allow: frozenset[str] = frozenset()


@contextmanager
def collector_paused() -> Iterator[None]:
    """Without the cyclic collector, which would look at all that a compile makes, over and over, and find it in use."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def compile_text(
    text: str,
    *,
    path: str | Path | None = None,
    target: str | None = None,
    root: str | Path | None = None,
    variables: Mapping[str, str] | None = None,
) -> Result:
    """Compile a document given as text. `path` is where it stands (relative paths are read from its folder)."""
    report = Report()
    source = decode_source(text, str(path) if path else "<text>", report)
    options = Options(target, Path(root) if root else None, variables or {})
    with collector_paused():
        return compile_source(source, report, options, Path(path) if path else None)


def compile_file(
    path: str | Path,
    *,
    target: str | None = None,
    root: str | Path | None = None,
    variables: Mapping[str, str] | None = None,
) -> Result:
    """Compile a file. Never raises on bad input: what is wrong stands in the result's report."""
    report = Report()
    source = read_source(str(path), report=report)
    options = Options(target, Path(root) if root else None, variables or {})
    with collector_paused():
        return compile_source(source, report, options, Path(path))


def compile_source(source: Source | None, report: Report, options: Options, path: Path | None) -> Result:
    """Compile a text that was read for one target. `report` holds what reading found, the result's report all."""
    reading = _read(source, report, options, path)
    if reading is None:
        return Result(None, report)
    target = choose_target(reading.document, options.target, report, reading.source.path)
    result = Result(None, report)
    if target is not None:
        result = _compile_target(reading.document, target, report, options, path)
        report.extend(_warnings(result, reading.document))
    settled = _settled(report, reading, options, every_target=False)
    return replace(result, report=settled, definition=result.definition if settled.ok else None)


def validate_source(source: Source | None, report: Report, options: Options, path: Path | None) -> Validation:
    """Check for every target, or the one named; a fault that several share is told once."""
    reading = _read(source, report, options, path)
    if reading is None:
        return Validation(report)
    targets = _targets(reading, report, options)
    shared = tuple(report)
    results = []
    for name in targets:
        results.append(_compile_target(reading.document, name, Report(shared), options, path))
        report.extend(results[-1].report)
    for result in results if report.ok else ():
        report.extend(_warnings(result, reading.document))
    return Validation(_settled(report, reading, options, every_target=options.target is None), targets)


class _Reading(NamedTuple):
    """A document, the text it was read from, and the warnings its author allows."""

    document: Document
    source: Source
    allowances: tuple[Allowance, ...]


def _read(source: Source | None, report: Report, options: Options, path: Path | None) -> _Reading | None:
    node = parse(source, report) if source else None
    if source is None or node is None or isinstance(node, Gap):
        return None
    allowances = list(find_allowances(source, node, report))

    def extend(given: Scalar) -> Source | None:
        base = _extend(given, source, report, options, path)
        root = parse(base, Report()) if base else None
        if base and root:
            allowances.extend(find_allowances(base, root, report))
        return base

    document = read_document(node, report, extend)
    return _Reading(document, source, tuple(allowances)) if document else None


def _targets(reading: _Reading, report: Report, options: Options) -> tuple[str, ...]:
    """The targets to validate for; that none is the default one is told, too."""
    chosen = choose_target(reading.document, options.target, report, reading.source.path)
    if options.target is not None or not reading.document.targets:
        return () if chosen is None else (chosen,)
    return tuple(reading.document.targets)


def _settled(report: Report, reading: _Reading, options: Options, *, every_target: bool) -> Report:
    """The report without what the document and this run allow.

    Whether an allowance is of use at all can be told only where every target was looked at.
    """
    return Report(
        found
        for found in allow(report, reading.allowances)
        if not (found.severity == "warning" and found.code in options.allow)
        and not (found.code == "unused-allowance" and not every_target and reading.document.targets)
    )


def _extend(given: Scalar, source: Source, report: Report, options: Options, path: Path | None) -> Source | None:
    """The text of an extended file, which must lie in the project. Its name is shown beside the document's."""
    project = find_root(path, options.root)
    if path is not None and project.locate(given.text) == Path(os.path.realpath(path)):
        report.add("extends-key", "the file extends itself", given.span, hint="name the file that holds what is shared")
        return None
    found = Store(project).peek(given.text)
    if isinstance(found, AssetFault):
        report.add(found.code, found.message, given.span, hint=found.hint)
        return None
    return decode_source(found.content, (Path(source.path).parent / given.text).as_posix(), report)


def _compile_target(document: Document, target: str, report: Report, options: Options, path: Path | None) -> Result:
    project = find_root(path, options.root)
    store = Store(project)
    program = _check_target(document, target, report, options, store)
    if not report.ok:
        return Result(None, report, target)
    assets = tuple((asset, asset_uri(program.settings, asset)) for asset in _sorted(store))
    return Result(lower(program), report, target, assets, program, project)


def _check_target(document: Document, target: str, report: Report, options: Options, store: Store) -> Program:
    """The program of one target, with all that is wrong with it reported."""
    overrides: dict[str, Node] = {k: _override(k, v) for k, v in options.variables.items()}
    pipeline, scope = read_pipeline(document, target, overrides, _file_uri(store, report), report)
    program = resolve(pipeline, store, scope.used, report)
    report.extend(check(program, document, options.allow))
    report.keep(told_once(report, program))
    return program


def _warnings(result: Result, document: Document) -> Iterator[Diagnostic]:
    """What is to be said of a document without errors, and of the size of its definition."""
    if result.program is None:
        return
    from compiler.emit import canonical
    from compiler.emit.request import INLINE_LIMIT

    yield from told_once(warn(result.program, document), result.program)
    size = len(canonical(result.definition))
    if size > INLINE_LIMIT:
        message = f"the definition has {size:,} characters, and a request takes {INLINE_LIMIT:,}"
        notes = ("a larger one is sent by way of S3, where no limit is documented",)
        yield Diagnostic.of("definition-size", message, document.root.entries["steps"].key.span, notes=notes)


def _sorted(store: Store) -> Iterator[Asset]:
    for key in sorted(store.assets):
        yield store.assets[key]


def _override(name: str, value: str) -> Node:
    """A `--set` value: a YAML scalar, or a list or map in brackets; else text, and so are `.inf` and `.nan`."""
    source = Source(f"--set {name}", value)
    node = None if _ENDLESS.search(value) else parse(source, Report())
    if isinstance(node, Scalar) or (node is not None and value.lstrip()[:1] in ("[", "{")):
        return node
    return Scalar(value, value, Span(source, 0, len(value)), plain=False)


def _file_uri(store: Store, report: Report) -> FileUri:
    """How `${{ files.NAME }}` becomes an S3 URI; `places` are the folded bucket, prefix and name."""

    def uri(node: Scalar, places: Mapping[str, str], span: Span) -> Node:
        asset = store.file(node.text)
        if isinstance(asset, AssetFault):
            report.add(asset.code, asset.message, node.span, hint=asset.hint)
            return Gap(span)
        where = uri_of(places, asset)
        return Scalar(where, where, span, plain=False)

    return uri
