"""Each script is one file that Python 3.8 reads and a container has the libraries for."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest
from step_runs import STEP_CODE

SCRIPTS = sorted(STEP_CODE.glob("*.py"))
IN_THE_CONTAINERS = {"numpy", "pandas", "sklearn", "xgboost"}
IN_LAMBDA = {"boto3"}
MAY_IMPORT = {"notify.py": IN_LAMBDA, "generate_data.py": set()}


def imported(tree: ast.Module) -> list[str]:
    names = []
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=aliases):
                names += [alias.name for alias in aliases]
            case ast.ImportFrom(module=str(module)):
                names.append(module)
    return [name.partition(".")[0] for name in names]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_stands_alone_on_python_3_8(script: Path) -> None:
    tree = ast.parse(script.read_text(encoding="utf-8"), feature_version=(3, 8))
    assert ast.get_docstring(tree)
    strangers = [name for name in imported(tree) if name not in sys.stdlib_module_names]
    assert [name for name in strangers if name not in MAY_IMPORT.get(script.name, IN_THE_CONTAINERS)] == []


def test_the_readme_names_every_script() -> None:
    readme = (STEP_CODE / "README.md").read_text(encoding="utf-8")
    assert [script.name for script in SCRIPTS if f"`{script.name}`" not in readme] == []
