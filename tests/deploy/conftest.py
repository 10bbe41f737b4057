"""The endpoints, and `sagepipe` run against them. Everything stays on loopback, with credentials that are none."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from apart import Apart, apart
from botocore.loaders import create_loader
from click.testing import CliRunner, Result
from loopback import Endpoint, serve
from small import ENVIRONMENT, KEY, PIPELINE, SECRET, TOKEN, Sagepipe, edited

from compiler.cli.application import sagepipe

LOADER = create_loader()  # one for all tests: the model of SageMaker is large


@pytest.fixture(scope="session")
def server() -> Iterator[Endpoint]:
    endpoint, server = serve()
    yield endpoint
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Dummy credentials, and no long pauses between attempts."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("botocore.session.create_loader", lambda *_: LOADER)
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0.001)
    monkeypatch.setattr("compiler.deploy.upsert.PAUSES", (0.001,) * 5)
    monkeypatch.setattr("compiler.deploy.versions.PAUSES", (0.001,) * 4)


@pytest.fixture
def aws(server: Endpoint, monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    """The suite's own endpoint, empty. At the end, no request may have been one that the service's model refuses."""
    server.reset()
    monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
    yield server
    assert server.invalid == []


@pytest.fixture(scope="session")
def moto_server() -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-W", "ignore", "-c", "import sys; from moto.server import main; main(sys.argv[1:])"]
    moto = subprocess.Popen(
        [*command, "-H", "127.0.0.1", "-p", str(port)],
        env={**os.environ, "MOTO_ACCOUNT_ID": "111122223333"}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        _await(url, moto)
        yield url
    finally:
        moto.terminate()
        moto.wait()


def _await(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        try:
            urllib.request.urlopen(f"{url}/moto-api/data.json", timeout=5).close()
            return
        except OSError:
            assert process.poll() is None, "moto_server did not start"
            time.sleep(0.1)
    raise AssertionError("moto_server does not answer")


@pytest.fixture
def moto(moto_server: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """moto_server, empty but for the bucket."""
    urllib.request.urlopen(urllib.request.Request(f"{moto_server}/moto-api/reset", method="POST"), timeout=5).close()
    monkeypatch.setenv("AWS_ENDPOINT_URL", moto_server)
    import boto3

    boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="ml-dev-111122223333")
    return moto_server


@pytest.fixture(scope="session")
def processes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Apart]:
    """`sagepipe` in processes of its own."""
    with apart(tmp_path_factory.mktemp("apart")) as ready:
        yield ready


@pytest.fixture
def pipeline(tmp_path: Path) -> Path:
    """A small pipeline file with one script."""
    (tmp_path / "prepare.py").write_text("print('prepared')\n")
    file = tmp_path / "small.pipeline.yaml"
    file.write_text(PIPELINE)
    return file


@pytest.fixture
def full(pipeline: Path) -> Path:
    """A pipeline with all that an upsert may write."""
    (pipeline.parent / "train.py").write_text("print('trained')\n")
    edited(pipeline, "  parallelism: 4\n", "  parallelism: 4\n  schedule: {expression: rate(1 day)}\n")
    return edited(pipeline, "    hyperparameters", "    code: train.py\n    hyperparameters")


@pytest.fixture
def run() -> Sagepipe:
    """`sagepipe` with arguments; no exception may escape, and no credential may be told."""

    def run(*arguments: object, answer: str | None = None) -> Result:
        given = CliRunner().invoke(sagepipe, [str(a) for a in arguments], input=answer, catch_exceptions=True)
        assert given.exception is None or isinstance(given.exception, SystemExit), given.output
        assert "internal error" not in given.output, given.output
        for secret in (KEY, SECRET, TOKEN):
            assert secret not in given.output
        return given

    return run
