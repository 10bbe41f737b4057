"""The ways to give a job its `/opt/ml`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from compiler.text import record

ML = "/opt/ml"
LAUNCHER = Path(__file__).with_name("launcher.py")
PROBE_SECONDS = 10


@record
class Room:
    """The folders of one job: `ml` is what it sees as /opt/ml, `work` where it starts, `env` its Python environment.

    `readable` are folders outside that an isolated job needs: Python itself, and what it may import.
    """

    folder: Path
    readable: tuple[Path, ...] = ()
    network: bool = True

    @property
    def ml(self) -> Path:
        return self.folder / "ml"

    @property
    def work(self) -> Path:
        return self.folder / "work"

    @property
    def env(self) -> Path:
        return self.folder / "env"

    def outside(self, path: str) -> Path | None:
        """Where a path below /opt/ml lies on this machine, or None for a path elsewhere."""
        if path.rstrip("/") == ML:
            return self.ml
        return self.ml / path.removeprefix(f"{ML}/") if path.startswith(f"{ML}/") else None


class Command(NamedTuple):
    """What to start: arguments, environment, and the working folder as the job sees it."""

    arguments: list[str]
    environment: dict[str, str]
    folder: str


@record
class Backend:
    """`wrap` makes of a command, as a container would run it, one for this machine."""

    name: str
    note: str
    wrap: Callable[[Command, Room], Command]
    program: str = ""
    rewrites: bool = False
    isolated: bool = False


def _launched(command: Command, *options: str) -> Command:
    python = [sys.executable, "-I", "-S", str(LAUNCHER), *options, "--cwd", command.folder, "--"]
    return Command([*python, *command.arguments], command.environment, "/")


def _namespace(command: Command, room: Room) -> Command:
    return _launched(command, "--ml", str(room.ml))


def _bubblewrap(command: Command, room: Room) -> Command:
    options = ["--dev-bind", "/", "/", *_opt(room), "--die-with-parent", "--chdir", command.folder]
    return Command(["bwrap", *options, "--", *command.arguments], command.environment, "/")


def _opt(room: Room) -> Iterator[str]:
    """The options that put a folder at /opt/ml without making one on the host: /opt is covered, the rest put back."""
    yield from ("--tmpfs", "/opt")
    for path in _beside_ml():
        kind = ["--symlink", str(path.readlink())] if path.is_symlink() else ["--dev-bind-try", str(path)]
        yield from (*kind, str(path))
    yield from ("--bind", str(room.ml), ML)


def _beside_ml() -> list[Path]:
    """What else lies in /opt."""
    opt = Path(ML).parent
    return sorted(path for path in opt.iterdir() if path != Path(ML)) if opt.is_dir() else []


def _isolated(command: Command, room: Room) -> Command:
    """Nothing of the user's but what the job was given: no home, no other files of the project, no other processes."""
    options = ["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp", "--tmpfs", "/run"]
    for hidden in _hidden(room):
        options += ["--tmpfs", str(hidden)]
    for path in room.readable:
        options += ["--ro-bind", str(path), str(path)]
    options += ["--bind", str(room.folder), str(room.folder), *_opt_read_only(room)]
    options += ["--unshare-pid", "--unshare-ipc", "--new-session", "--die-with-parent", "--chdir", command.folder]
    options += [] if room.network else ["--unshare-net"]
    return Command(["bwrap", *options, "--", *command.arguments], {**command.environment, "HOME": str(room.work)}, "/")


def _opt_read_only(room: Room) -> Iterator[str]:
    words = list(_opt(room))
    yield from ("--ro-bind-try" if word == "--dev-bind-try" else word for word in words)


def _hidden(room: Room) -> list[Path]:
    """Home folders, and the project, with all that is kept in it."""
    homes = [Path("/home"), Path("/root"), Path("/Users"), Path.home()]
    project = next((p.parent for p in room.folder.parents if p.name == ".sagepipe"), room.folder.parent)
    return [path for path in dict.fromkeys([*homes, project]) if path.is_dir() and path != Path("/")]


def _proot(command: Command, room: Room) -> Command:
    """An /opt of the job's own: proot would make a missing /opt/ml on the host, for as long as it runs."""
    opt = room.folder / "opt"
    (opt / "ml").mkdir(parents=True, exist_ok=True)
    binds = [f"{opt}:/opt", f"{room.ml}:{ML}"]
    for path in _beside_ml():
        place = opt / path.name
        place.mkdir(exist_ok=True) if path.is_dir() else place.touch()
        binds.append(f"{path}:{path}")
    options = [word for bind in binds for word in ("-b", bind)]
    inner = Command(["proot", *options, "-w", command.folder, *command.arguments], command.environment, "/")
    return _launched(inner)


def _rewrite(command: Command, room: Room) -> Command:
    """`/opt/ml` replaced wherever it is written: the job sees the folder under its own name."""
    real = str(room.ml)
    environment = {name: text.replace(ML, real) for name, text in command.environment.items()}
    environment |= {"SAGEPIPE_REWRITTEN": ML}
    arguments = [text.replace(ML, real) for text in command.arguments]
    return _launched(Command(arguments, environment, command.folder.replace(ML, real)))


BACKENDS: dict[str, Backend] = {
    b.name: b
    for b in (
        Backend("namespace", "a user namespace with a bind mount", _namespace),
        Backend("bubblewrap", "bubblewrap, sharing all but /opt/ml", _bubblewrap, "bwrap"),
        Backend("proot", "proot, which traces system calls", _proot, "proot"),
        Backend("rewrite", "/opt/ml replaced in code, arguments and environment", _rewrite, rewrites=True),
    )
}
ISOLATED = Backend("isolated", "bubblewrap, with nothing of the user's in sight", _isolated, "bwrap", isolated=True)


def probe(backend: Backend) -> str:
    """Why a backend does not work here, "" where it does: found out by running a job that looks for its own file."""
    if backend.program and shutil.which(backend.program) is None:
        return f"there is no program `{backend.program}`"
    if backend.rewrites:
        return ""
    with tempfile.TemporaryDirectory() as folder:
        room = Room(Path(folder).resolve())
        room.ml.mkdir()
        room.work.mkdir()
        (room.ml / "probe").write_text("", encoding="utf-8")
        command = backend.wrap(Command(["test", "-f", f"{ML}/probe"], dict(os.environ), str(room.work)), room)
        try:
            done = subprocess.run(
                command.arguments, env=command.environment, cwd=command.folder, stdin=subprocess.DEVNULL,
                capture_output=True, text=True, timeout=PROBE_SECONDS, check=False,
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as error:
            return str(error)
    said = (done.stderr or done.stdout).strip()
    return "" if done.returncode == 0 else said.partition("\n")[0] or f"it ended with status {done.returncode}"


class Choice(NamedTuple):
    """The backend to use, and why those before it do not work here."""

    backend: Backend
    passed: dict[str, str]


def choose(forced: str = "", *, isolate: bool = False) -> Choice | str:
    """The best backend that works, or the one asked for; what to say where there is none."""
    if isolate:
        why = probe(ISOLATED)
        wanted = f"--isolate needs bubblewrap, and it does not work here: {why}"
        return wanted if why else Choice(ISOLATED, {})
    if forced:
        why = probe(BACKENDS[forced])
        return f"backend `{forced}` does not work here: {why}" if why else Choice(BACKENDS[forced], {})
    passed: dict[str, str] = {}
    for backend in BACKENDS.values():
        why = probe(backend)
        if not why:
            return Choice(backend, passed)
        passed[backend.name] = why
    return "no backend works here"
