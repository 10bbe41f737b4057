"""sagepipe: pipeline YAML in, SageMaker Pipelines definition JSON and upsert call out.

The Python API is what stands here; everything else may move between versions.

    from compiler import compile_file

    result = compile_file("pipelines/fraud-detection.pipeline.yaml", target="prod")
    if result.ok:
        print(result.definition["Steps"][0]["Name"])
    for diagnostic in result.report:
        print(diagnostic.code, diagnostic.message)

`compile_text(text, *, path=None, target=None, root=None)` and `compile_file(path, *, target=None, root=None)` give a
`Result` and never raise on bad input. They read files of the project and nothing else: no network, no credentials, no
clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from compiler.driver import Result, compile_file, compile_text

__version__ = "0.1.0"
__all__ = ["Result", "__version__", "compile_file", "compile_text"]


def __getattr__(name: str) -> Any:
    """The API is imported when it is first asked for: who needs only the version, or a data file, pays for no more."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from compiler import driver

    return getattr(driver, name)


def __dir__() -> list[str]:
    return sorted(__all__)
