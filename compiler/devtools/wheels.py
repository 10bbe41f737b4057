"""Wheels fetched by pip and read as zip files: the installed packages never leak into a generated file."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from zipfile import ZipFile

_CACHE = "SAGEPIPE_DEVTOOLS_CACHE"


class FetchError(Exception):
    """pip could not deliver a wheel; the text says which one and what pip said."""


def cache_folder() -> Path:
    """Where fetched wheels are kept: `$SAGEPIPE_DEVTOOLS_CACHE`, else `~/.cache/sagepipe-devtools`."""
    return Path(os.environ.get(_CACHE) or Path.home() / ".cache" / "sagepipe-devtools")


def open_wheel(package: str, version: str) -> ZipFile:
    """The wheel of exactly this version, from the cache or else from the package index. Raises `FetchError`."""
    kept = _kept(package, version)
    return ZipFile(kept or _download(f"{package}=={version}"))


def newest_version(requirement: str) -> str:
    """The newest version pip finds for a requirement such as `sagemaker<3`; its wheel is cached on the way."""
    return _download(requirement).name.split("-")[1]


def _kept(package: str, version: str) -> Path | None:
    folder = cache_folder()
    found = sorted(folder.glob(f"{package.replace('-', '_')}-{version}-*.whl")) if folder.is_dir() else []
    return found[0] if found else None


def _download(requirement: str) -> Path:
    folder = cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        _pip_download(requirement, scratch)
        (wheel,) = Path(scratch).glob("*.whl")
        return wheel.replace(folder / wheel.name)


def _pip_download(requirement: str, into: str) -> None:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    command += ["--no-deps", "--only-binary", ":all:", "--dest", into, requirement]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise FetchError(f"pip could not download `{requirement}`:\n{done.stderr.strip()}")
