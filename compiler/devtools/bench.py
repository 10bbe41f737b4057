"""Start-up, speed and memory as ratios, which other machines share: `make bench`, `python -m compiler.devtools.bench`.

Start-up is measured against Python importing PyYAML and json, a compile against PyYAML's C loader composing the same
text, in alternation on the same machine. The SDK's figure stands beside them where an environment with it is at hand:
`.parity/` (`make parity` makes it) or SAGEPIPE_SDK_PYTHON.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from compiler.data import data_path
from compiler.devtools.bench_document import document
from compiler.devtools.bench_local import local
from compiler.devtools.bench_run import Run, line, measured

ROOT = data_path("pipelines").parent
EXAMPLE = "pipelines/fraud-detection.pipeline.yaml"
SIZES = (1000, 3000)
SAGEPIPE = (sys.executable, "-m", "compiler")
COMPOSE = """
import gc, sys, time, yaml
if sys.argv[2] == "off": gc.disable()
text = open(sys.argv[1], encoding="utf-8").read()
start = time.perf_counter()
yaml.compose(text, Loader=yaml.CSafeLoader)
print(time.perf_counter() - start)
"""
COMPILE = """
import gc, sys, time
gc.disable()
from pathlib import Path
from compiler.driver import Options, compile_source
from compiler.diagnostics import Report
from compiler.syntax import read_source
start = time.perf_counter()
report = Report()
source = read_source(sys.argv[1], report=report)
result = compile_source(source, report, Options(allow=frozenset({"quota-steps"})), Path(sys.argv[1]))
print(time.perf_counter() - start)
sys.exit(0 if result.ok else str([d.message for d in result.report]))
"""


def main() -> None:
    print("start-up, whole process, median of 15")
    _start_up()
    for size in SIZES:
        _scale(size)
    local()


def _start_up() -> None:
    with tempfile.TemporaryDirectory() as folder:
        plain = [sys.executable, "-c", "import yaml, json"]
        ours = [*SAGEPIPE, "compile", EXAMPLE, "-o", folder]
        base, compiled = _alternate([plain, ours], 15)
        line("python -c 'import yaml, json'", base.seconds, base.megabytes, "1.0x")
        line("sagepipe compile (fraud-detection)", compiled.seconds, compiled.megabytes,
              f"{compiled.seconds / base.seconds:.1f}x (at most 6)")  # fmt: skip
        _sdk(Path(folder), compiled)


def _sdk(folder: Path, ours: Run) -> None:
    given = os.environ.get("SAGEPIPE_SDK_PYTHON")
    found = [Path(given)] if given else sorted(ROOT.glob(".parity/2.*/bin/python"))
    if not found:
        print("  the SDK: not installed; `make parity` installs it, or SAGEPIPE_SDK_PYTHON names a Python that has it")
        return
    parity = ROOT / "tests" / "parity"
    script = [str(parity / "stub.py"), str(parity / "fraud-detection" / "sdk2.py"), str(folder / "sdk.json")]
    (sdk,) = _alternate([[str(found[0]), "-W", "ignore", *script]], 3)
    line("the SDK (same pipeline)", sdk.seconds, sdk.megabytes, f"{sdk.seconds / ours.seconds:.0f} times ours")


def _scale(steps: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        file = _written(document(steps), Path(name))
        print(f"\n{steps} steps, {file.read_text('utf-8').count(chr(10))} lines, best of 5")
        composed, quietly = _inside(COMPOSE, str(file), "on"), _inside(COMPOSE, str(file), "off")
        compiled = _inside(COMPILE, str(file))
        ratios = f"{compiled.seconds / composed.seconds:.1f}x (at most 8)"
        ratios += f", {compiled.seconds / quietly.seconds:.1f}x with the collector off for both"
        line("PyYAML composes it", composed.seconds, composed.megabytes, "1.0x")
        line("the same, collector off", quietly.seconds, quietly.megabytes, "")
        line("compiled with all checks", compiled.seconds, compiled.megabytes, ratios)
        whole = _best([*SAGEPIPE, "compile", str(file), "-o", str(file.parent / "out"), "--allow", "quota-steps"])
        line("whole process, folder written", whole.seconds, whole.megabytes, "")


def _written(text: str, folder: Path) -> Path:
    """The pipeline file with its code beside it."""
    shutil.copytree(data_path("step_code"), folder / "step_code", ignore=shutil.ignore_patterns("__pycache__"))
    file = folder / "many.pipeline.yaml"
    file.write_text(text, "utf-8")
    return file


def _inside(script: str, *arguments: str) -> Run:
    """What a script measures itself, without the start of Python; best of 5."""
    runs = [measured([sys.executable, "-c", script, *arguments]) for _ in range(5)]
    return Run(min(float(run.output) for run in runs), max(run.megabytes for run in runs), "")


def _best(command: list[str]) -> Run:
    return min((measured(command) for _ in range(3)), key=lambda run: run.seconds)


def _alternate(commands: list[list[str]], times: int) -> list[Run]:
    """Each command that often, in turns; medians."""
    runs = [[measured(command) for command in commands] for _ in range(times)]
    columns = list(zip(*runs, strict=True))
    return [
        Run(statistics.median(r.seconds for r in column), max(r.megabytes for r in column), "") for column in columns
    ]


if __name__ == "__main__":
    main()
