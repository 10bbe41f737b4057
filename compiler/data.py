"""Where the files that are data, not code, lie: `schemas/`, `pipelines/` and `step_code/`.

A checkout keeps them beside this package, the wheel inside it (`_data/`, see `pyproject.toml`). Nothing else knows.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_WHEEL = _PACKAGE / "_data"


def data_path(*parts: str) -> Path:
    """The absolute path of a shipped data file or folder: `data_path("schemas", "service.json")`.

    The first part is one of `schemas`, `pipelines`, `step_code`. Whether the file exists is not checked.
    """
    root = _WHEEL if _WHEEL.is_dir() else _PACKAGE.parent
    return root.joinpath(*parts)
