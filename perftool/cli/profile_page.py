"""A capture as a page in the browser."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from perftool.config.schema import Settings
    from perftool.profiling.capture import Capture

FOLDER: Final = Path(".perftool") / "pages"
_FORMAT: Final = "html"
#: One of these is set where a program can open a window on Linux.
_DISPLAYS: Final = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
_GITIGNORE: Final = b"# Pages of this machine: nothing here belongs in the repository.\n*\n"


def show(capture: Capture, source: Path, settings: Settings) -> list[str]:
    """Write the page of the capture that came from the file ``source``, open it, and return what to tell of it."""
    from perftool.profiling import files

    return show_page(files.encode(capture, _FORMAT), _stem(source), settings)


def show_page(page: bytes, stem: str, settings: Settings) -> list[str]:
    """Write a page to the folder of pages, open it, and return what to tell of it."""
    from perftool.store import atomic

    root = settings.root
    folder = root / FOLDER
    if not (folder / ".gitignore").exists():
        atomic.write_bytes(folder / ".gitignore", _GITIGNORE)
    path = folder / f"{stem}.html"
    atomic.write_bytes(path, page)
    named = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
    steps = [f"page    {named}"]
    if not open_page(path.as_uri(), environment=os.environ):
        steps += [
            "view    no browser can be opened from here: copy the file to where there is one, it needs nothing else;",
            f"        or serve it: python -m http.server --bind 127.0.0.1 --directory {named.parent} 8000",
        ]
    return steps


def open_page(address: str, *, environment: Mapping[str, str], opener: Callable[[str], bool] | None = None) -> bool:
    """Open ``address`` in the browser of the user; False where there is none that has a window."""
    import webbrowser

    # Without a display a browser in text mode would be taken, which would sit down in this terminal.
    if sys.platform.startswith("linux") and not any(environment.get(name) for name in _DISPLAYS):
        return False
    try:
        return (opener or webbrowser.open)(address)
    except webbrowser.Error:
        return False


def _stem(source: Path) -> str:
    name = source.name
    for suffix in (".gz", ".pb", ".json", ".txt"):
        name = name.removesuffix(suffix)
    return name or "profile"
