"""One document, one target, one result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from compiler.assets import Asset, AssetFault, Store, find_root
from compiler.check import check
from compiler.decode import Document, FileUri, choose_target, read_document, read_pipeline
from compiler.diagnostics import Report
from compiler.lower import lower
from compiler.model.values import MapValue
from compiler.resolve import asset_uri, resolve, uri_of
from compiler.syntax import Gap, Node, Scalar, parse
from compiler.syntax.read import read_source
from compiler.text import Source, Span


@dataclass(frozen=True, slots=True)
class Result:
    """What compiling gave.

    `definition` is the pipeline definition as plain JSON values, or None where the report holds an error. `assets`
    are the code files and archives to upload, with their S3 URIs. `files()` makes the files of an output folder.
    """

    definition: dict[str, Any] | None
    report: Report
    target: str = ""
    assets: tuple[tuple[Asset, str], ...] = ()
    settings: MapValue | None = field(default=None, repr=False)
    places: dict[str, Span] = field(default_factory=dict, repr=False)

    @property
    def ok(self) -> bool:
        return self.definition is not None

    def files(self) -> dict[str, bytes]:
        """Relative path to content of every file that `sagepipe compile -o` writes. Empty without a definition."""
        from compiler.emit import outputs

        if self.definition is None or self.settings is None:
            return {}
        return outputs(self.definition, self.settings, self.assets, self.places, self.target)


@dataclass(frozen=True, slots=True)
class Options:
    """How to compile: `target` by name, the project's `root`, `--set` values, codes let pass in this run."""

    target: str | None = None
    root: Path | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    allow: frozenset[str] = frozenset()


def compile_text(
    text: str,
    *,
    path: str | Path | None = None,
    target: str | None = None,
    root: str | Path | None = None,
    variables: Mapping[str, str] | None = None,
) -> Result:
    """Compile a document given as text. `path` is where it stands (relative paths are read from its folder)."""
    from compiler.syntax.read import decode_source

    report = Report()
    source = decode_source(text, str(path) if path else "<text>", report)
    options = Options(target, Path(root) if root else None, variables or {})
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
    return compile_source(source, report, options, Path(path))


def compile_source(source: Source | None, report: Report, options: Options, path: Path | None) -> Result:
    """Compile a text that was read for one target."""
    document = _document(source, report, options, path)
    if document is None or source is None:
        return Result(None, report)
    target = choose_target(document, options.target, report, source.path)
    if target is None:
        return Result(None, report)
    return _compile_target(document, target, report, options, path)


def validate_source(source: Source | None, report: Report, options: Options, path: Path | None) -> tuple[Result, ...]:
    """Compile for every target, or the one named; a fault that several share is told once."""
    document = _document(source, report, options, path)
    if document is None or source is None:
        return ()
    if options.target is not None or not document.targets:
        target = choose_target(document, options.target, report, source.path)
        names = [] if target is None else [target]
    else:
        choose_target(document, None, report, source.path)
        names = list(document.targets)
    results = []
    for name in names:
        own = Report()
        results.append(_compile_target(document, name, own, options, path))
        report.extend(own)
    return tuple(results)


def _document(source: Source | None, report: Report, options: Options, path: Path | None) -> Document | None:
    node = parse(source, report) if source else None
    if node is None or isinstance(node, Gap):
        return None
    return read_document(node, report, lambda given: _extend(given, source, report, options, path))


def _extend(given: Scalar, source: Source | None, report: Report, options: Options, path: Path | None) -> Source | None:
    """The text of an extended file, which must lie in the project. Its name is shown beside the document's."""
    project = find_root(path, options.root)
    located = project.locate(given.text)
    if located is None:
        report.add("code-outside-project", f"`{given.text}` lies outside the project", given.span)
        return None
    if not located.is_file():
        report.add(
            "code-not-found",
            f"`{given.text}` is not there",
            given.span,
            hint="a relative path is read from the pipeline file's folder",
        )
        return None
    folder = Path(source.path).parent if source else Path()
    return read_source(str(located), display=(folder / given.text).as_posix(), report=report)


def _compile_target(document: Document, target: str, report: Report, options: Options, path: Path | None) -> Result:
    store = Store(find_root(path, options.root))
    overrides: dict[str, Node] = {k: _override(k, v) for k, v in options.variables.items()}
    pipeline, scope = read_pipeline(document, target, overrides, _file_uri(store, report), report)
    program = resolve(pipeline, store, scope.used, report)
    report.extend(check(program, document, options.allow, report.ok))
    if not report.ok:
        return Result(None, report, target, settings=program.settings)
    definition = lower(program)
    assets = tuple((asset, asset_uri(program.settings, asset)) for asset in _sorted(store))
    return Result(definition.json, report, target, assets, program.settings, definition.places)


def _sorted(store: Store) -> Iterator[Asset]:
    for key in sorted(store.assets):
        yield store.assets[key]


def _override(name: str, value: str) -> Node:
    """A `--set` value, read like a YAML scalar."""
    source = Source(f"--set {name}", value)
    node = parse(source, Report())
    return node if isinstance(node, Scalar) else Scalar(value, value, Span(source, 0, len(value)), plain=False)


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
