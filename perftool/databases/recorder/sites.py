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
_DEEPEST = 400
_STACK = 8
_HERE = os.path.dirname(os.path.abspath(__file__))
_STDLIB = os.path.dirname(os.path.abspath(os.__file__))
_USER, _LIBRARY, _LAZY, _NEUTRAL = 0, 1, 2, 3
#: Functions through which an ORM asks for one object's missing part.
_LAZY_NAMES = frozenset(("_emit_lazyload", "load_scalar_attributes", "refresh_from_db"))
_LAZY_FILES = ("related_descriptors.py",)
_NEUTRAL_FILES = frozenset(("<frozen runpy>", os.path.join(_STDLIB, "runpy.py")))


class Sites:
    """All places of a program that ran a statement: (file, line, function), by number; 0 is none of its own."""

    def __init__(self) -> None:
        self.listed: list[tuple[str, int, str]] = [("", 0, "")]
        self._numbers: dict[tuple[CodeType, int], int] = {}
        self._kinds: dict[CodeType, int] = {}
        self._libraries = [_HERE + os.sep]

    def library(self, folder: str) -> None:
        """Take what lies in ``folder`` for a library, wherever it lies."""
        self._libraries.append(folder.rstrip(os.sep) + os.sep)
        self._kinds.clear()

    def of(self, frame: FrameType | None) -> tuple[int, bool]:
        """Return the number of the place that ``frame`` runs for, and whether an ORM came in between to load late."""
        lazy, kinds = False, self._kinds
        for one in _chain(frame):
            code = one.f_code
            kind = kinds.get(code)
            if kind is None:
                kind = kinds[code] = self._kind(code)
            if kind == _USER:
                return self._number(code, one.f_lineno), lazy
            if kind == _LAZY:
                lazy = True
        return 0, lazy

    def plain(self, frame: FrameType | None) -> bool:
        """Say whether nobody but the program itself called its code: no framework stands above it."""
        inside = False
        for one in _chain(frame):
            kind = self._kind(one.f_code)
            if kind == _USER:
                inside = True
            elif inside and kind != _NEUTRAL:
                return False
        return inside

    def stack(self, frame: FrameType | None) -> tuple[str, ...]:
        """Return the program's own frames, innermost last."""
        found = []
        for one in _chain(frame):
            if self._kind(one.f_code) == _USER:
                found.append(f"{one.f_code.co_filename}\t{one.f_lineno}\t{one.f_code.co_name}")
                if len(found) == _STACK:
                    break
        return tuple(reversed(found))

    def _number(self, code: CodeType, line: int) -> int:
        number = self._numbers.get((code, line))
        if number is None:
            if len(self.listed) >= MOST_SITES:
                return 0
            number = self._numbers[(code, line)] = len(self.listed)
            name = getattr(code, "co_qualname", code.co_name)
            self.listed.append((code.co_filename, line, name))
        return number

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
    left = _DEEPEST
    greenlets: Any = sys.modules.get("greenlet")
    current = greenlets.getcurrent() if greenlets is not None and hasattr(greenlets, "getcurrent") else None
    while frame is not None and left:
        yield frame
        left -= 1
        frame = frame.f_back
        while frame is None and current is not None:
            current = current.parent
            frame = getattr(current, "gr_frame", None)
