"""Connections that a child process got from its parent: never used, and never closed either."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

#: To collect a connection would close it, and with it the session of the parent.
_INHERITED: Final[list[object]] = []


def keep(connections: Iterable[object]) -> None:
    """Keep connections from ever being collected, at the end of the interpreter too."""
    import ctypes

    if not _INHERITED:
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(_INHERITED))
    _INHERITED.extend(connections)
