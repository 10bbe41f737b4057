"""A document becomes a pipeline: extended, folded for a target, checked in structure."""

from __future__ import annotations

from collections.abc import Callable

from compiler.decode.extends import extended, with_gaps
from compiler.decode.fold import Scope, fold
from compiler.decode.lookalikes import declared_names, without_lookalikes
from compiler.decode.merge import merge_defaults, merge_maps
from compiler.decode.parameters import read_parameters
from compiler.decode.respelling import respelled
from compiler.decode.schema import document_root
from compiler.decode.settings import missing_setting
from compiler.decode.steps import STEPS_HINT, StepReader, patch, read_defaults
from compiler.decode.structure import conform
from compiler.diagnostics import Report
from compiler.model.document import DOCUMENT, EXTENDED, PIPELINE, TARGET_FIELDS
from compiler.model.kinds import Record
from compiler.model.pipeline import Pipeline, Step
from compiler.syntax import Entry, Gap, Mapping, Node, Scalar, Template
from compiler.text import Source, Span, guess, record

FileUri = Callable[[Scalar, dict[str, str], Span], Node]
TARGET_SECTIONS = tuple(key for key in TARGET_FIELDS if key not in PIPELINE)


@record
class Document:
    """The sections of a document, `extends` merged in. `root` conforms to the document schema, or holds gaps.

    `lost` are sections of which a part could not be read, with the file that was to be extended.
    """

    root: Mapping
    lost: frozenset[str] = frozenset()

    def section(self, name: str) -> Mapping | None:
        node = self.root.get(name)
        return node if isinstance(node, Mapping) else None

    @property
    def targets(self) -> dict[str, Mapping]:
        section = self.section("targets")
        return {e.key.text: e.value for e in section or () if isinstance(e.value, Mapping)}


def read_document(node: Node, report: Report, extend: Callable[[Scalar], Source | None]) -> Document | None:
    """Check the document's own structure and lay it over the one it extends."""
    if not isinstance(node, Mapping):
        report.add("wrong-type", "a pipeline file holds a map", node.span, hint="start with `version: 1`")
        return None
    whole = extended(node, extend, report)
    root = without_lookalikes(whole or node, report)
    plain = Mapping({k: e for k, e in root.entries.items() if not k.startswith("x-")}, root.span)
    plain = plain if whole else with_gaps(plain, EXTENDED)
    checked = _written_out(conform(plain, document_root(), "", "the document", report), report)
    _check_version(checked, report)
    return Document(checked, frozenset(() if whole else EXTENDED))


def _written_out(root: Mapping, report: Report) -> Mapping:
    """The document with gaps where an expression stands for a whole section: nothing it could name is known yet."""
    sections = _no_expressions(root, tuple(DOCUMENT), report)
    targets = sections.get("targets")
    if not isinstance(targets, Mapping):
        return sections
    named = _no_expressions(targets, tuple(targets.entries), report)
    each = {
        name: Entry(e.key, _no_expressions(e.value, TARGET_SECTIONS, report)) if isinstance(e.value, Mapping) else e
        for name, e in named.entries.items()
    }
    entry = Entry(sections.entries["targets"].key, Mapping(each, targets.span))
    return Mapping({**sections.entries, "targets": entry}, root.span)


def _no_expressions(node: Mapping, keys: tuple[str, ...], report: Report) -> Mapping:
    faulty = [e for e in node if e.key.text in keys and isinstance(e.value, Template)]
    for entry in faulty:
        message = f"`{entry.key.text}` is written out, and an expression cannot stand for it"
        report.add("wrong-type", message, entry.value.span, hint="put expressions inside, for the values")
    gaps = {e.key.text: Entry(e.key, Gap(e.value.span)) for e in faulty}
    return Mapping({**node.entries, **gaps}, node.span) if gaps else node


def _check_version(root: Mapping, report: Report) -> None:
    version = root.get("version")
    if isinstance(version, Scalar) and version.text != "1":
        report.add(
            "unknown-version",
            f"`{version.text}` is not a version of the language",
            version.span,
            hint="write `version: 1`",
        )


def read_pipeline(
    document: Document, target: str, overrides: dict[str, Node], file_uri: FileUri, report: Report
) -> tuple[Pipeline, Scope]:
    """The pipeline as `target` leaves it. `overrides` are `--set` values; `file_uri` makes the S3 URI of a file."""
    chosen = document.targets.get(target)
    own = Mapping({k: e for k, e in chosen.entries.items() if k in PIPELINE}, chosen.span) if chosen else None
    merged = merge_maps(document.section("pipeline") or _unread(document.root), own) or _unread(document.root)
    unknown = document.lost or "targets" in _unread_sections(document)
    settings = with_gaps(merged, tuple(PIPELINE) if unknown else (), _place(document.root))
    scope = _scope(document, target, chosen, settings, overrides, file_uri, report)
    folded = fold(settings, scope)
    assert isinstance(folded, Mapping)
    folded = conform(folded, Record(PIPELINE), "properties/pipeline", "`pipeline`", report)
    patches = None if "parameters" in scope.unread else _patch_of(chosen, "parameters")
    parameters = read_parameters(document.section("parameters"), patches, scope, report)
    given, patched = document.section("defaults"), _patch_of(chosen, "defaults")
    defaults = read_defaults(merge_defaults(given, patched) if patched else given, scope, report)
    reader = StepReader(scope, report, defaults)
    steps = document.root.get("steps")
    roots: tuple[Step, ...] = ()
    if isinstance(steps, Mapping):
        roots = reader.read(patch(respelled(steps, report), _patch_of(chosen, "steps"), report))
    elif steps is not None and not isinstance(steps, Gap):
        report.add("wrong-type", "`steps` wants a map of steps", steps.span, hint=STEPS_HINT)
    poisoned, unread = frozenset(reader.poisoned), _unread_sections(document)
    pipeline = Pipeline(target, folded, parameters, roots, document.root.span, poisoned, unread, defaults)
    return pipeline, scope


def _place(root: Mapping) -> Span:
    """Where `pipeline` stands: the place to say that it lacks something."""
    entry = root.entries.get("pipeline")
    return entry.key.span if entry else root.span.sub(0, 1)


def _unread(root: Mapping) -> Mapping:
    """Settings that could not be read: nothing more is said of them."""
    return with_gaps(Mapping({}, root.span), tuple(PIPELINE))


def _unread_sections(document: Document) -> frozenset[str]:
    found = {e.key.text for e in document.root if isinstance(e.value, Gap)}
    targets = document.section("targets")
    if any(isinstance(e.value, Gap) for e in targets or ()):
        found.add("targets")
    return document.lost | found


def _account(settings: Mapping) -> Node | None:
    """The account, else the role it is read from, which may not itself be made of the account."""
    given, role = settings.get("account"), settings.get("role")
    if given is None and isinstance(role, Template) and any(str(part) == "target.account" for part in role.parts):
        return None
    return given or role


def _patch_of(target: Mapping | None, key: str) -> Mapping | None:
    node = target.get(key) if target else None
    return node if isinstance(node, Mapping) else None


def _only_declared(own: Mapping | None, declared: Mapping | None, report: Report) -> None:
    """A target sets variables and adds none: one it added would be missing in the others."""
    known = tuple(declared.entries) if declared else ()
    for entry in own or ():
        if entry.key.text not in known:
            hint = guess(entry.key.text, known) or "declare it under `variables`"
            message = f"no variable is named `{entry.key.text}`"
            report.add("unknown-variable", message, entry.key.span, hint=hint)


def _scope(document: Document, target: str, chosen: Mapping | None, settings: Mapping, overrides: dict[str, Node],
           file_uri: FileUri, report: Report) -> Scope:  # fmt: skip
    variables = _variables(document, chosen, overrides, report)
    files = {e.key.text: e.value for e in document.section("files") or ()}
    known = _known(target, settings)
    unread = _unread_sections(document)
    scope: Scope

    def uri(name: str, span: Span) -> Node:
        return _file_uri(name, span, scope, file_uri)

    scope = Scope(report, known, variables, files, uri, settings.span, unread, lambda: declared_names(document.root))
    return scope


def _variables(
    document: Document, chosen: Mapping | None, overrides: dict[str, Node], report: Report
) -> dict[str, Node]:
    """The variables as the target and `--set` leave them; they override and add none."""
    declared, own = document.section("variables"), _patch_of(chosen, "variables")
    if "variables" not in _unread_sections(document):
        _only_declared(own, declared, report)
    merged = merge_maps(declared, own)
    values = {k: e.value for k, e in merged.entries.items()} if merged else {}
    for name in overrides:
        if name not in values and "variables" not in document.lost:
            hint = guess(name, values)
            message = f"`--set {name}=...`: no variable is named `{name}`"
            report.add("unknown-variable", message, None, hint=hint, path=document.root.span.source.path)
    return {**values, **overrides}


def _known(target: str, settings: Mapping) -> dict[str, Node]:
    """What `target.X` names: the keys of `pipeline`, the pipeline's name and the target's own, the account."""
    known: dict[str, Node] = {k: e.value for k, e in settings.entries.items() if k != "name"}
    known["pipeline_name"] = settings.get("name") or Gap(settings.span)
    if target:
        known["name"] = Scalar(target, target, settings.span)
    if (account := _account(settings)) is not None:
        known["account"] = account
    return known


def _file_uri(name: str, span: Span, scope: Scope, file_uri: FileUri) -> Node:
    """The S3 URI of a declared file, by its folded path and the pipeline's places."""
    path = scope.named("files", name, span)
    if not isinstance(path, (Scalar, Gap)):
        message = f"the path of file `{name}` must be text known when compiling"
        scope.report.add("runtime-in-compile-slot", message, path.span)
    places = {k: scope.named("target", k, span) for k in ("bucket", "prefix", "pipeline_name") if k in scope.target}
    if "bucket" not in places:
        scope.report.extend([missing_setting("bucket", scope.pipeline)])
    texts: dict[str, str] = {k: v.text for k, v in places.items() if isinstance(v, Scalar)}
    return file_uri(path, texts, span) if isinstance(path, Scalar) and "bucket" in texts else Gap(span)
