"""CPU time of threads that stands where they wait, because they work for less than the sampler needs to see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from perftool.profiling.capture import Capture

#: Functions that wait for work; what they use themselves is next to nothing.
_WAITING: Final = frozenset(
    {
        "concurrent.futures.thread._worker",
        "multiprocessing.connection.Connection._recv",
        "multiprocessing.connection.wait",
        "queue.Queue.get",
        "selectors.EpollSelector.select",
        "selectors.KqueueSelector.select",
        "selectors.PollSelector.select",
        "selectors.SelectSelector.select",
        "socket.SocketIO.readinto",
        "socket.socket.accept",
        "threading.Condition.wait",
    }
)
_MAIN: Final = ("thread", "MainThread")
_SHARE: Final = 0.1


def doubt(capture: Capture) -> tuple[str, str] | None:
    """Return what to say of a capture where threads seem to use CPU time to wait, None where none does.

    The main thread is interrupted where it works. Others are looked at when they make room for it: those that work
    for less than a few milliseconds do so when they are done, and wait already.
    source: sampling by the holder of the interpreter's lock, sys.setswitchinterval
    """
    total = capture.total()
    waited = 0
    for sample in capture.samples:
        stack = capture.stacks[sample.stack]
        if not stack or _MAIN in capture.labels[sample.labels]:
            continue
        if capture.function_of(stack[-1]).name in _WAITING:
            waited += sample.values[capture.default]
    if total <= 0 or waited <= _SHARE * total:
        return None
    return (
        "short-work-in-threads",
        f"{waited / total:.0%} of the CPU time stands where threads wait: they work for moments too short to be seen "
        "at it; perftool profile cpu --pid looks from outside and sees them",
    )
