"""What a program says of the work it does, so that samples can be told apart."""

from __future__ import annotations

import os
import sys
from _contextvars import ContextVar
from _thread import get_ident

from . import threads

# This file may be imported twice, as a part of perftool and as a part of the profiler in a target: one state for both.
_STATE = sys.__dict__.setdefault("_perftool_labels", (ContextVar("perftool_labels", default=()), {}))
_HERE, _BY_THREAD = _STATE
_TEST = b"PYTEST_CURRENT_TEST"


class label:  # noqa: N801 - used as a function is
    """Put labels on every sample taken inside a ``with`` block, in this thread or asyncio task."""

    def __init__(self, **labels):
        self._labels = tuple((key, str(value)) for key, value in labels.items())

    def __enter__(self):
        ident = get_ident()
        outer = dict(_HERE.get())
        outer.update(self._labels)
        said = tuple(sorted(outer.items()))
        self._token = _HERE.set(said)
        self._outer = ident, _BY_THREAD.get(ident)
        _BY_THREAD[ident] = said
        return self

    def __exit__(self, *_):
        _HERE.reset(self._token)
        ident, outer = self._outer
        if outer is None:
            _BY_THREAD.pop(ident, None)
        else:
            _BY_THREAD[ident] = outer


def current(ident, here):
    """Return the labels of a thread, sorted; ``here`` says that it is the one that asks."""
    said = _HERE.get() if here else _BY_THREAD.get(ident, ())
    found = [*said]
    test = os.environ._data.get(_TEST)
    if test is not None:
        found.append(("test", _test(test)))
    found.append(("thread", threads.name(ident) or "thread"))
    found.sort()
    return tuple(found)


def _test(raw):
    # "tests/test_x.py::test_a (call)": its phases belong together.
    return os.fsdecode(raw).rpartition(" (")[0]
