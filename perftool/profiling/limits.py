"""Stay below a limit of memory by taking no new work, before the system ends the process."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from perftool.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# A collection takes longer than a request: over the limit, it is tried this often and no more.
_COLLECT_EVERY_S: Final = 1.0
_LOOK_EVERY_S: Final = 0.05
#: Memory that a worker gives back when it has run into its hard limit, so that there is room to say so.
RESERVE_BYTES: Final = 4 << 20
#: What may be used where only a share was asked for: the kernel acts at the whole.
_SHARE: Final = 0.8


class MemoryLimitError(MemoryError):
    """There is no room for new work now; ``retry_after_s`` is when to ask again."""

    def __init__(self, used: int, limit: int, retry_after_s: float = 1.0) -> None:
        super().__init__(f"{used >> 20} MiB in use, {limit >> 20} MiB allowed: no new work until some is freed")
        self.used = used
        self.limit = limit
        self.retry_after_s = retry_after_s


class MemoryLimit:
    """Says whether there is room for new work: ``ok``, ``check`` or ``await room()`` before each piece of it.

    Over the ``soft`` limit (bytes of resident memory) garbage is collected, at most once a second; what is still over
    it then is over it. ``resident`` reads what is in use.
    cost: about a microsecond a question on Linux, ten elsewhere.
    """

    def __init__(self, soft: int, resident: Callable[[], int] | None = None) -> None:
        self.soft = soft
        self.refused = 0
        self._resident = resident or reader()
        self._collected_at = float("-inf")

    def used(self) -> int:
        """Return the bytes of resident memory in use."""
        return self._resident()

    def ok(self) -> bool:
        """Tell whether new work may begin."""
        if self._resident() <= self.soft:
            return True
        now = time.monotonic()
        if now - self._collected_at >= _COLLECT_EVERY_S:
            gc.collect()
            # Counted from its end: a collection of a large heap may take as long as the distance between two.
            self._collected_at = time.monotonic()
            if self._resident() <= self.soft:
                return True
        self.refused += 1
        return False

    def check(self) -> None:
        """Do nothing where new work may begin.

        raises: MemoryLimitError where it may not; a server answers 503 with ``Retry-After``.
        """
        if not self.ok():
            raise MemoryLimitError(self._resident(), self.soft)

    async def room(self, timeout_s: float | None = None) -> None:
        """Wait until new work may begin.

        raises: MemoryLimitError when that takes longer than ``timeout_s``.
        """
        end = None if timeout_s is None else time.monotonic() + timeout_s
        while not self.ok():
            if end is not None and time.monotonic() >= end:
                raise MemoryLimitError(self._resident(), self.soft)
            await asyncio.sleep(_LOOK_EVERY_S)


def memory_limit(soft: int | str | float | None = None) -> MemoryLimit:
    """Return a limit of resident memory for this process.

    ``soft`` is bytes, a size such as "512M", or a share of what there is: 0.5, "50%"; by default 80 % of the control
    group's limit, or of the machine's memory where there is none.
    raises: UsageError for anything else.
    """
    return MemoryLimit(_bytes(soft))


def available() -> int:
    """Return the bytes that this process may use: the control group's limit, else the memory of the machine."""
    from perftool.machine import memory

    found = memory.read()
    return min(limit for limit in (found.cgroup_limit_bytes, found.total_bytes) if limit)


@contextmanager
def hard_limit(more: int) -> Iterator[None]:
    """Let this worker process allocate ``more`` bytes and no more than that, inside a ``with`` block.

    For a worker process only: the limit holds for all its threads, and the first to meet it may be any of them. What
    runs into it ends with MemoryLimitError, and the process can go on; a reserve is freed so that there is room for
    that. Nothing happens where the system has no such limit (Windows; macOS ignores it).
    """
    try:
        import resource
    except ImportError:
        yield
        return
    limited = resource.RLIMIT_DATA
    before = resource.getrlimit(limited)
    reserve = bytearray(RESERVE_BYTES)
    allowed = _data_bytes() + more
    most = before[1] if before[1] != resource.RLIM_INFINITY else allowed
    resource.setrlimit(limited, (min(allowed, most), before[1]))
    failed = False
    try:
        yield
    except MemoryLimitError:
        raise
    except MemoryError:
        # Nothing that allocates may run before the reserve is gone: the exception is made behind the block.
        failed = True
    finally:
        del reserve
        resource.setrlimit(limited, before)
    if failed:
        gc.collect()
        raise MemoryLimitError(allowed, allowed)


def reader() -> Callable[[], int]:
    """Return a function that says how many bytes of this process are resident.

    On Linux it reads an open file of the kernel's, a tenth of what opening it costs; a fork opens its own.
    """
    if not sys.platform.startswith("linux"):
        from perftool.machine.memory import resident_bytes

        return resident_bytes
    page = os.sysconf("SC_PAGE_SIZE")
    held = [os.getpid(), os.open("/proc/self/statm", os.O_RDONLY | os.O_CLOEXEC)]

    def resident() -> int:
        if held[0] != os.getpid():
            held[:] = [os.getpid(), os.open("/proc/self/statm", os.O_RDONLY | os.O_CLOEXEC)]
        return int(os.pread(held[1], 128, 0).split()[1]) * page

    return resident


def _data_bytes() -> int:
    """Return what RLIMIT_DATA counts: private writable memory."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[5]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def _bytes(soft: int | str | float | None) -> int:
    if soft is None:
        return int(available() * _SHARE)
    if isinstance(soft, bool):
        raise _wrong(soft)
    if isinstance(soft, str):
        return _read(soft)
    if isinstance(soft, float):
        if not 0 < soft <= 1:
            raise _wrong(soft)
        return int(available() * soft)
    if soft <= 0:
        raise _wrong(soft)
    return soft


def _read(soft: str) -> int:
    from perftool.config.kinds import Size

    text = soft.strip()
    try:
        if text.endswith("%"):
            return _bytes(float(text[:-1]) / 100)
        return int(Size().read(text))
    except ValueError as error:
        raise _wrong(soft) from error


def _wrong(soft: object) -> UsageError:
    return UsageError(f"memory_limit({soft!r}): not a limit", hint='bytes, a size such as "512M", or a share: "50%"')
