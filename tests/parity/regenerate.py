"""Builds the SDK's definitions anew and compares them with the committed ones; `make parity`.

    python tests/parity/regenerate.py [--write] [NAME ...]

Makes one virtual environment a version under `.parity/`, installs exactly that version, runs every script twice (the
output must be the same both times), and fails with a diff where a committed file has drifted; --write replaces them.
Exit codes: 0 no drift, 1 drift or a script that failed, 2 usage.
"""

import argparse
import difflib
import os
import re
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from pathlib import Path

VERSIONS = {"sdk2": "2.257.7", "sdk3": "3.27.0"}  # script stem -> version of `sagemaker`, part of the file's name
PARTS = {  # what that version is made of: `sagemaker` 3.x itself only asks for a range of each
    "2.257.7": ("boto3==1.44.5",),
    "3.27.0": (
        *("sagemaker-core==2.27.0", "sagemaker-train==1.27.0", "sagemaker-serve==1.27.0", "sagemaker-mlops==1.27.0"),
        "boto3==1.44.5",
    ),
}

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
ENVIRONMENTS = ROOT / ".parity"

# What differs from run to run, or with the code that happens to be uploaded; cleaned before anything is written.
VOLATILE = (
    (re.compile(r"\d{4}(-\d\d){5}-\d{3}"), "<time>"),  # 2.x: sagemaker-xgboost-2024-05-01-12-30-00-123
    (re.compile(r"(?<=-job-)\d{14}\b"), "<time>"),  # 3.x: sagemaker-xgboost-job-20240501123000
    (re.compile(r"(?<=/tuning-)\d{10}\b"), "<time>"),  # 3.x: tuning-1714566600
    (re.compile(r"(?<=/code/)[0-9a-f]{64}(?=/)"), "<hash>"),  # of the code and of the path it was written as
)


def clean(text: str) -> str:
    """`text` without timestamps and content hashes."""
    for pattern, replacement in VOLATILE:
        text = pattern.sub(replacement, text)
    return text


def committed(script: Path) -> Path:
    """The file that holds what `script` builds, stamped with the SDK's version."""
    return script.with_name(f"sdk-{VERSIONS[script.stem]}.json")


def scripts(names: list[str]) -> list[Path]:
    """Every script, or those of the named pipelines, in order; raises SystemExit for a name that has none."""
    found = sorted(path for stem in VERSIONS for path in HERE.glob(f"*/{stem}.py"))
    unknown = sorted({*names} - {path.parent.name for path in found})
    if unknown:
        raise SystemExit(f"no such pipeline: {', '.join(unknown)}")
    return [path for path in found if not names or path.parent.name in names]


def python_of(version: str) -> Path:
    """The interpreter of the environment that holds `version`, made on first use."""
    folder, wanted = ENVIRONMENTS / version, [f"sagemaker=={version}", *PARTS[version]]
    python, ready = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python"), folder / "READY"
    if not ready.exists() or ready.read_text(encoding="utf-8").split() != wanted:
        print(f"installing sagemaker {version} into {folder.relative_to(ROOT)} (once, some minutes)", flush=True)
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *wanted], check=True)
        ready.write_text("\n".join(wanted), encoding="utf-8")
    return python


def build(script: Path) -> str:
    """The cleaned definition that `script` builds; raises RuntimeError with the end of its output if it fails."""
    python = python_of(VERSIONS[script.stem])
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder, "definition.json")
        command = [str(python), "-W", "ignore", str(HERE / "stub.py"), str(script), str(output)]
        surroundings = {"PATH": os.environ.get("PATH", ""), "HOME": folder, "COLUMNS": "200"}
        run = subprocess.run(command, cwd=ROOT, env=surroundings, capture_output=True, text=True, check=False)
        if run.returncode:
            raise RuntimeError((run.stderr + run.stdout)[-4000:])
        return clean(output.read_text(encoding="utf-8"))


def drift(old: str, new: str, name: str) -> str:
    """The unified diff from the committed text to the new one; empty when they agree."""
    lines = difflib.unified_diff(
        old.splitlines(keepends=True), new.splitlines(keepends=True), f"{name} (committed)", f"{name} (now)"
    )
    return "".join(lines)


def check(script: Path, *, write: bool) -> Iterator[str]:
    """Yields what is wrong with one script: it fails, is not reproducible, or has drifted (not when writing)."""
    try:
        first, second = build(script), build(script)
    except RuntimeError as error:
        yield f"{script.relative_to(ROOT)} fails:\n{error}"
        return
    target = committed(script)
    name = str(target.relative_to(ROOT))
    if first != second:
        yield f"{name} is not reproducible:\n{drift(first, second, name)}"
        return
    old = target.read_text(encoding="utf-8") if target.exists() else ""
    if write:
        target.write_text(first, encoding="utf-8")
    elif changed := drift(old, first, name):
        yield changed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="replace the committed definitions")
    parser.add_argument("names", nargs="*", metavar="NAME", help="folders under tests/parity (default: all)")
    arguments = parser.parse_args()
    faults = 0
    for script in scripts(arguments.names):
        print(f"{script.parent.name} {VERSIONS[script.stem]}", flush=True)
        for fault in check(script, write=arguments.write):
            print(fault)
            faults += 1
    print(f"{faults} of the definitions drifted or failed" if faults else "all definitions are as committed")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
