"""Run a program as the shell would: same group, same descriptors, same signals; only its end is watched."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Final, NamedTuple

from perftool.errors import UsageError

if TYPE_CHECKING:
    import resource
    from collections.abc import Mapping, Sequence

    from perftool.clock import Clock

#: What the kernel itself raises for a fault of the program, what stops a program in the background, and what cannot
#: be caught is none of a parent's business. SIGCONT comes to the whole group: passed on late, it would undo a stop.
_NOT_RELAYED: Final = (
    *("SIGKILL", "SIGSTOP", "SIGCHLD", "SIGSEGV", "SIGBUS", "SIGFPE", "SIGILL", "SIGTRAP", "SIGSYS"),
    *("SIGTTIN", "SIGTTOU", "SIGCONT", "SIGPIPE", "SIGPROF", "SIGVTALRM"),
)
_KEYS: Final = (signal.SIGINT, getattr(signal, "SIGQUIT", 0), getattr(signal, "SIGTSTP", 0))
_STOPS: Final = tuple(getattr(signal, name, 0) for name in ("SIGTSTP", "SIGTTIN", "SIGTTOU"))
#: Python ignores these, and what is ignored stays so in a program that is started.
_RESTORED: Final = ("SIGPIPE", "SIGXFSZ", "SIGXFZ")


class Ended(NamedTuple):
    """How a program ended: its exit code, or -n for signal n; wall seconds; CPU seconds and peak bytes where known."""

    status: int
    seconds: float
    cpu_s: float = 0.0
    peak_bytes: int = 0


def run(command: Sequence[str], environment: Mapping[str, str], clock: Clock) -> Ended:
    """Start ``command``, wait for its end, and hand on what others send to this process meanwhile.

    What the terminal sends (Ctrl-C, Ctrl-\\, Ctrl-Z) reaches both processes by itself, since they are one group: here
    it is left alone. When the program is stopped, so is this process, for the shell to see.
    raises: UsageError when the program cannot be started.
    """
    began = clock.monotonic()
    if not hasattr(os, "posix_spawnp"):
        status = _waited(command, environment)
        return Ended(status, clock.monotonic() - began)
    relayed = set(map(int, signal.valid_signals())) - {getattr(signal, name) for name in _NOT_RELAYED}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, relayed | {signal.SIGCHLD})
    try:
        pid = _started(command, environment, before)
        status, usage = _watched(pid, relayed)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    code = os.waitstatus_to_exitcode(status)
    return Ended(code, clock.monotonic() - began, usage.ru_utime + usage.ru_stime, peak)


def _started(command: Sequence[str], environment: Mapping[str, str], mask: set[int]) -> int:
    defaults = [getattr(signal, name) for name in _RESTORED if hasattr(signal, name)]
    try:
        return os.posix_spawnp(command[0], list(command), dict(environment), setsigmask=list(mask), setsigdef=defaults)
    except OSError as error:
        raise _not_started(command[0], error) from error


def _not_started(name: str, error: OSError) -> UsageError:
    reason = (error.strerror or str(error)).lower()
    return UsageError(f"cannot start {name}: {reason}", hint="is it a program that you may run?")


def _watched(pid: int, relayed: set[int]) -> tuple[int, resource.struct_rusage]:
    """Return status and usage of the child once it has ended; all of ``relayed`` and SIGCHLD are blocked."""
    while True:
        number, sent = _next(relayed | {signal.SIGCHLD})
        if number != signal.SIGCHLD:
            if sent:
                _send(pid, number)
            continue
        found, status, usage = os.wait4(pid, os.WNOHANG | os.WUNTRACED)
        while found and os.WIFSTOPPED(status) and os.WSTOPSIG(status) in _STOPS:
            # The shell gets the terminal back only when everyone in the group has stopped. What the keyboard sent is
            # blocked here and may still be pending: a stop that cannot be blocked is not followed by another.
            os.kill(os.getpid(), signal.SIGSTOP)
            found, status, usage = os.wait4(pid, os.WNOHANG | os.WUNTRACED | os.WCONTINUED)
            if not found:  # this process was continued alone
                _send(pid, signal.SIGCONT)
        if found and (os.WIFEXITED(status) or os.WIFSIGNALED(status)):
            return status, usage


def _next(awaited: set[int]) -> tuple[int, bool]:
    """Return the next signal, and whether a process sent it to this one: the kernel tells the whole group itself."""
    if hasattr(signal, "sigwaitinfo"):
        info = signal.sigwaitinfo(awaited)
        return info.si_signo, info.si_code <= 0
    number = signal.sigwait(awaited)
    return number, number not in _KEYS or not sys.stdin.isatty()


def _send(pid: int, number: int) -> None:
    # A program that has become another user's is out of reach, as it would be for the shell.
    with contextlib.suppress(PermissionError, ProcessLookupError):
        os.kill(pid, number)


def _waited(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run ``command`` where there is no POSIX: Ctrl-C reaches both processes there too."""
    try:
        process = subprocess.Popen(list(command), env=dict(environment))
    except OSError as error:
        raise _not_started(command[0], error) from error
    while True:
        with contextlib.suppress(KeyboardInterrupt):
            return process.wait()
