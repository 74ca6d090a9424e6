"""Where in the program a statement was run: the innermost frame that is neither a library's nor Python's."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # typing would cost the target 10 ms
if TYPE_CHECKING:
    from types import CodeType, FrameType
    from typing import Any

MOST_SITES = 5000
#: Frames that are looked at, and those of the program that a stack is told by.
_DEEPEST = 200
_STACK = 4
_HERE = os.path.dirname(os.path.abspath(__file__))
_STDLIB = os.path.dirname(os.path.abspath(os.__file__))
_USER, _LIBRARY, _LAZY, _NEUTRAL = 1, 2, 3, 4
#: Functions through which an ORM asks for one object's missing part.
_LAZY_NAMES = frozenset(("_emit_lazyload", "load_scalar_attributes", "refresh_from_db"))
_LAZY_FILES = ("related_descriptors.py",)
_NEUTRAL_FILES = frozenset(("<frozen runpy>", os.path.join(_STDLIB, "runpy.py")))


class Sites:
    """All places of a program that ran a statement: (file, line, function), by number; 0 is none of its own."""

    def __init__(self) -> None:
        self.listed: list[tuple[str, int, str]] = [("", 0, "")]
        # By identity: the hash of a code object goes through all that it holds, each time. They are kept alive for it.
        self._numbers: dict[tuple[int, int], int] = {}
        self._kinds: dict[int, int] = {}
        self._codes: list[CodeType] = []
        self._libraries = [_HERE + os.sep]

    def add_library(self, folder: str) -> None:
        """Take what lies in ``folder`` for a library, wherever it lies."""
        self._libraries.append(folder.rstrip(os.sep) + os.sep)
        self._kinds.clear()

    def of(self, frame: FrameType | None) -> tuple[int, bool]:
        """Return the number of the place that ``frame`` runs for, and whether an ORM came in between to load late."""
        lazy, kinds, left = False, self._kinds, _DEEPEST
        first = frame
        while frame is not None and left:
            code = frame.f_code
            kind = kinds.get(id(code))
            if kind is None:
                kind = self._known(code)
            if kind == _USER:
                return self._number(code, frame.f_lineno), lazy
            if kind == _LAZY:
                lazy = True
            frame = frame.f_back
            left -= 1
        for one in _beyond(first):
            kind = self._known(one.f_code)
            if kind == _USER:
                return self._number(one.f_code, one.f_lineno), lazy
            lazy = lazy or kind == _LAZY
        return 0, lazy

    def plain(self, frame: FrameType | None) -> bool:
        """Say whether nobody but the program itself called its code: no framework stands above it."""
        inside = False
        for one in _chain(frame):
            kind = self._known(one.f_code)
            if kind == _USER:
                inside = True
            elif inside and kind != _NEUTRAL:
                return False
        return inside

    def stack(self, frame: FrameType | None) -> tuple[tuple[str, int, str], ...]:
        """Return the program's own frames (file, line, function) up to who called it, the innermost first."""
        found: list[tuple[str, int, str]] = []
        kinds, left, one = self._kinds, _DEEPEST, frame
        while one is not None and left:
            code = one.f_code
            if (kinds.get(id(code)) or self._known(code)) == _USER:
                found.append((code.co_filename, one.f_lineno, code.co_name))
                if len(found) == _STACK:
                    return tuple(found)
            elif found:
                return tuple(found)
            one = one.f_back
            left -= 1
        awaiting = [one for one in _beyond(frame) if self._known(one.f_code) == _USER]
        found += [(one.f_code.co_filename, one.f_lineno, one.f_code.co_name) for one in awaiting[: _STACK - len(found)]]
        return tuple(found)

    def _number(self, code: CodeType, line: int) -> int:
        number = self._numbers.get((id(code), line))
        if number is None:
            if len(self.listed) >= MOST_SITES:
                return 0
            number = self._numbers[(id(code), line)] = len(self.listed)
            name = getattr(code, "co_qualname", code.co_name)
            self.listed.append((code.co_filename, line, name))
        return number

    def _known(self, code: CodeType) -> int:
        kind = self._kinds.get(id(code))
        if kind is None:
            self._codes.append(code)
            kind = self._kinds[id(code)] = self._kind(code)
        return kind

    def _kind(self, code: CodeType) -> int:
        file = code.co_filename
        if file in _NEUTRAL_FILES:
            return _NEUTRAL
        if file[:1] == "<":
            return _USER if file in ("<string>", "<stdin>") or file.startswith("<ipython") else _LIBRARY
        full = file if os.path.isabs(file) else os.path.abspath(file)
        packages = f"{os.sep}site-packages{os.sep}" in full or f"{os.sep}dist-packages{os.sep}" in full
        if packages or full.startswith(_STDLIB + os.sep) or any(map(full.startswith, self._libraries)):
            late = code.co_name in _LAZY_NAMES or full.endswith(_LAZY_FILES)
            return _LAZY if late else _LIBRARY
        return _USER


def _chain(frame: FrameType | None) -> Any:
    """Yield a frame and its callers; those of the task too that a greenlet of SQLAlchemy runs for."""
    first, left = frame, _DEEPEST
    while frame is not None and left:
        yield frame
        frame = frame.f_back
        left -= 1
    yield from _beyond(first)


def _beyond(frame: FrameType | None) -> Any:
    """Yield the frames of the task for which a greenlet of SQLAlchemy runs, where there is one."""
    greenlets: Any = sys.modules.get("greenlet")
    current = greenlets.getcurrent().parent if greenlets is not None and hasattr(greenlets, "getcurrent") else None
    left = _DEEPEST if frame is not None else 0
    while current is not None:
        frame = current.gr_frame
        while frame is not None and left:
            yield frame
            frame = frame.f_back
            left -= 1
        current = current.parent
