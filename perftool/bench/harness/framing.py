"""Count the frame objects that Python makes only because a profile function watches: one for each call."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType, FrameType

    from .operation import Operation

# CO_GENERATOR, CO_COROUTINE, CO_ASYNC_GENERATOR: calls go on where they stopped, in the frame that they have.
RESUMED = 0x20 | 0x80 | 0x200

Made = list[Any]


class Node:
    """A function as one path calls it: ``line`` is that of the call; ``number`` and ``size`` are of frames made."""

    __slots__ = ("below", "code", "line", "number", "parent", "size")

    def __init__(self, parent: Node | None, code: CodeType | None, line: int) -> None:
        self.parent = parent
        self.code = code
        self.line = line
        self.number = self.size = 0
        self.below: dict[tuple[CodeType, int], Node] = {}


def frames(operation: Operation, count: int) -> list[Made]:
    """Run ``count`` operations and return where frame objects were made: (stack, number, bytes).

    A stack is (file, line) from the outermost function to the one that called, as memray has it: it counts the frame
    of a function as an allocation of its caller.
    """
    root = Node(None, None, 0)
    sys.setprofile(_follower(root))
    try:
        operation.run(count)
    finally:
        sys.setprofile(None)
    return _listed(root)


def _follower(root: Node) -> Callable[[FrameType, str, object], None]:
    at = root
    # Where each generator function begins: what is further on goes on.
    begins: dict[CodeType, int] = {}
    size_of = sys.getsizeof

    def follow(frame: FrameType, event: str, _argument: object) -> None:
        nonlocal at
        if event == "call":
            code, caller = frame.f_code, frame.f_back
            key = (code, (caller.f_lineno or 0) if caller is not None else 0)
            below = at.below.get(key)
            if below is None:
                below = at.below[key] = Node(at, *key)
            at = below
            if code.co_flags & RESUMED:
                begin = begins.setdefault(code, frame.f_lasti)
                if frame.f_lasti > begin:
                    return
            at.number += 1
            at.size += size_of(frame)
        elif event == "return" and at.parent is not None:
            at = at.parent

    return follow


def _listed(root: Node) -> list[Made]:
    found: list[Made] = []
    pending: list[tuple[Node, list[Any]]] = [(one, []) for one in root.below.values()]
    while pending:
        node, stack = pending.pop()
        if node.number and stack:
            found.append([stack, node.number, node.size])
        assert node.code is not None
        for (_, line), below in node.below.items():
            pending.append((below, [*stack, [node.code.co_filename, line]]))
    return found
