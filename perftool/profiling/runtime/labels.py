"""What a program says of the work it does, so that samples can be told apart."""

from __future__ import annotations

import os
import sys
from _thread import get_ident

from . import threads

TYPE_CHECKING = False  # typing would cost the target 10 ms
if TYPE_CHECKING:
    from contextvars import ContextVar, Token
    from typing import Any

    Said = tuple[tuple[str, str], ...]
else:
    from _contextvars import ContextVar

# This file may be imported twice, as a part of perftool and as a part of the profiler in a target: one state for both.
_STATE: tuple[ContextVar[Said], dict[int, Said]] = sys.__dict__.setdefault(
    "_perftool_labels", (ContextVar("perftool_labels", default=()), {})
)
_HERE, _BY_THREAD = _STATE
#: The key of samples of which nothing is said.
NONE: tuple[Said, Any, Any] = ((), None, None)
_ENVIRONMENT: dict[Any, Any] = getattr(os.environ, "_data", {})
_TEST: Any = getattr(os.environ, "encodekey", str)("PYTEST_CURRENT_TEST")


class label:  # noqa: N801 - it is used as a function is
    """Put labels on every sample that is taken inside a ``with`` block, in this thread or asyncio task.

    Tasks are told apart in the main thread; in others, labels are those of the thread.
    """

    __slots__ = ("_said", "_stored", "_token")

    def __init__(self, **labels: object) -> None:
        self._said = tuple((key, str(value)) for key, value in labels.items())
        self._token: Token[Said] | None = None
        self._stored: tuple[int, Said | None] | None = None

    def __enter__(self) -> None:
        outer = _HERE.get()
        said = tuple(sorted({**dict(outer), **dict(self._said)}.items())) if outer else tuple(sorted(self._said))
        self._token = _HERE.set(said)
        self._stored = None
        if not _in_event_loop():
            ident = get_ident()
            self._stored = ident, _BY_THREAD.get(ident)
            _BY_THREAD[ident] = said

    def __exit__(self, *_: object) -> None:
        if self._token is not None:
            try:
                _HERE.reset(self._token)
            except ValueError:  # left in another context than it was entered in, as generators may be
                _HERE.set(())
        if self._stored is not None:
            ident, outer = self._stored
            if outer is None:
                _BY_THREAD.pop(ident, None)
            else:
                _BY_THREAD[ident] = outer


def _in_event_loop() -> bool:
    # Tasks take turns there: what one of them says must not be left standing for the next.
    asyncio = sys.modules.get("_asyncio")
    return asyncio is not None and asyncio._get_running_loop() is not None


def key(ident: int, *, here: bool, default: str = "") -> tuple[Said, Any, str]:
    """Return what tells the samples of a thread apart just now; ``here`` says that the thread itself asks.

    ``default`` is its name where Python knows none.
    """
    said = _HERE.get() if here else _BY_THREAD.get(ident, ())
    return said, _ENVIRONMENT.get(_TEST), threads.name(ident) or default


def of(key: tuple[Said, Any, Any]) -> Said:
    """Return the labels that a key stands for, sorted."""
    said, test, thread = key
    found = dict(said) if thread is None else {"thread": thread or "(unnamed)", **dict(said)}
    if test is not None:
        # "tests/test_x.py::test_a (call)": its phases belong together.
        found["test"] = os.fsdecode(test).rpartition(" (")[0]
    return tuple(sorted(found.items()))
