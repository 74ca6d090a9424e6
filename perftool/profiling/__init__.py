"""Where time and memory go: captures of stacks, who takes them, what reads and writes them, and how they differ.

For programs of your own: ``serve``, ``asgi`` and ``wsgi`` answer requests for profiles while a service runs; ``label``
tells samples apart; ``memory_limit`` says when there is no room for new work, and ``perftool.profiling.collector``
measures and sets the garbage collector. They are imported when they are first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from perftool.profiling.live.asgi import asgi
    from perftool.profiling.live.http import Server, serve
    from perftool.profiling.live.wsgi import wsgi
    from perftool.profiling.memory_limit import MemoryLimit, MemoryLimitError, memory_limit
    from perftool.profiling.runtime.labels import label

__all__ = ["MemoryLimit", "MemoryLimitError", "Server", "asgi", "label", "memory_limit", "serve", "wsgi"]

_PLACES: Final = {
    "MemoryLimit": "perftool.profiling.memory_limit",
    "MemoryLimitError": "perftool.profiling.memory_limit",
    "memory_limit": "perftool.profiling.memory_limit",
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
