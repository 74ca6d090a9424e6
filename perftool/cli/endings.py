"""End as the program did that perftool ran, so that a shell sees no difference."""

from __future__ import annotations

import contextlib
import os
import signal
import sys


def die(number: int) -> None:
    """End this process by the signal ``number``, without a core file of its own; return where that has no effect.

    A shell that was interrupted too goes on with its script when what it ran ended by ``exit 130``, and stops when it
    was ended by the signal itself.
    """
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    if os.name != "posix":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    with contextlib.suppress(OSError, ValueError):
        # SIGKILL and SIGSTOP take no handler, and need none.
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {number})
    os.kill(os.getpid(), number)
