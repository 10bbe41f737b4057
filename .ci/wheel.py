"""Builds the wheel, looks into it, and uses it where there is no checkout: `make wheel`.

Exits 1 with what is wrong. The installed command must give the very bytes that the checkout gives.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "pipelines" / "fraud-detection.pipeline.yaml"
NEEDED = (
    "compiler/py.typed",
    "compiler/_data/schemas/pipeline.schema.json",
    "compiler/_data/schemas/service.json",
    "compiler/_data/schemas/images.json",
    "compiler/_data/pipelines/fraud-detection.pipeline.yaml",
    "compiler/_data/step_code/train.py",
    "compiler/emit/standalone/upsert.py",
)


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        wheel = build(Path(folder, "dist"))
        faults = [*content_faults(wheel), *use_faults(wheel, Path(folder))]
    for fault in faults:
        print(fault, file=sys.stderr)
    print(f"{wheel.name}: " + (f"{len(faults)} faults" if faults else "holds what it should, and works by itself"))
    return 1 if faults else 0


def build(folder: Path) -> Path:
    run(sys.executable, "-m", "build", "--wheel", "--outdir", str(folder), str(ROOT))
    return next(folder.glob("*.whl"))


def content_faults(wheel: Path) -> Iterator[str]:
    with ZipFile(wheel) as archive:
        names = archive.namelist()
    yield from (f"{name} is missing" for name in NEEDED if name not in names)
    for name in names:
        if not name.startswith(("compiler/", "sagepipe-")):
            yield f"{name} does not belong into the wheel"
        if "__pycache__" in name or name.startswith("compiler/devtools"):
            yield f"{name} is not for users"


def use_faults(wheel: Path, folder: Path) -> Iterator[str]:
    """Installs the wheel far from the checkout and runs what a user runs first."""
    venv.create(folder / "venv", with_pip=True)
    scripts = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
    run(str(scripts / "python"), "-m", "pip", "install", "--quiet", str(wheel))
    sagepipe = str(scripts / "sagepipe")
    starter = "starter/fraud-detection.pipeline.yaml"
    for arguments in (
        ["--help"],
        ["schema"],
        ["explain", "unknown-key"],
        ["init", "starter"],
        ["validate", "starter"],
        ["compile", starter, "-o", "build"],
    ):
        done = subprocess.run(
            [sagepipe, *arguments], cwd=folder, env=surroundings(folder), capture_output=True, text=True
        )
        if done.returncode:
            yield f"sagepipe {' '.join(arguments)}: exit {done.returncode}\n{done.stdout}{done.stderr}"
            return
    ours = run(sys.executable, "-m", "compiler", "compile", str(EXAMPLE))
    theirs = (folder / "build" / "definition.json").read_text("utf-8")
    if ours != theirs:
        yield "the installed command compiles the example to other bytes than the checkout does"


def surroundings(home: Path) -> dict[str, str]:
    """The environment of somebody who has nothing set up."""
    return {"PATH": os.environ.get("PATH", ""), "HOME": str(home)}


def run(*command: str) -> str:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
