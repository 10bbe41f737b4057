"""Our definitions against those that the SageMaker SDK builds from scripts saying the same pipeline; offline.

See tests/parity/README.md. The SDK's definitions are committed; `make parity` builds them anew.
"""

import copy
import functools
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from parity import compare, regenerate
from parity.normalise import BOOKKEEPING, NORMALISATIONS, normalise

JSON = Any
HERE = Path(__file__).parent / "parity"
GOLDENS = sorted(HERE.glob("*/sdk-*.json"))
STEP_TYPES = {
    *("AutoML", "Callback", "ClarifyCheck", "Condition", "EMR", "EMRServerless", "Fail", "ForEach"),
    *("Lambda", "Model", "Processing", "QualityCheck", "RegisterModel", "Training", "Transform", "Tuning"),
}
CONDITIONS = {
    *("Equals", "GreaterThan", "GreaterThanOrEqualTo", "In", "LessThan", "LessThanOrEqualTo", "Not", "Or"),
}
each_golden = pytest.mark.parametrize("golden", GOLDENS, ids=lambda path: f"{path.parent.name}-{path.stem}")


def major(golden: Path) -> int:
    """The SDK's major version, from a file name such as sdk-3.27.0.json."""
    return int(golden.stem.removeprefix("sdk-").partition(".")[0])


@functools.cache
def theirs(golden: Path) -> JSON:
    return json.loads(golden.read_text(encoding="utf-8"))


@functools.cache
def ours(name: str) -> JSON:
    """The definition that our compiler makes of the pipeline's YAML; no definition fails the test with the report."""
    from compiler import compile_file

    local = HERE / name / f"{name}.pipeline.yaml"
    path = local if local.exists() else HERE.parents[1] / "pipelines" / local.name
    result = compile_file(path)
    if result.definition is None:
        pytest.fail("\n".join([f"{path.name} does not compile", *(f"{d.code}: {d.message}" for d in result.report)]))
    return json.loads(json.dumps(result.definition))


def members(node: JSON, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], JSON]]:
    """Every scalar of a definition with its path."""
    match node:
        case dict():
            for key, value in node.items():
                yield from members(value, (*path, key))
        case list():
            for index, value in enumerate(node):
                yield from members(value, (*path, index))
        case _:
            yield path, node


def objects(node: JSON) -> Iterator[dict[str, JSON]]:
    match node:
        case dict():
            yield node
            for value in node.values():
                yield from objects(value)
        case list():
            for value in node:
                yield from objects(value)


@each_golden
def test_we_compile_what_the_sdk_builds(golden: Path) -> None:
    version = major(golden)
    left = normalise(ours(golden.parent.name), version, ours=True)
    right = normalise(theirs(golden), version, ours=False)
    found = list(compare.differences(left, right))
    assert not found, f"{len(found)} differences from {golden.stem}:\n" + "\n".join(found)


def test_every_normalisation_is_needed() -> None:
    used = set()
    for golden in GOLDENS:
        definition = theirs(golden)
        for normalisation in NORMALISATIONS:
            if major(golden) not in normalisation.against:
                continue
            changed = normalisation.apply(definition)
            used |= {normalisation.name} if changed != definition else set()
            definition = changed
    assert {normalisation.name for normalisation in NORMALISATIONS} - used == set()


def test_every_normalisation_is_justified() -> None:
    readme = (HERE / "README.md").read_text(encoding="utf-8")
    for normalisation in NORMALISATIONS:
        assert normalisation.apply.__doc__, normalisation.name
        assert f"`{normalisation.name}`" in readme, normalisation.name


# All that a normalisation may hide when it changes: handles, notes and the place of uploaded code.
HIDDEN = {*BOOKKEEPING, "PropertyFileName"}
HIDDEN_AGAINST_3 = {"ContainerEntrypoint", "ContainerArguments", "SAGEMAKER_CONTAINER_LOG_LEVEL", "SAGEMAKER_REGION"}
HIDDEN_AGAINST_3 |= {"sagemaker_program", "sagemaker_submit_directory", "SAGEMAKER_SUBMIT_DIRECTORY"}


@each_golden
def test_normalising_hides_nothing_else(golden: Path) -> None:
    definition, version = theirs(golden), major(golden)
    baseline = normalise(definition, version, ours=False)
    allowed = HIDDEN | (HIDDEN_AGAINST_3 if version == 3 else set())
    seen = set()
    for path, value in members(definition):
        kind = tuple(part for part in path if isinstance(part, str))
        if kind in seen or kind[-1] in allowed or says_nothing(definition, path):
            continue
        seen.add(kind)
        changed = normalise(replaced(definition, path, value), version, ours=False)
        assert changed != baseline, f"a change at {path} goes unseen"


def at(node: JSON, path: Iterable[str | int]) -> JSON:
    return functools.reduce(lambda inner, part: inner[part], path, node)


def replaced(definition: JSON, path: tuple[str | int, ...], value: JSON) -> JSON:
    """A copy of the definition with another value of the same kind at `path`."""
    copied = copy.deepcopy(definition)
    parent = at(copied, path[:-1])
    match value:
        case bool():
            parent[path[-1]] = not value
        case int() | float():
            parent[path[-1]] = value + 1
        case _:
            parent[path[-1]] = f"{value}x"
    return copied


def says_nothing(definition: JSON, path: tuple[str | int, ...]) -> bool:
    """Whether the path is the separator of a single piece, or in a channel by which SDK 3.x delivers code."""
    if path[-1] == "On":
        return len(at(definition, path[:-1])["Values"]) == 1
    if "InputDataConfig" not in path:
        return False
    return at(definition, path[: path.index("InputDataConfig") + 2]).get("ChannelName") in ("code", "sm_drivers")


def test_together_they_cover_every_step_type_and_operator() -> None:
    found = [node for golden in GOLDENS for node in objects(theirs(golden))]
    assert {node.get("Type") for node in found} >= STEP_TYPES | CONDITIONS
    assert {node.get("Trigger") for node in found} >= {"Any", "Failed", "Stopped"}


def test_the_committed_definitions_are_those_of_the_stamped_versions() -> None:
    expected = {regenerate.committed(script) for script in regenerate.scripts([])}
    assert set(GOLDENS) == expected


@each_golden
def test_the_committed_definitions_hold_nothing_volatile(golden: Path) -> None:
    text = golden.read_text(encoding="utf-8")
    assert regenerate.clean(text) == text
    assert not re.search(r"\b20\d\d-?[01]\d-?[0-3]\d[-T]?\d\d", text)
