"""Where time and memory go: captures of stacks, who takes them, what reads and writes them, and how they differ.

For programs of your own: ``serve``, ``asgi`` and ``wsgi`` answer requests for profiles while a service runs; ``label``
tells samples apart; ``memory_limit`` says when there is no room for new work, and ``perftool.profiling.collector``
measures and sets the garbage collector. They are imported when they are first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from perftool.profiling.limits import MemoryLimit, MemoryLimitError, hard_limit, memory_limit
    from perftool.profiling.live.asgi import asgi
    from perftool.profiling.live.http import Server, serve
    from perftool.profiling.live.wsgi import wsgi
    from perftool.profiling.runtime.labels import label

__all__ = [
    "MemoryLimit",
    "MemoryLimitError",
    "Server",
    "asgi",
    "hard_limit",
    "label",
    "memory_limit",
    "serve",
    "wsgi",
]

# No module of this package may be called as one of these: importing it would put it in their place.

_PLACES: Final = {
    "MemoryLimit": "perftool.profiling.limits",
    "MemoryLimitError": "perftool.profiling.limits",
    "memory_limit": "perftool.profiling.limits",
    "hard_limit": "perftool.profiling.limits",
    "Server": "perftool.profiling.live.http",
    "serve": "perftool.profiling.live.http",
    "asgi": "perftool.profiling.live.asgi",
    "wsgi": "perftool.profiling.live.wsgi",
    "label": "perftool.profiling.runtime.labels",
}


def __getattr__(name: str) -> Any:
    """Import what a program asks for by name."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(_PLACES[name]), name)
