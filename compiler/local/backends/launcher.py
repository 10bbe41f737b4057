"""Starts a job: python -I -S launcher.py [--ml FOLDER] [--cwd FOLDER] -- COMMAND...

With --ml the folder becomes /opt/ml, in a user and mount namespace of the job's own (Linux): /opt is covered, and all
else that lay there put back, whether or not the host has an /opt/ml. The job ends when the process that started it
does. Needs nothing but the standard library: it runs under whatever Python the job has.
"""

from __future__ import annotations

import ctypes
import os
import signal
import stat
import sys

CLONE_NEWNS, CLONE_NEWUSER = 0x00020000, 0x10000000
MS_BIND, MS_REC, MS_PRIVATE = 4096, 16384, 1 << 18
PR_SET_PDEATHSIG = 1
OPT, ML = "/opt", "/opt/ml"


def main(arguments: list[str]) -> None:
    cut = arguments.index("--")
    options: dict[str, str] = dict(zip(arguments[:cut:2], arguments[1:cut:2]))
    command = arguments[cut + 1 :]
    parent = os.getppid()
    libc = ctypes.CDLL(None, use_errno=True)
    if "--ml" in options:
        enter(libc, os.path.realpath(options["--ml"]))
    if sys.platform == "linux":
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)  # after the namespace: changing credentials clears it
        if os.getppid() != parent:
            sys.exit("the process that started this job is gone")
    if "--cwd" in options:
        os.chdir(options["--cwd"])
    try:
        os.execvp(command[0], command)
    except OSError as error:
        sys.stderr.write("%s: %s\n" % (command[0], error.strerror))
        sys.exit(127 if isinstance(error, FileNotFoundError) else 126)


def enter(libc: ctypes.CDLL, folder: str) -> None:
    """Namespaces of our own, with the user as itself, and `folder` as /opt/ml."""
    user, group = os.getuid(), os.getgid()
    check(libc.unshare(CLONE_NEWUSER | CLONE_NEWNS), "unshare")
    write("/proc/self/setgroups", "deny")
    write("/proc/self/uid_map", "%d %d 1" % (user, user))
    write("/proc/self/gid_map", "%d %d 1" % (group, group))
    mount(libc, "none", "/", None, MS_REC | MS_PRIVATE)
    cover(libc)
    mount(libc, folder, ML, None, MS_BIND | MS_REC)


def cover(libc: ctypes.CDLL) -> None:
    """Put an empty folder over /opt, in which /opt/ml can be made, and all that was in /opt back into it."""
    if not os.path.isdir(OPT):
        sys.exit("there is no /opt to put ml into")
    old = os.open(OPT, os.O_RDONLY)
    names = os.listdir(OPT)
    mount(libc, "sagepipe", OPT, "tmpfs", 0)
    os.mkdir(ML)
    for name in names:
        if name != os.path.basename(ML):
            put_back(libc, old, name)
    os.close(old)


def put_back(libc: ctypes.CDLL, old: int, name: str) -> None:
    target = os.path.join(OPT, name)
    try:
        mode = os.stat(name, dir_fd=old, follow_symlinks=False).st_mode
    except FileNotFoundError:  # gone since it was listed
        return
    if stat.S_ISLNK(mode):
        os.symlink(os.readlink(name, dir_fd=old), target)
        return
    if stat.S_ISDIR(mode):
        os.mkdir(target)
    else:
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY))
    entry = os.open(name, os.O_PATH | os.O_NOFOLLOW, dir_fd=old)
    mount(libc, "/proc/self/fd/%d" % entry, target, None, MS_BIND | MS_REC)
    os.close(entry)


def mount(libc: ctypes.CDLL, source: str, target: str, kind: str | None, flags: int) -> None:
    encoded = [os.fsencode(text) if text is not None else None for text in (source, target, kind)]
    check(libc.mount(*encoded, ctypes.c_ulong(flags), None), "mount " + target)


def check(result: int, what: str) -> None:
    if result:
        sys.exit("%s: %s" % (what, os.strerror(ctypes.get_errno())))


def write(path: str, text: str) -> None:
    with open(path, "w") as file:
        file.write(text)


if __name__ == "__main__":
    main(sys.argv[1:])
