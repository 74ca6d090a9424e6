"""Items on their way from the input to the results."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from perftool.batch.worker import Done

if TYPE_CHECKING:
    from perftool.batch.api import Record
    from perftool.batch.lines import Status

_NOTHING = Done(None)


@dataclass(slots=True)
class Work:
    """One text that is worked, for the item that brought it and for ``waiting`` ones equal to it.

    ``status`` is "" until it is finished; "cancelled" when it never will be. ``payload`` is kept while it may have to
    be worked again. ``finished`` is when it was, in seconds of a rising clock.
    """

    status: Status | str = ""
    done: Done = _NOTHING
    seconds: float = 0.0
    attempts: int = 0
    tries: int = 0
    payload: bytes = b""
    finished: float = 0.0
    waiting: list[Entry] = field(default_factory=list)


@dataclass(slots=True)
class Entry:
    """One item: its number in the input, where it stands, when it was ``read``, and the work that it waits for."""

    number: int
    record: Record
    size: int
    digest: bytes
    work: Work
    read: float = 0.0
    repeated: bool = False
