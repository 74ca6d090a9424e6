"""What is worked, by what, and what comes of it: the port that every executor stands behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, Protocol, Self

import msgspec

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable
    from types import TracebackType

    from perftool.workers.metrics import Metrics

Failure = Literal["", "failed", "timeout", "killed", "cancelled", "memory"]
"""Why an item has no result: the work raised, took too long, ended its worker, was given up, or needs too much."""


class Job(msgspec.Struct, frozen=True):
    """What a worker does: ``make``, "package.module:function", called in each worker with ``settings``.

    It returns ``work(item: bytes) -> bytes``. The module may define ``prepare(settings)``, called once before any
    worker exists: what it imports and builds is shared by all of them. ``work`` may have an attribute
    ``stats() -> dict[str, float]``: counters of its process, added up over the workers when a run ends.
    ``settings`` is anything that msgpack can hold. None of the three may leave a thread behind that the work needs.
    """

    make: str
    settings: Any = None


class Item(msgspec.Struct, frozen=True, gc=False):
    """One piece of work; ``number`` is the caller's own and comes back with the outcome."""

    number: int
    payload: bytes


#: Given in place of an item where there is none for now: the next is asked for when something has finished.
PAUSE: Final = Item(-1, b"")


class Outcome(msgspec.Struct, frozen=True, gc=False):
    """What came of an item: ``result``, or a ``failure`` with its ``message``.

    ``seconds`` is the time of its last attempt in the worker, ``attempts`` how often it was begun, ``worker`` the
    place (from 0) of the worker that had it last.
    """

    number: int
    result: bytes | None
    failure: Failure = ""
    message: str = ""
    seconds: float = 0.0
    attempts: int = 1
    worker: int = 0


class Executor(Protocol):
    """Something that works items; to be closed, best as a context manager.

    ``notes`` says in words what it cannot do here.
    """

    @property
    def notes(self) -> tuple[str, ...]:
        """Return what this executor cannot promise, for the reader of the report."""

    def run(self, items: Iterable[Item], *, ordered: bool = True) -> Generator[Outcome]:
        """Yield an outcome for every item, in the order of ``items`` or, not ``ordered``, as they come.

        Items are pulled only while there is room for them, and PAUSE is none. Closing the generator ends the work.
        One run at a time.
        """

    def cancel(self) -> None:
        """Pull no more items and yield those pulled but not finished as ``cancelled``."""

    def rest(self) -> None:
        """Give back what only a run needs, processes and their memory, until the next one; not during a run."""

    def metrics(self) -> Metrics:
        """Return what has been done since the executor was made."""

    def close(self) -> None:
        """End everything that was started; may be called twice."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
