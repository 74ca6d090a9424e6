"""What profilers can do on this machine, each tried at the same time."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

from perftool.model.doctor import Check
from perftool.profiling import permissions, trials

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

#: Without any of these nothing can be profiled.
ESSENTIAL: Final = frozenset({"CPU sampler", "pyinstrument", "memray", "py-spy"})


def checks() -> tuple[Check, ...]:
    """Try everything and say what was seen, in the order in which people need it.

    cost: some seconds; a debugger that does not get into a process has 20 of them.
    """
    tried: list[Callable[[], Check]] = [
        trials.sampler,
        trials.thread_clocks,
        trials.pyinstrument,
        trials.memray,
        trials.py_spy,
        lambda: trials.debugger("gdb"),
        lambda: trials.debugger("lldb"),
        lambda: tracing(permissions.ability()),
        trials.perf,
        trials.go_pprof,
    ]
    with ThreadPoolExecutor(4) as pool:
        return tuple(pool.map(lambda one: one(), tried))


def tracing(able: permissions.Ability) -> Check:
    """Say what the system lets this process look into."""
    name, enables = "looking into processes", "profile … --pid N"
    if not sys.platform.startswith("linux"):
        detail = "root may look into every process" if able.root else "only root may look into other processes"
        return Check(name=name, state="ok" if able.root else "limited", detail=detail, enables=enables, fix=_SUDO)
    if able.ptrace:
        note = ", a filter for system calls is active" if able.seccomp else ""
        return Check(name=name, state="ok", detail=f"processes of all users (CAP_SYS_PTRACE){note}", enables=enables)
    if able.container:
        return Check(
            name=name,
            state="limited",
            detail="this container has no CAP_SYS_PTRACE",
            enables=enables,
            fix="docker run --cap-add SYS_PTRACE …; Kubernetes: securityContext.capabilities.add: [SYS_PTRACE]",
        )
    if able.scope == 0 or able.scope is None:
        return Check(name=name, state="ok", detail="processes of this user", enables=enables)
    detail = f"kernel.yama.ptrace_scope is {able.scope}: " + (
        "only processes that one has started"
        if able.scope == 1
        else "only root may"
        if able.scope == 2
        else "nobody may"
    )
    return Check(name=name, state="limited" if able.scope < 3 else "failed", detail=detail, enables=enables, fix=_SUDO)


_SUDO: Final = 'sudo env "PATH=$PATH" perftool profile …, or sudo sysctl kernel.yama.ptrace_scope=0'


def nothing_works(found: Sequence[Check]) -> bool:
    """Say whether no profiler at all works."""
    return not any(one.name in ESSENTIAL and one.state in ("ok", "limited") for one in found)
