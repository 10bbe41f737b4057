"""What running a pipeline here costs over running its scripts by hand, one after the other."""

from __future__ import annotations

import shutil
import sys
import tarfile
import tempfile
from pathlib import Path

from compiler.data import data_path
from compiler.devtools.bench_run import Run, line, measured

TIMES = 3
FILE = "pipelines/fraud-detection.pipeline.yaml"
SAGEPIPE = (sys.executable, "-m", "compiler", "run", FILE, "--data", "s3://ml-dev-111122223333/claims/=data")
REGISTER, TUNE = ("-p", "AucThreshold=0.5"), ("-p", "AucThreshold=1.0")
SETTINGS = ("--objective", "binary:logistic", "--num_round", "100", "--scale_pos_weight", "29")


def local() -> None:
    """Print the times of the fraud detection pipeline: by hand, cold, on the other branch, and all reused."""
    if any(not _can_import(name) for name in ("pandas", "sklearn", "xgboost")):
        print("\nrunning here: not measured, for the scripts need what the extra `local` brings")
        return
    print(f"\nrunning fraud-detection here, best of {TIMES}")
    with tempfile.TemporaryDirectory() as name:
        project = _project(Path(name))
        by_hand, cold = _cold(project)
        _sagepipe(project, *TUNE)
        other = _best([_sagepipe(project, *REGISTER) for _ in range(TIMES)])
        again = _best([_sagepipe(project, *TUNE) for _ in range(TIMES)])
    line("the three scripts, by hand", by_hand.seconds, None, "1.0x")
    line("sagepipe run, nothing reused", cold.seconds, cold.megabytes,
         f"{cold.seconds / by_hand.seconds:.2f}x (at most 1.15)")  # fmt: skip
    line("the other branch, the rest reused", other.seconds, other.megabytes, "(at most 2000 ms)")
    line("all reused", again.seconds, again.megabytes, "(at most 500 ms)")


def _can_import(name: str) -> bool:
    from importlib.util import find_spec

    return find_spec(name) is not None


def _project(folder: Path) -> Path:
    for name in ("pipelines", "step_code"):
        shutil.copytree(data_path(name), folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "pyproject.toml").touch()
    _script(folder, "generate_data.py", "--rows", "5000", "data")
    return folder


def _cold(project: Path) -> tuple[Run, Run]:
    """By hand and with nothing to reuse, in turns, the best of each."""
    pairs = [(_by_hand(project), _sagepipe(project, "--no-cache", *REGISTER)) for _ in range(TIMES)]
    by_hand, cold = zip(*pairs, strict=True)
    return _best(by_hand), _best(cold)


def _sagepipe(project: Path, *options: str) -> Run:
    return measured([*SAGEPIPE, *options], project)


def _by_hand(project: Path) -> Run:
    """The scripts in their order, the model packed between them as the container does."""
    made = project / "by-hand"
    shutil.rmtree(made, ignore_errors=True)
    message = ("--message-file", str(made / "message"))
    (made / "model").mkdir(parents=True)
    runs = [
        _script(project, "preprocess.py", "--input-dir", "data", "--output-dir", str(made), *message),
        _script(
            project, "train.py", *SETTINGS, SM_CHANNEL_TRAIN=str(made / "train"), SM_MODEL_DIR=str(made / "model")
        ),
    ]  # fmt: skip
    with tarfile.open(made / "model.tar.gz", "w:gz") as archive:
        archive.add(made / "model", ".")
    folders = ("--model-dir", str(made), "--test-dir", str(made / "test"), "--output-dir", str(made / "report"))
    runs.append(_script(project, "evaluate.py", *folders, *message))
    return Run(sum(run.seconds for run in runs), max(run.megabytes for run in runs), "")


def _script(project: Path, name: str, *words: str, **variables: str) -> Run:
    return measured([sys.executable, str(project / "step_code" / name), *words], project, **variables)


def _best(runs: list[Run] | tuple[Run, ...]) -> Run:
    return min(runs, key=lambda run: run.seconds)
