"""The Python environment of a job: the user's, with a layer of its own above it that takes all installs."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

from compiler.emit.bytes import digest_of

PATHS_HOOK = Path(__file__).parent / "inside" / "sagepipe_paths.py"
_DROPPED = re.compile(
    r"AWS_|SM_|SAGEMAKER_|TRAINING_JOB_|VIRTUAL_ENV$|PYTHONHOME$|PYTHONPATH$|PIP_TARGET$|PIP_PREFIX$|PIP_USER$"
)
_SHARED = re.compile(
    r"PATH|LANG|LANGUAGE|LC_\w+|TZ|TERM|PIP_\w+|(HTTPS?|ALL|NO)_PROXY|SSL_CERT_\w+|(REQUESTS|CURL)_CA_BUNDLE", re.I
)
_ASK = (
    "import json, sys\n"
    "print(json.dumps([sys.version, sys.base_prefix, sys.prefix, sys._base_executable, [p for p in sys.path if p]]))"
)


class Python(NamedTuple):
    """An interpreter: its version, its prefixes, the executable below any virtual environment, and where it imports
    packages from."""

    executable: Path
    version: str
    prefixes: tuple[Path, ...]
    base: Path
    packages: tuple[Path, ...]

    @property
    def short(self) -> str:
        """`3.11`."""
        return ".".join(self.version.split(".")[:2])

    @property
    def digest(self) -> str:
        """A digest of the version, the machine and what is installed; this program itself does not count."""
        installed = sorted(
            entry.name
            for folder in self.packages
            if folder.is_dir()
            for entry in folder.iterdir()
            if entry.name.endswith((".dist-info", ".egg-info")) and not entry.name.startswith("sagepipe-")
        )
        said = [self.version.split()[0], platform.system(), platform.machine(), installed]
        return digest_of(said)


def this_python() -> Python:
    """The interpreter that runs this program."""
    base: Any = getattr(sys, "_base_executable", sys.executable)
    return _python(Path(sys.executable), [sys.version, sys.base_prefix, sys.prefix, base, sys.path])


def python_at(executable: str) -> Python | str:
    """Another interpreter, or what to say where it is none."""
    import json

    try:
        done = subprocess.run([executable, "-c", _ASK], capture_output=True, text=True, timeout=30, check=False)
        return _python(Path(executable).absolute(), json.loads(done.stdout))
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        return f"`{executable}` is no Python that can be run: {error}"


def _python(executable: Path, facts: list[Any]) -> Python:
    version, base_prefix, prefix, base, paths = facts
    packages = tuple(Path(p) for p in paths if Path(p).name in ("site-packages", "dist-packages"))
    prefixes = tuple(dict.fromkeys(Path(p).resolve() for p in (base_prefix, prefix)))
    return Python(executable, version, prefixes, Path(base), packages)


def lay(folder: Path, python: Python, *, rewritten: bool = False) -> Path:
    """Make a virtual environment above `python`, by hand since that takes a millisecond, and give its `bin`.

    What a job installs lands in it; what it uninstalls or upgrades below stays as it is, for pip keeps to its own
    environment. `rewritten`: a hook tells of paths below /opt/ml that the backend could not replace.
    """
    scripts = folder / "bin"
    packages = folder / "lib" / f"python{python.short}" / "site-packages"
    scripts.mkdir(parents=True)
    packages.mkdir(parents=True)
    config = (
        f"home = {python.base.parent}\ninclude-system-site-packages = false\nversion = {python.version.split()[0]}\n"
    )
    (folder / "pyvenv.cfg").write_text(config, encoding="utf-8")
    for name in ("python", "python3", f"python{python.short}"):
        (scripts / name).symlink_to(python.base)
    for name in ("pip", "pip3"):
        script = scripts / name
        script.write_text(f'#!/bin/sh\nexec "{scripts}/python" -m pip "$@"\n', encoding="utf-8")
        script.chmod(0o755)
    below = "".join(f"import site; site.addsitedir({str(path)!r})\n" for path in python.packages)
    (packages / "_below.pth").write_text(below, encoding="utf-8")
    if rewritten:
        hook = PATHS_HOOK.read_text(encoding="utf-8")
        (packages / "_sagepipe_paths.py").write_text(hook, encoding="utf-8")
        (packages / "_paths.pth").write_text("import _sagepipe_paths\n", encoding="utf-8")
    return scripts


def variables(scripts: Path, python: Python, threads: int, *, isolated: bool = False) -> dict[str, str]:
    """The environment variables of a job: the user's without credentials, with the layer's programs first.

    An isolated job has of the user's only what says where it runs, and how the network is reached. Spinning OpenMP
    threads slow every other job on the machine down, so they wait asleep, and `threads` are all it has.
    """
    kept = {name: text for name, text in os.environ.items() if not _DROPPED.match(name)}
    if isolated:
        kept = {name: text for name, text in kept.items() if _SHARED.fullmatch(name)}
    path = [str(scripts), str(python.executable.parent), kept.get("PATH", os.defpath)]
    pools = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
    return {
        **kept,
        "PATH": os.pathsep.join(path),
        "VIRTUAL_ENV": str(scripts.parent),
        "PYTHONUNBUFFERED": "1",
        "PYTHONNOUSERSITE": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "OMP_WAIT_POLICY": "PASSIVE",
        **{name: str(threads) for name in pools},
    }
