"""Databases: drivers behind one port, pools that report themselves, and the SQL of a program recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from perftool.databases.opening import Database, open_database
    from perftool.databases.recording import Recording, record

__all__ = ["Database", "Recording", "open_database", "record"]


def __getattr__(name: str) -> object:
    """Import what is asked for, and nothing else: the command line lists its commands without any database."""
    if name in ("Recording", "record"):
        from perftool.databases import recording

        return getattr(recording, name)
    if name in __all__:
        from perftool.databases import opening

        return getattr(opening, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
