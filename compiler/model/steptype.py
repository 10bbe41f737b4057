"""What a step type is: a row of facts and two functions. One file a type stands in `compiler/steps/`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import TYPE_CHECKING, NamedTuple, Protocol

from compiler.expr import Segment, Type
from compiler.model.kinds import Field
from compiler.text import record

if TYPE_CHECKING:
    from compiler.model.pipeline import Step
    from compiler.model.values import Literal, MapValue, StepList, Value
    from compiler.shapes.image_choice import Scope
    from compiler.text import Span

STEP_EXCEPTIONS = ("throttling", "service-fault")
JOB_EXCEPTIONS = (*STEP_EXCEPTIONS, "job-internal-error", "capacity", "resource-limit")


class Property(NamedTuple):
    """An offer read from the step's describe response: `path` as in `A.B['c'][0]`."""

    path: str
    type: Type | None = None


class Metric(NamedTuple):
    """An offer read from a JSON file that the step writes: a property file and a JSON path."""

    file: str
    json_path: str


class Joined(NamedTuple):
    """An offer made of several: text and properties, joined by `on`."""

    on: str
    parts: tuple[str | Property, ...]


Offer = Property | Metric | Joined

Notation = str | tuple["Notation"] | Mapping[str, "Notation"]
"""A place in a request: a shape (`service:Shape`), a list of one notation `(item,)`, or a structure of several."""


def keyed(name: str) -> str:
    """`['name']`, as a path picks an entry by its name."""
    return f'["{name}"]' if "'" in name else f"['{name}']"


class Offers(NamedTuple):
    """What `step:name` and `${{ steps.X.name }}` find. `groups` are the names under `outputs.` and `metrics.`.

    `metric`, where there is one, makes an offer for any name under `metrics.` (a container's own metrics).
    """

    names: Mapping[str, Offer] = {}
    groups: Mapping[str, Mapping[str, Offer]] = {}
    metric: Callable[[str], Offer] | None = None


class Inner(NamedTuple):
    """Where a path into a loop goes on: below `step`, after `depth` segments; `path` is these in the API's spelling."""

    step: Step
    depth: int
    path: tuple[Segment, ...]


class Astray(NamedTuple):
    """Why a path into a loop leads nowhere: the number of the segment at fault; `known` could stand there."""

    segment: int
    message: str
    hint: str = ""
    known: tuple[str, ...] = ()


Descent = Callable[["Step", tuple[Segment, ...]], "Inner | Astray | None"]


class Request(NamedTuple):
    """What a step becomes: `Arguments`, and the step-level keys beside it."""

    arguments: Value
    keys: Mapping[str, Value] = {}


class Context(Protocol):
    """What a step type may ask of the compiler while it builds its request."""

    @property
    def step(self) -> Step: ...
    @property
    def span(self) -> Span: ...
    @property
    def pipeline_name(self) -> str: ...

    def report(self, code: str, message: str, span: Span, *, label: str = "", hint: str = "") -> None: ...
    def setting(self, key: str) -> Value:
        """A key of `pipeline`; reported as missing where the document has none."""

    def text_setting(self, key: str) -> str: ...
    def place(self, *parts: str) -> Value:
        """`s3://bucket/prefix/pipeline/<execution id>/step/<parts>`."""

    def image(self, framework: Value | None, scope: Scope, instance: Value | None) -> Value:
        """The image URI of a `framework` field; `scope` is training, inference or processing."""

    def serves(self, framework: MapValue, instance: Value | None) -> bool:
        """Whether a framework's training image serves as well."""

    def algorithm_image(self, algorithm: Value, instance: Value | None) -> Value: ...
    def code_file(self, code: Value) -> tuple[Value, str]:
        """S3 URI and file name of a single code file."""

    def code_archive(self, code: Value) -> tuple[Value, str]:
        """S3 URI of a `sourcedir.tar.gz`, and the entry in it."""

    def file(self, path: Literal) -> Value:
        """S3 URI of a file uploaded like code."""

    def file_text(self, path: Literal) -> str | None:
        """What a project file holds, to be changed before it is uploaded; None where it cannot be read (reported)."""

    def inline_file(self, name: str, content: str, span: Span) -> Value:
        """S3 URI of a generated file, uploaded like code."""

    def fields_of(self, step: str) -> MapValue | None:
        """The bound fields of another step, or None where it is not there or at fault."""

    def type_of(self, step: str) -> str: ...
    def offer(self, step: str, name: str, span: Span) -> Value: ...
    def seconds(self, value: Value) -> Value:
        """A duration (`2h`, ISO 8601) or a number, as whole seconds."""

    def raw(self, built: MapValue, record: MapValue) -> Value:
        """`built` with the record's `raw:` merged over it."""

    def children(self, branch: str) -> StepList: ...
    def iteration_output(self, value: Value) -> Value:
        """A reference to a step of this loop's body, as `IterationOutput`: compared over the iterations."""

    def condition(self, key: str) -> Value: ...


def no_offers(step: Step) -> Offers:
    """A step that nothing can refer to."""
    return Offers()


@record
class StepType:
    """A step type of the language.

    `request` and `describe` name service-model shapes (`service:Shape`): what `Arguments` must be, and what properties
    are read from. `members` stands in for `request` where Arguments are no one shape: its members, each with a shape.
    `cache`: "yes" (documented as cacheable), "admitted" (the key is taken, its effect is not documented) or "no".
    `retry`: the exceptions its policies may name.

    Request members are named by dotted paths. `unnamed`: those the service gives itself. `forbidden`: those that
    pipelines refuse, with why. `required`: those that pipelines want beyond the shape. `one_of`: sets of which exactly
    one must be there, where the map that holds them is. `together`: sets that must be there all or none. `cache_key`:
    those a cache hit depends on (DG: pipelines-default-keys).

    `extra_properties`: first members beyond `describe`, each a type, the shape it leads to (`service:Shape`), the names
    of its own text members, `names` (the declared outputs, by name), `texts` (texts by names that nobody declares) or
    `open` (anything, late). `descend` and `descend_properties` follow paths that go on below a step inside this one, in
    our spelling (after `steps.X.`) and in the API's (after `Steps.X.`); None for all other paths. `own_only` are fields
    that `defaults` do not reach.
    """

    name: str
    json_type: str
    doc: str
    fields: Mapping[str, Field]
    build: Callable[[MapValue, Context], Request]
    offers: Callable[[Step], Offers] = no_offers
    request: str = ""
    members: Mapping[str, Notation] = field(default_factory=dict)
    describe: str = ""
    unnamed: tuple[str, ...] = ()
    forbidden: Mapping[str, str] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    one_of: tuple[tuple[str, ...], ...] = ()
    together: tuple[tuple[str, ...], ...] = ()
    cache: str = "no"
    cache_key: tuple[str, ...] = ()
    retry: tuple[str, ...] = ()
    extra_properties: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    kept: Mapping[str, int] = field(default_factory=dict)
    descend: Descent | None = None
    descend_properties: Descent | None = None
    step_keys: tuple[str, ...] = ()
    own_only: tuple[str, ...] = ()
