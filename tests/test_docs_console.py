"""The commands that README.md and REFERENCE.md show, run one after the other; what they print is what is shown.

AWS is the endpoint of `tests/deploy`. In a shown output `…` stands for what was left out. Seconds, times, ids and
measured numbers differ from run to run, and are not compared. SAGEPIPE_BLESS=1 writes anew what differs.
"""

from __future__ import annotations

import doctest
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from documents import PAGES, ROOT, Block, blocks
from loopback import Endpoint, serve

Json = dict[str, Any]
BLESS = bool(os.environ.get("SAGEPIPE_BLESS"))
CONSOLE = [page for page in PAGES if any(block.language in ("console", "pycon") for block in blocks(page))]
SURROUNDINGS = {
    "COLUMNS": "100", "NO_COLOR": "1", "NO_PROXY": "127.0.0.1", "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_ACCESS_KEY_ID": "AKIACANARY0000000000", "AWS_SECRET_ACCESS_KEY": "canary-secret-0123456789abcdefghijkl",
    "AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}  # fmt: skip

ARN = "arn:aws:sagemaker:us-east-1:111122223333"
BEGAN = 1_700_000_000.0


def step(name: str, begin: int, end: int, status: str = "Succeeded", **more: Any) -> Json:
    """A row of ListPipelineExecutionSteps; seconds from the start."""
    return {"StepName": name, "StepStatus": status, "StartTime": BEGAN + begin, "EndTime": BEGAN + end, **more}


def reused(name: str, begin: int) -> Json:
    source = f"{ARN}:pipeline/fraud-detection/execution/000000000001"
    return step(name, begin, begin + 1, CacheHitResult={"SourcePipelineExecutionArn": source})


FUTURES: dict[str, list[Json]] = {
    "registers": [
        step("process", 1, 252), step("train", 253, 458), step("evaluation", 459, 701), step("quality-gate", 702, 703),
        step("register", 704, 705), step("create-model", 704, 706),
    ],
    "fails": [
        reused("process", 1),
        step("train", 2, 164, "Failed", FailureReason="AlgorithmError: ExecuteUserScriptError: exit code: 1",
             AttemptCount=1, Metadata={"TrainingJob": {"Arn": f"{ARN}:training-job/pipelines-000000000003-train-a1"}}),
    ],
}  # fmt: skip
REFUSALS: dict[str, tuple[str, tuple[str, str, int]]] = {
    "denied": (
        "UpdatePipeline",
        ("AccessDeniedException", "User: arn:aws:sts::111122223333:assumed-role/ci/build is not authorized to perform:"
         f" sagemaker:UpdatePipeline on resource: {ARN}:pipeline/fraud-detection because no identity-based policy"
         " allows the sagemaker:UpdatePipeline action", 400),
    ),
    "expired": (
        "DescribePipeline",
        ("ExpiredTokenException", "The security token included in the request is expired", 400),
    ),
    "definition": (
        "UpdatePipeline",
        ("ValidationException", "Step train: the value of EnableManagedSpotTraining is not supported", 400),
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def account() -> Iterator[Endpoint]:
    endpoint, server = serve()
    yield endpoint
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("page", CONSOLE)
def test_shown_commands_print_what_is_shown(
    page: str, tmp_path: Path, account: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("xgboost")
    account.reset()
    for block in blocks(page):
        if path := block.told("file"):
            (tmp_path / path).write_text(block.text, "utf-8")
        elif block.language == "console":
            _console(block, tmp_path, account)
        elif block.language == "pycon":
            monkeypatch.chdir(tmp_path)
            _doctest(block)
    assert account.invalid == []


def _console(block: Block, folder: Path, account: Endpoint) -> None:
    former = changed(folder, block.told("edit") or block.told("change"))
    if future := block.told("execution"):
        outcome = "Failed" if future == "fails" else "Succeeded"
        account.account.future = [(outcome, FUTURES[future])]
    if refusal := block.told("refused"):
        account.fail(*REFUSALS[refusal])
    found = printed([line[2:] for line in block.text.splitlines() if line.startswith("$ ")], folder, account.url)
    assert all(fault.times == 0 for fault in account.faults), "nothing was refused"
    if block.told("edit"):
        for file, text in former.items():
            file.write_text(text, "utf-8")
    if not matches(block.text, found):
        assert BLESS, f"{block.name}\n{found}"
        _bless(block, found, folder)


def changed(folder: Path, edits: str) -> dict[Path, str]:
    """Change the one pipeline below the folder, and give its former text."""
    if not edits:
        return {}
    (file,) = folder.rglob("*.pipeline.yaml")
    former = text = file.read_text("utf-8")
    for edit in edits.split(" ;; "):
        old, new = edit.replace("\\n", "\n").split(" => ")
        assert old in text
        text = text.replace(old, new, 1)
    file.write_text(text, "utf-8")
    return {file: former}


def printed(commands: list[str], folder: Path, aws: str) -> str:
    """What the commands print, both streams together, with each command above it."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    kept = {name: text for name, text in os.environ.items() if not name.startswith("AWS_")}
    surroundings = {**kept, **SURROUNDINGS, "PATH": path, "AWS_ENDPOINT_URL": aws}
    lines = []
    for command in commands:
        run = subprocess.run(
            ["bash", "-c", command], cwd=folder, env=surroundings, text=True, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, check=False,
        )  # fmt: skip
        assert "internal error" not in run.stdout and "Traceback" not in run.stdout, run.stdout
        lines.append(f"$ {command}\n{run.stdout}")
    return "".join(lines)


MASKS = (
    (r"^backend .*\n", ""),  # how a job is given its folders depends on the machine
    (r"^ *\d+\.\d\ds |^ {20,}(?=\S)", "TIME "),
    (r"\b\d+\.\d+ ?s\b", "SECONDS"),
    (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ?", "CLOCK"),
    (r"\b[a-z0-9]{12}\b", "ID"),
    (r"(?<=  )\d+\.\d\d(?=  |$)|\d+\.\d{3,}|(?<=\"at\": )[\d.]+|(?<=\"seconds\": )[\d.]+|(?<=auc )[\d.]+", "NUMBER"),
    (r"[0-9a-f]{64}", "…"),
    (r"(?<=\S) {2,}", "  "),  # columns are as wide as what stands in them
    (r" +$", ""),
)


def masked(text: str) -> str:
    """The text without what differs from run to run; of steps that end together, any order is the same."""
    for pattern, word in MASKS:
        text = re.sub(pattern, word, text, flags=re.MULTILINE)
    groups = groupby(text.splitlines(), key=lambda line: line.startswith("TIME "))
    return "\n".join(line for timed, group in groups for line in (sorted(group) if timed else group))


def matches(shown: str, found: str) -> bool:
    """Whether an output is what is shown, `…` standing for anything."""
    pattern = re.escape(masked(shown)).replace("…", ".*?")
    return re.fullmatch(pattern, masked(found), re.DOTALL) is not None


def _bless(block: Block, found: str, folder: Path) -> None:
    found = re.sub(r"[0-9a-f]{64}", "…", found).replace(str(folder.resolve()), "…")
    for page in (block.page, "README.ko.md") if block.page == "README.md" else (block.page,):
        text = (ROOT / page).read_text("utf-8")
        for at in [other.line - 1 for other in blocks(page) if other[1:4] == block[1:4]][:1]:
            head, rest = text.split("\n")[:at], "\n".join(text.split("\n")[at:])
            (ROOT / page).write_text("\n".join([*head, rest.replace(block.text, found, 1)]), "utf-8")


def _doctest(block: Block) -> None:
    test = doctest.DocTestParser().get_doctest(block.text, {}, block.name, block.page, block.line)
    output: list[str] = []
    result = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=output.append)
    assert result.failed == 0 and result.attempted, "".join(output)


@pytest.mark.parametrize(
    ("shown", "found", "same"),
    [
        ("   1.76s train  done  1.8s\n", "  21.70s train   done  21.7s\n", True),
        ("   1.76s train  done  1.8s\n", "  21.70s train   FAILED  x\n", False),
        ("  1.00s a  done\n  1.00s b  done\n", "  1.00s b  done\n  1.00s a  done\n", True),
        (f"  1.00s a  x\n{' ' * 30}said\n  1.00s b  x\n", f"  1.00s b  x\n  1.00s a  x\n{' ' * 30}said\n", True),
        ("a\n…\nd\n", "a\nb\nc\nd\n", True),
        ("a\n…\nd\n", "a\nb\nc\n", False),
        ("kept in .sagepipe/mwr2xuu3vxuo", "kept in .sagepipe/mwr306toffdd", True),
        ("step quality-gate", "step quantity-gate", False),
    ],
)
def test_what_may_differ(shown: str, found: str, same: bool) -> None:
    assert matches(shown, found) is same
