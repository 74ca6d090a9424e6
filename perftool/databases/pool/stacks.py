"""Who took a connection: a stack that costs about a microsecond to take and becomes text only when it is shown."""

from __future__ import annotations

import os
import sys
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from types import CodeType, FrameType

Stack = tuple[tuple["CodeType", int], ...]

DEEPEST: Final = 16
#: Frames of the pools themselves tell nobody anything.
_OWN: Final = (os.path.dirname(os.path.abspath(__file__)), os.sep + os.path.join("sqlalchemy", ""))


def capture(skip: int = 1) -> Stack:
    """Return the calling frames, the innermost first, leaving out ``skip`` of them.

    Code objects and lines are kept, no frames: those would keep every local variable alive.
    """
    frame: FrameType | None = sys._getframe(skip + 1)  # noqa: SLF001 - traceback's own ways read files
    found: list[tuple[CodeType, int]] = []
    while frame is not None and len(found) < DEEPEST:
        found.append((frame.f_code, frame.f_lineno))
        frame = frame.f_back
    return tuple(found)


def described(stack: Stack) -> tuple[str, ...]:
    """Return "file:line in function" of every frame, the innermost last, without absolute paths."""
    shown = [f"{_short(code.co_filename)}:{line} in {code.co_name}" for code, line in reversed(stack) if not _own(code)]
    return tuple(shown or [f"{_short(code.co_filename)}:{line} in {code.co_name}" for code, line in stack[-1:]])


def _own(code: CodeType) -> bool:
    return code.co_filename.startswith(_OWN[0]) or _OWN[1] in code.co_filename


def _short(path: str) -> str:
    """Return a path below the working folder, else its file and the folder that holds it."""
    here = os.getcwd()
    if path.startswith(here + os.sep) and "site-packages" not in path:
        return path[len(here) + 1 :]
    return "/".join(PurePath(path).parts[-2:])
