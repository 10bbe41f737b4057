"""No credential is told or written: by no verb, sound or failing, however much it is asked to tell."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from loopback import Endpoint
from small import KEY, SECRET, TOKEN, Sagepipe, edited
from test_same_state import run_script

CANARIES = (KEY, SECRET, TOKEN, quote(TOKEN, safe=""), "canary")
# What AWS answers to a signature that is wrong: what was signed, with the token in it.
CANONICAL = f"""The request signature we calculated does not match. The Canonical String should have been
'POST
/

host:api.sagemaker.us-east-1.amazonaws.com
x-amz-security-token:{TOKEN}
X-Amz-Security-Token={quote(TOKEN, safe="")}&X-Amz-Credential={KEY}%2F20260101
' of {KEY}, {SECRET}"""
# One that is told in our own words, and one that is told in those of AWS.
REFUSALS = (("InvalidSignatureException", CANONICAL, 403), ("ValidationException", CANONICAL, 400))
VERBS = (
    ("validate",), ("compile", "-o", "out"), ("plan", "-o", "plan.json"), ("upsert", "--yes", "--alias", "prod"),
    ("start", "--watch", "--junit", "started.xml"), ("watch", "--junit", "watched.xml"), ("list",), ("describe",),
    ("stop", "--yes"), ("retry", "--yes"), ("promote", "--alias", "prod"), ("rollback", "--alias", "prod"), ("iam",),
    ("delete", "--yes"),
)  # fmt: skip
SILENT = ("validate", "compile", "iam")  # these ask nothing of AWS


@pytest.fixture(params=["environment", "profile"])
def from_there(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Credentials of the environment, or of a file that only boto3 reads."""
    if request.param == "profile":
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
            monkeypatch.delenv(name)
        lines = f"aws_access_key_id={KEY}\naws_secret_access_key={SECRET}\naws_session_token={TOKEN}\n"
        (tmp_path / "credentials").write_text(f"[default]\n{lines}")
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    yield


def words(verb: tuple[str, ...], file: Path) -> list[object]:
    """The arguments of a verb, as it takes them: the files it writes lie beside the pipeline."""
    name, *options = verb
    placed = [file.parent / o if "." in o or o == "out" else o for o in options]
    known = ["--yes"] if name in ("stop", "retry") else []
    told = [] if name in SILENT else ["--verbose"]
    return [name, file, *(o for o in placed if o not in known), *told]


def look_through(folder: Path, *said: str) -> None:
    """Nothing that was said, and no file, holds a credential."""
    for text in said:
        assert not [canary for canary in CANARIES if canary in text], text
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != "credentials"]
    for path in files:
        content = path.read_bytes().decode("utf-8", "replace")
        assert not [canary for canary in CANARIES if canary in content], path


def failing_later_and_later(aws: Endpoint) -> Iterator[None]:
    """All calls fail from the first on, then from the second on: until whoever asks has no call left that matters."""
    for skip in range(9):
        aws.faults.clear()
        aws.fail("*", REFUSALS[skip % 2], skip=skip, times=-1)
        yield


@pytest.mark.usefixtures("from_there")
def test_by_verbs_that_do_well(aws: Endpoint, run: Sagepipe, full: Path) -> None:
    for verb in VERBS:
        given = run(*words(verb, full))
        look_through(full.parent, given.output)
        if verb[0] == "upsert":
            edited(full, "default: 100", "default: 200")
            run("upsert", full, "--yes")
    assert {"plan.json", "started.xml", "upsert.py"} <= {path.name for path in full.parent.rglob("*")}
    assert aws.account.pipelines == {}


@pytest.mark.usefixtures("from_there")
@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb[0])
def test_by_verbs_that_fail(aws: Endpoint, run: Sagepipe, full: Path, verb: tuple[str, ...]) -> None:
    """AWS repeats what it was sent; at the first call, and at each later one."""
    if verb[0] in SILENT:
        assert run(*words(verb, full)).exit_code == 0
        return
    run("upsert", full, "--yes", "--alias", "prod")
    run("start", full)
    edited(full, "default: 100", "default: 200")
    failures = 0
    for _ in failing_later_and_later(aws):
        ended = [run(*before, *words(verb, full)) for before in ((), ("--debug",))]
        look_through(full.parent, *(given.output for given in ended))
        if 3 not in [given.exit_code for given in ended]:
            break
        failures += 1
    assert failures


@pytest.mark.usefixtures("from_there")
def test_by_the_script(aws: Endpoint, run: Sagepipe, full: Path) -> None:
    run("compile", full, "-o", full.parent / "out")
    failures = 0
    for _ in failing_later_and_later(aws):
        given = run_script(full.parent / "out")
        look_through(full.parent, given.stdout, given.stderr)
        if given.returncode == 0:
            break
        failures += 1
    assert failures > 4
