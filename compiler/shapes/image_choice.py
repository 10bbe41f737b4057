"""From a question for an image to its entry in the tables, one decision after the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from compiler.shapes.image_problem import ProblemKind, Refused
from compiler.shapes.image_table import image_file, in_order, known_versions
from compiler.shapes.processors import GRAVITON, family, processor

if TYPE_CHECKING:
    from compiler.shapes.image_types import ImageData, PartData, VersionData

Scope = Literal["training", "inference", "processing"]

# Frameworks with Neuron images, in tables of their own: `pytorch-neuron`.
_NEURON_FRAMEWORKS = ("huggingface", "pytorch")
_NEURON_TOOLS = ("neuron", "neuronx")
NEURON_TABLES = tuple(f"{framework}-{tool}" for framework in _NEURON_FRAMEWORKS for tool in _NEURON_TOOLS)

_TRAINIUM_FRAMEWORKS = ("pytorch",)
_GRAVITON_FRAMEWORKS = ("pytorch", "sklearn", "tensorflow", "xgboost")
_P2_ENDED = {"pytorch": (1, 13), "tensorflow": (2, 12)}


class Wanted(NamedTuple):
    """The question: the arguments of `images.resolve`."""

    framework: str
    version: str | None
    region: str
    scope: Scope
    instance_type: str | None
    py_version: str | None
    base_framework: str | None
    accelerator: str | None

    @property
    def family(self) -> str:
        return family(self.instance_type)


class Choice(NamedTuple):
    """The answer: an image's entry and every word that may go into its tag. `spelled` is as asked, `full` as listed."""

    spelled: str
    full: str
    base_spelled: str
    base_full: str
    py_version: str | None
    processor: str | None
    tool: str | None
    image: ImageData


def choose(wanted: Wanted) -> Choice:
    """Raises `Refused` at the first decision that cannot be made."""
    tool = _neuron_tool(wanted)
    _check_instance_type(wanted)
    part = part_for(_parts(wanted.framework, tool), _scope(wanted))
    spelled, full = _version(wanted, part)
    _check_p2(wanted, full)
    entry = part["versions"][full]
    base_spelled, base_full = _base(wanted, entry, aliased=spelled != full)
    image: ImageData = entry["by_base"][base_full] if base_full else entry
    python = _py_version(wanted, entry, image)
    image = entry["by_python"][python] if python and "by_python" in entry else image
    chip = _processor(wanted, part.get("processors") or image.get("processors", []), tool)
    return Choice(spelled, full, base_spelled, base_full, python, chip, tool, image)


def part_for(parts: Sequence[PartData], scope: str) -> PartData:
    """The part that serves a scope. Processing also runs in training images, and in those of a table's only scope."""
    by_scope = {name: part for part in parts for name in part["scopes"]}
    names = [scope]
    if scope == "processing":
        names += ["training", *(by_scope if len(by_scope) == 1 else ())]
    for name in names:
        if name in by_scope:
            return by_scope[name]
    raise Refused("unsupported-scope", scope, tuple(sorted(by_scope)))


def _neuron_tool(wanted: Wanted) -> str | None:
    """The generation of the Neuron SDK, for frameworks with Neuron images: as asked, else by instance family."""
    if wanted.framework not in _NEURON_FRAMEWORKS:
        return None
    if wanted.accelerator in _NEURON_TOOLS:
        return wanted.accelerator
    if wanted.framework == "huggingface" and wanted.family.startswith("inf"):
        return "neuron" if wanted.family == "inf1" else "neuronx"
    return "neuron" if wanted.family.startswith(("inf", "trn")) else None


def _check_instance_type(wanted: Wanted) -> None:
    runs_on_trainium = wanted.framework in _TRAINIUM_FRAMEWORKS or wanted.accelerator in _NEURON_TOOLS
    if wanted.family.startswith("trn") and not runs_on_trainium:
        raise Refused("unsupported-instance-type", wanted.instance_type, _TRAINIUM_FRAMEWORKS)
    if wanted.family not in GRAVITON:
        return
    if wanted.scope != "inference" or wanted.framework not in _GRAVITON_FRAMEWORKS:
        raise Refused("unsupported-instance-type", wanted.instance_type, _GRAVITON_FRAMEWORKS)


def _check_p2(wanted: Wanted, version: str) -> None:
    ended = _P2_ENDED.get(wanted.framework)
    if ended and wanted.family == "p2" and tuple(int(number) for number in version.split(".")[:2]) >= ended:
        raise Refused("unsupported-instance-type", wanted.instance_type)


def _parts(framework: str, tool: str | None) -> Sequence[PartData]:
    tables = image_file()["tables"]
    if framework not in tables or framework in NEURON_TABLES:
        raise Refused("unknown-framework", framework, tuple(name for name in tables if name not in NEURON_TABLES))
    if tool and f"{framework}-{tool}" not in tables:
        raise Refused("unsupported-accelerator", tool, tuple(t for t in _NEURON_TOOLS if f"{framework}-{t}" in tables))
    return tables[f"{framework}-{tool}" if tool else framework]


def _scope(wanted: Wanted) -> str:
    if _is_elastic_inference(wanted):
        return "eia"
    return "inference_graviton" if wanted.family in GRAVITON else wanted.scope


def _is_elastic_inference(wanted: Wanted) -> bool:
    return (wanted.accelerator or "").startswith("ml.eia")


def _version(wanted: Wanted, part: PartData) -> tuple[str, str]:
    aliases = part.get("aliases", {})
    spelled = _one_of(wanted.version, part["versions"], known_versions(part), "version")
    return spelled, aliases.get(spelled, spelled)


def _base(wanted: Wanted, entry: VersionData, aliased: bool) -> tuple[str, str]:
    """The base framework as spelled and in full, both empty where the images have none.

    Left out, it is spelled like the version, as tags do not mix short and full numbers.
    """
    bases, aliases = entry.get("by_base"), entry.get("base_aliases", {})
    if bases is None:
        return "", ""
    spelled = _one_of(wanted.base_framework, bases, in_order({**bases, **aliases}), "base-framework")
    if wanted.base_framework is None and aliased:
        spelled = next((short for short, full in aliases.items() if full == spelled), spelled)
    return spelled, aliases.get(spelled, spelled)


def _py_version(wanted: Wanted, entry: VersionData, image: ImageData) -> str | None:
    available = list(entry.get("by_python", image.get("python", [])))
    if not available or (wanted.framework == "spark" and wanted.py_version is None):
        return None
    return _one_of(wanted.py_version, available, tuple(available), "py-version")


def _one_of(asked: str | None, choices: Iterable[str], known: tuple[str, ...], what: str) -> str:
    """What was asked for if it is known; where nothing was asked for, the only choice."""
    if asked is None:
        only = list(choices)
        if len(only) == 1:
            return only[0]
        raise Refused(_MISSING[what], None, known)
    if asked not in known:
        raise Refused(_UNKNOWN[what], asked, known)
    return asked


_MISSING: Mapping[str, ProblemKind] = {
    "version": "missing-version",
    "base-framework": "missing-base-framework",
    "py-version": "missing-py-version",
}
_UNKNOWN: Mapping[str, ProblemKind] = {
    "version": "unknown-version",
    "base-framework": "unknown-base-framework",
    "py-version": "unknown-py-version",
}


def _processor(wanted: Wanted, available: Sequence[str], tool: str | None) -> str | None:
    if not available:
        return None
    if wanted.accelerator and not tool and not _is_elastic_inference(wanted):
        return _available(wanted.accelerator, available)
    if wanted.instance_type is None:
        if len(available) > 1:
            raise Refused("missing-instance-type", None, tuple(available))
        return available[0]
    if not wanted.family:
        raise Refused("invalid-instance-type", wanted.instance_type)
    return _available(processor(wanted.family, available), available)


def _available(chip: str, available: Sequence[str]) -> str:
    if chip not in available:
        raise Refused("unsupported-processor", chip, tuple(available))
    return chip
