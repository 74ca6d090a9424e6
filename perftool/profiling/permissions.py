"""Whether a running process can be looked into from outside, and why not."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from perftool.errors import InputError, UnavailableError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

_ROOT: Final = Path("/")
#: source: capabilities(7), linux/capability.h
_SYS_PTRACE: Final = 19
#: Names of programs that are Python interpreters.
_INTERPRETER: Final = re.compile(r"(?:lib)?(?:python|pypy)[0-9.]*[a-z]?(?:\.so.*)?(?: \(deleted\))?")


class Ability(NamedTuple):
    """What this process may do to others: ``scope`` is Yama's (0 to 3), None where there is no Yama."""

    root: bool
    ptrace: bool
    scope: int | None
    seccomp: bool
    container: bool


def ability(root: Path = _ROOT) -> Ability:
    """Return what the system lets this process do; ``root`` is where proc is found."""
    status = _fields(root / "proc/self/status")
    scope = _text(root / "proc/sys/kernel/yama/ptrace_scope").strip()
    effective = int(status.get("CapEff", "0") or "0", 16)
    inside = any((root / name).exists() for name in (".dockerenv", "run/.containerenv"))
    return Ability(
        root=hasattr(os, "geteuid") and os.geteuid() == 0,
        ptrace=bool(effective >> _SYS_PTRACE & 1),
        scope=int(scope) if scope.isdecimal() else None,
        seccomp=status.get("Seccomp", "0") == "2",
        container=inside,
    )


def require(pid: int, *, root: Path = _ROOT) -> None:
    """Make sure that the process exists, is Python and not this one, as far as can be seen before it is joined.

    raises: UsageError when there is no such process; InputError when it is not Python; UnavailableError when it
    is another user's, or looked into by someone else already.
    """
    if pid == os.getpid():
        raise UsageError(f"process {pid} is perftool itself", hint="name the process of your program")
    if not _exists(pid, root):
        raise UsageError(f"there is no process {pid}", hint="pgrep -fa python lists those that run Python")
    status = _fields(root / f"proc/{pid}/status")
    if status.get("State", "").startswith("Z"):
        raise UsageError(f"process {pid} has ended already, and its parent has not noticed yet")
    if _foreign(status):
        raise refused(pid, status=status, root=root)
    if int(status.get("TracerPid", "0") or "0"):
        raise UnavailableError(
            f"process {pid} is looked into by process {status['TracerPid']} already", hint="end that debugger first"
        )
    if is_python(pid, root=root) is False:
        raise InputError(
            f"process {pid} ({status.get('Name', 'unknown')}) does not run Python", hint="perf top -p PID shows C code"
        )


def refused(pid: int, *, status: Mapping[str, str] | None = None, root: Path = _ROOT) -> UnavailableError:
    """Return the error for a process that may not be looked into: why not, and what would help."""
    known = status if status is not None else _fields(root / f"proc/{pid}/status")
    able = ability(root)
    again = f'sudo env "PATH=$PATH" perftool profile … --pid {pid}'
    if _foreign(known):
        return UnavailableError(f"process {pid} belongs to another user", hint=again)
    if able.container:
        return UnavailableError(
            f"this container does not allow to look into process {pid}", hint="docker run --cap-add SYS_PTRACE …"
        )
    if able.scope:
        return UnavailableError(
            f"the system lets only parents look into a process (kernel.yama.ptrace_scope is {able.scope})", hint=again
        )
    if sys.platform == "darwin":
        return UnavailableError(f"macOS lets only root look into process {pid}", hint=again)
    return UnavailableError(f"not allowed to look into process {pid}", hint=again)


def is_python(pid: int, *, root: Path = _ROOT) -> bool | None:
    """Say whether a process runs Python: its program is an interpreter, or has loaded one; None when it is hidden."""
    folder = root / f"proc/{pid}"
    try:
        if _INTERPRETER.fullmatch(os.path.basename(os.readlink(folder / "exe"))):
            return True
        maps = (folder / "maps").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    if not maps:
        return None
    return any(_INTERPRETER.fullmatch(line.rpartition("/")[2]) for line in maps.splitlines() if "/" in line)


def alive(pid: int) -> bool:
    """Say whether a process still runs."""
    return _exists(pid, _ROOT) and not _fields(Path(f"/proc/{pid}/status")).get("State", "").startswith("Z")


def _exists(pid: int, root: Path) -> bool:
    if pid <= 0:
        return False
    if (root / "proc/self").exists():
        return (root / f"proc/{pid}").exists()
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def _foreign(status: Mapping[str, str]) -> bool:
    """Say whether a process is another user's, which only root and who may trace all can look into."""
    uids = status.get("Uid", "").split()
    able = ability()
    return bool(uids) and not able.root and not able.ptrace and uids[1] != str(os.geteuid())


def _fields(path: Path) -> dict[str, str]:
    lines = (line.partition(":") for line in _text(path).splitlines())
    return {name: value.strip() for name, _, value in lines}


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
