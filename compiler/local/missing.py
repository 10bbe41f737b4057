"""Inputs at which nothing lies, and at which no step of the pipeline will put anything: told before anything starts."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from compiler.local.plan import Fault, Plan
from compiler.local.refusals import known
from compiler.local.store import SCHEME, Store
from compiler.local.values import State, ValueFault

Json = Any
_READING = ("Processing", "Training", "Tuning", "Transform", "Model", "RegisterModel")
_READ = ("S3Uri", "ModelDataUrl")
_NOT_READ = (
    "ProcessingOutputConfig", "OutputDataConfig", "TransformOutput", "CheckpointConfig", "DebugHookConfig",
    "ModelMetrics", "DriftCheckBaselines", "TensorBoardOutputConfig", "ProfilerConfig",
)  # fmt: skip
_WRITTEN = ("S3Uri", "S3OutputPath")


def missing(plan: Plan, state: State, store: Store, done: Collection[str]) -> list[Fault]:
    """Every such input. `done` are the steps that will not run again."""
    reading = [node for node in plan.nodes.values() if node.type in _READING and node.name not in done]
    given = [(node, known(node.arguments, state)) for node in reading]
    written = [uri for _, arguments in given for uri in _outputs(arguments)]
    return [
        Fault(f"{node.pointer}/Arguments/{path}", f"`{node.name}`: {_said(uri)}")
        for node, arguments in given
        for path, uri in _inputs(arguments, "")
        if not any(_touch(uri, other) for other in written) and not _found(store, uri)
    ]


def _found(store: Store, uri: str) -> bool:
    try:
        return bool(store.find(uri))
    except ValueFault:
        return True  # the step will say what is wrong with it


def _said(uri: str) -> str:
    return f"nothing lies at `{uri}`; `--data {uri}=PATH` says what stands for it here"


def _inputs(value: Json, path: str) -> Iterator[tuple[str, str]]:
    """The known URIs that a step reads, and where they stand."""
    match value:
        case dict():
            for key, inner in value.items():
                if key in _READ and isinstance(inner, str) and inner.startswith(SCHEME):
                    yield f"{path}{key}", inner
                elif key not in _NOT_READ:
                    yield from _inputs(inner, f"{path}{key}/")
        case list():
            for number, inner in enumerate(value):
                yield from _inputs(inner, f"{path}{number}/")


def _outputs(value: Json, inside: bool = False) -> Iterator[str]:
    """The known URIs that a step writes to."""
    match value:
        case dict():
            for key, inner in value.items():
                if inside and key in _WRITTEN and isinstance(inner, str):
                    yield inner
                yield from _outputs(inner, inside or key in _NOT_READ)
        case list():
            for inner in value:
                yield from _outputs(inner, inside)


def _touch(one: str, other: str) -> bool:
    """Whether one of two places lies in the other."""
    one, other = one.rstrip("/") + "/", other.rstrip("/") + "/"
    return one.startswith(other) or other.startswith(one)
