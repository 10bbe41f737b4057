"""Input a script cannot work with: one line that says why, on standard error and where SageMaker looks for it."""

from __future__ import annotations

import io
import runpy
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from step_runs import STEP_CODE, Chain, Run

Refusal = Callable[..., str]


@pytest.fixture
def opt_ml(tmp_path: Path) -> Path:
    """Stands for /opt/ml: where this folder is, a script believes to be in a container."""
    folder = tmp_path / "ml"
    folder.mkdir()
    return folder


@pytest.fixture
def refusal(monkeypatch: pytest.MonkeyPatch) -> Refusal:
    """Run a script in this process (a new one costs a second each time) and return the reason it ends with."""

    def refusal(script: str, *arguments: object, **env: object) -> str:
        monkeypatch.setattr("sys.argv", [script, *map(str, arguments)])
        for name, value in env.items():
            monkeypatch.setenv(name, str(value))
        with pytest.raises(SystemExit) as end:
            runpy.run_path(str(STEP_CODE / script), run_name="__main__")
        reason = str(end.value.code)
        assert reason.startswith(f"{script}: ")
        assert "\n" not in reason
        return reason.removeprefix(f"{script}: ")

    return refusal


# preprocess.py


@pytest.fixture
def raw(claims: Path, tmp_path: Path) -> Path:
    """The first hundred claims, to be spoilt."""
    folder = tmp_path / "raw"
    folder.mkdir()
    for name in ("claims.csv", "customers.csv"):
        (folder / name).write_text("".join((claims / name).read_text().splitlines(keepends=True)[:101]))
    return folder


def edit(path: Path, change: Callable[[str], str]) -> None:
    path.write_text(change(path.read_text()))


def first_line_only(text: str) -> str:
    return text.splitlines(keepends=True)[0]


@pytest.mark.parametrize(
    ("name", "change", "reason"),
    [
        ("claims.csv", lambda text: text.replace("incident_type", "type"), "claims.csv lacks incident_type; its col"),
        ("customers.csv", lambda text: text.replace("policy_id", "id"), "customers.csv lacks policy_id; its co"),
        ("claims.csv", lambda text: text.replace(",", ";"), "claims.csv lacks policy_id, fraud, driver_relationship"),
        ("claims.csv", lambda text: "", "cannot read claims.csv: No columns to parse from file"),
        ("claims.csv", first_line_only, "claims.csv has a header but no rows"),
        ("claims.csv", lambda text: text.replace("Totaled", "Crushed"), "incident_severity holds 'Crushed'; known are"),
        ("claims.csv", lambda text: text.replace(",Collision,", ",,"), "column incident_type holds ''; known are"),
        ("customers.csv", lambda text: text.replace(",3000,", ",lots,"), "policy_annual_premium holds text wher"),
        ("customers.csv", lambda text: text + text.splitlines()[-1], "holds policy_id 100 more than once"),
        ("customers.csv", lambda text: text.replace("\n", "\nP"), "no policy_id of claims.csv occurs in customers.csv"),
        ("claims.csv", lambda text: text.replace(",1\n", ",0\n"), "fraud is 0 in every row: there is nothing to"),
        ("claims.csv", lambda text: text.replace(",0\n", ",2\n"), "column fraud holds '2'; known are 0, 1"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_preprocess_refuses(
    raw: Path, refusal: Refusal, opt_ml: Path, name: str, change: Callable[[str], str], reason: str
) -> None:
    edit(raw / name, change)
    message = opt_ml / "output" / "message"
    folders = ("--input-dir", raw, "--output-dir", opt_ml / "tables", "--message-file", message)
    told = refusal("preprocess.py", *folders, "--split-rate", 0.2)
    assert reason in told
    assert message.read_text() == told
    assert not (opt_ml / "tables").exists()


def test_preprocess_refuses_missing_and_ambiguous_files(raw: Path, refusal: Refusal, tmp_path: Path) -> None:
    arguments = ("--input-dir", raw, "--output-dir", tmp_path, "--message-file", tmp_path / "output" / "message")
    (raw / "more").mkdir()
    shutil.copy(raw / "claims.csv", raw / "more")
    assert refusal("preprocess.py", *arguments).startswith(f"more than one claims.csv below {raw}: ")
    shutil.rmtree(raw / "more")
    (raw / "claims.csv").unlink()
    assert refusal("preprocess.py", *arguments) == f"no claims.csv below {raw}"


def test_preprocess_refuses_a_split_it_cannot_make(raw: Path, refusal: Refusal, tmp_path: Path) -> None:
    arguments = ("--input-dir", raw, "--output-dir", tmp_path, "--message-file", tmp_path / "output" / "message")
    assert refusal("preprocess.py", *arguments, "--split-rate", 1.5).startswith("cannot split the data: ")
    lines = (raw / "claims.csv").read_text().splitlines(keepends=True)
    honest, fraud = ([line for line in lines if line.endswith(f",{label}\n")] for label in "01")
    (raw / "claims.csv").write_text("".join([lines[0], *honest, fraud[0]]))
    assert "least populated class" in refusal("preprocess.py", *arguments)


def test_what_is_missing_but_not_needed(raw: Path, run: Run, tmp_path: Path) -> None:
    """A claim without a customer is left out aloud; a number that is not known stays empty."""
    edit(raw / "customers.csv", lambda text: "".join(text.splitlines(keepends=True)[:-1]).replace(",3000,", ",,"))
    done = run("preprocess.py", "--input-dir", raw, "--output-dir", tmp_path)
    assert done.returncode == 0, done.stderr
    assert "1 claims without a customer are left out" in done.stdout
    rows = [line for name in ("train", "test") for line in (tmp_path / name / f"{name}.csv").read_text().splitlines()]
    assert len(rows) == 99
    assert any(",," in row for row in rows)


def test_outside_of_a_container_no_message_is_left(run: Run, tmp_path: Path) -> None:
    message = tmp_path / "no-such-folder" / "output" / "message"
    done = run("preprocess.py", "--input-dir", tmp_path, "--message-file", message)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"preprocess.py: no claims.csv below {tmp_path}\n"
    assert list(tmp_path.iterdir()) == []


# train.py


@pytest.fixture
def channel(tmp_path: Path) -> Path:
    """A training channel of twenty rows, half of them positive."""
    folder = tmp_path / "channel"
    folder.mkdir()
    (folder / "train.csv").write_text("".join(f"{row % 2},{row},{row * row}\n" for row in range(20)))
    return folder


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda text: "", "cannot read train.csv as numbers without a header: No columns to parse from file"),
        (lambda text: "fraud,a,b\n" + text, "cannot read train.csv as numbers without a header: could not convert"),
        (lambda text: text.replace("0,", "0.3,"), "must be the label, and both 0 and 1 must occur in it"),
        (lambda text: text.replace("1,", "0,"), "must be the label, and both 0 and 1 must occur in it"),
        (lambda text: "1,2,3\n" + text.replace("1,", "0,"), "cannot hold out rows for validation: "),
    ],
)
def test_train_refuses_rows(
    channel: Path, refusal: Refusal, opt_ml: Path, change: Callable[[str], str], reason: str
) -> None:
    edit(channel / "train.csv", change)
    env = {"SM_CHANNEL_TRAIN": channel, "SM_MODEL_DIR": opt_ml / "model", "SM_OUTPUT_DIR": opt_ml / "output"}
    told = refusal("train.py", **env)
    assert reason in told
    assert (opt_ml / "output" / "failure").read_text() == told
    assert not (opt_ml / "model").exists()


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--max_dept", 3], "hyperparameters: unrecognized arguments: --max_dept 3"),
        (["--max_depth", "deep"], "hyperparameters: argument --max_depth: invalid int value: 'deep'"),
        (["--objective", "binary:magic"], "XGBoost refuses: "),
        (["--validation_share", 2], "cannot hold out rows for validation: "),
    ],
)
def test_train_refuses_hyperparameters(
    channel: Path, refusal: Refusal, opt_ml: Path, arguments: list[object], reason: str
) -> None:
    env = {"SM_CHANNEL_TRAIN": channel, "SM_MODEL_DIR": opt_ml / "model", "SM_OUTPUT_DIR": opt_ml / "output"}
    assert refusal("train.py", *arguments, **env).startswith(reason)


def test_train_refuses_several_hosts_and_an_empty_channel(channel: Path, refusal: Refusal, tmp_path: Path) -> None:
    places = {"SM_MODEL_DIR": tmp_path, "SM_OUTPUT_DIR": tmp_path / "output"}
    empty = refusal("train.py", SM_CHANNEL_TRAIN=tmp_path / "output", **places)
    assert empty == f"no .csv file below {tmp_path / 'output'}"
    several = refusal("train.py", SM_CHANNEL_TRAIN=channel, SM_HOSTS='["algo-1", "algo-2"]', **places)
    assert several == "this script trains on one instance, not on 2: set instance_count to 1"


def test_train_ends_with_one_line(channel: Path, run: Run, opt_ml: Path) -> None:
    done = run("train.py", "--rounds", 3, env={"SM_CHANNEL_TRAIN": channel, "SM_OUTPUT_DIR": opt_ml / "output"})
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "train.py: hyperparameters: unrecognized arguments: --rounds 3\n"


# evaluate.py


@pytest.fixture
def trained(chain: Chain, tmp_path: Path) -> Path:
    """A folder with model.tar.gz and test.csv, to be spoilt."""
    folder = tmp_path / "trained"
    folder.mkdir()
    shutil.copy(chain.folder / "model.tar.gz", folder)
    shutil.copy(chain.test, folder)
    return folder


def archive(path: Path, members: dict[str, bytes]) -> None:
    with tarfile.open(path, "w:gz") as file:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            file.addfile(info, io.BytesIO(content))


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:2000])


def link(path: Path) -> None:
    info = tarfile.TarInfo("xgboost-model")
    info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
    with tarfile.open(path, "w:gz") as file:
        file.addfile(info)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda path: path.unlink(), "expected one model.tar.gz below "),
        (lambda path: path.write_bytes(b"not an archive"), "model.tar.gz is no sound archive: "),
        (lambda path: path.write_bytes(b""), "model.tar.gz is no sound archive: "),
        (truncate, "model.tar.gz is no sound archive: "),
        (lambda path: archive(path, {"model.pkl": b""}), "model.tar.gz holds no xgboost-model"),
        (link, "model.tar.gz holds no xgboost-model"),
        (lambda path: archive(path, {"xgboost-model": b"binf"}), "cannot read xgboost-model: "),
        (lambda path: archive(path, {"../xgboost-model": b""}), "names a path outside of itself: ../xgboost-model"),
        (lambda path: archive(path, {"/tmp/xgboost-model": b""}), "names a path outside of itself: /tmp/xgboost-model"),
    ],
)
def test_evaluate_refuses_a_model(
    trained: Path, refusal: Refusal, opt_ml: Path, spoil: Callable[[Path], object], reason: str
) -> None:
    spoil(trained / "model.tar.gz")
    message = opt_ml / "output" / "message"
    folders = ("--model-dir", trained, "--test-dir", trained, "--output-dir", opt_ml / "report")
    told = refusal("evaluate.py", *folders, "--message-file", message)
    assert reason in told
    assert message.read_text() == told
    assert not (opt_ml / "report").exists()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda text: "", "cannot read test.csv as numbers without a header: No columns to parse from file"),
        (lambda text: "fraud" + text, "cannot read test.csv as numbers without a header: could not convert"),
        (lambda text: text.replace("\n1,", "\n0,"), "the first column of test.csv must be the label"),
        (lambda text: text.replace("\n", ",7\n"), "the model wants 27 features, test.csv has 28"),
    ],
)
def test_evaluate_refuses_rows(
    trained: Path, refusal: Refusal, tmp_path: Path, change: Callable[[str], str], reason: str
) -> None:
    edit(trained / "test.csv", change)
    folders = ("--model-dir", trained, "--test-dir", trained, "--output-dir", tmp_path / "report")
    assert refusal("evaluate.py", *folders, "--message-file", tmp_path / "output" / "message").startswith(reason)


def test_evaluate_ends_with_one_line_and_unpacks_nothing(trained: Path, run: Run, tmp_path: Path) -> None:
    archive(trained / "model.tar.gz", {"../escaped": b"", "xgboost-model": b""})
    folders = ("--model-dir", trained, "--test-dir", trained, "--output-dir", tmp_path / "report")
    done = run("evaluate.py", *folders, "--message-file", tmp_path / "output" / "message")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "evaluate.py: model.tar.gz names a path outside of itself: ../escaped\n"
    files = sorted(path.name for path in tmp_path.rglob("*") if path.is_file())
    assert files == ["message", "model.tar.gz", "test.csv"]


def test_few_rows_have_no_standard_deviation(trained: Path, run: Run, tmp_path: Path) -> None:
    rows = (trained / "test.csv").read_text().splitlines(keepends=True)
    few = [row for row in rows if row[0] == "1"][:5] + [row for row in rows if row[0] == "0"][:50]
    (trained / "test.csv").write_text("".join(few))
    folders = ("--model-dir", trained, "--test-dir", trained, "--output-dir", tmp_path)
    assert run("evaluate.py", *folders).returncode == 0
    assert '"standard_deviation": "NaN"' in (tmp_path / "evaluation.json").read_text()
