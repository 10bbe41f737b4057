"""Inside a job: calls a handler. call_handler.py PROJECT MODULE FUNCTION EVENT ANSWER, the last two JSON files."""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import sys
from typing import Any


def load(project: str, name: str) -> Any:
    """A module by its dotted name, found from the project's root, or by the path of its file."""
    if name.endswith(".py"):
        path = os.path.join(project, name)
        spec: Any = importlib.util.spec_from_file_location("handler", path)
        module = importlib.util.module_from_spec(spec)
        sys.path.insert(0, os.path.dirname(path))
        spec.loader.exec_module(module)
        return module
    sys.path.insert(0, project)
    return importlib.import_module(name)


def main(project: str, module: str, function: str, event: str, answer: str) -> None:
    handler = getattr(load(project, module), function)
    with open(event) as file:
        given = json.load(file)
    result = handler(given, None)
    with open(answer, "w") as file:
        json.dump(result, file)


if __name__ == "__main__":
    main(*sys.argv[1:])
