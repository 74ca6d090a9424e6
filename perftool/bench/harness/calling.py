"""Count how often every function is called from where, exactly, in a child of its own."""

from __future__ import annotations

import dis
import gc
import hashlib
import json
import sys
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import CodeType, FrameType

    from .operation import Operation

Json = dict[str, Any]

# What is made and remembered in the first operations (imports, caches) is not what an operation does.
WARM_UP = 3
# A program with more different paths than that is counted as far as that.
MOST_PATHS = 200_000


class Node:
    """A function as one path calls it, with the number of its calls there."""

    __slots__ = ("below", "calls", "code", "module", "parent")

    def __init__(self, parent: Node | None, code: CodeType | None, module: str) -> None:
        self.parent = parent
        self.code = code
        self.module = module
        self.calls = 0
        self.below: dict[CodeType, Node] = {}


class Counter:
    """Follows the calls of every thread while it is started."""

    def __init__(self) -> None:
        self.root = Node(None, None, "")
        self.paths = 0

    def start(self) -> None:
        """Begin to count in this thread and in those that it starts."""
        threading.setprofile(self._begin)
        sys.setprofile(self._follower())

    def stop(self) -> None:
        """Count no more."""
        sys.setprofile(None)
        threading.setprofile(None)

    def _begin(self, frame: FrameType, event: str, argument: object) -> None:
        follow = self._follower()
        sys.setprofile(follow)
        follow(frame, event, argument)

    def _follower(self) -> Any:
        at, lost = self.root, 0

        def follow(frame: FrameType, event: str, _argument: object) -> None:
            nonlocal at, lost
            if event == "call":
                code = frame.f_code
                below = at.below.get(code)
                if lost or (below is None and self.paths >= MOST_PATHS):
                    lost += 1
                    return
                if below is None:
                    self.paths += 1
                    below = at.below[code] = Node(at, code, str(frame.f_globals.get("__name__", "")))
                below.calls += 1
                at = below
            elif event == "return":
                if lost:
                    lost -= 1
                elif at.parent is not None:
                    at = at.parent

        return follow


def called(operation: Operation, request: Json) -> Json:
    """Write the calls of ``request["operations"]`` operations to ``request["path"]`` as a table of stacks.

    Garbage collection is off: what finalizers call would depend on when it runs.
    """
    operation.run(WARM_UP)
    gc.collect()
    gc.disable()
    counter = Counter()
    counter.start()
    try:
        operation.run(request["operations"])
    finally:
        counter.stop()
        gc.enable()
    with open(request["path"], "w", encoding="utf-8") as file:
        json.dump(table(counter.root), file)
    return {"operations": request["operations"]}


def table(root: Node) -> Json:
    """Return the counts as a table of stacks: the weight of a stack is the number of calls of its last function."""
    functions: dict[CodeType, int] = {}
    rows: list[list[Any]] = []
    stacks: list[list[int]] = []
    samples: list[list[Any]] = []
    pending: list[tuple[Node, list[int]]] = [(root, [])]
    while pending:
        node, stack = pending.pop()
        for code, below in node.below.items():
            at = functions.setdefault(code, len(functions))
            if at == len(rows):
                rows.append(_function(code, below.module))
            path = [*stack, at]
            stacks.append(path)
            samples.append([len(stacks) - 1, 0, [below.calls]])
            pending.append((below, path))
    return {
        "version": 1,
        "value_types": [["calls", "count"]],
        "functions": rows,
        "frames": [[at, 0] for at in range(len(rows))],
        "stacks": stacks,
        "samples": samples,
        "engine": "calls",
    }


def _function(code: CodeType, module: str) -> list[Any]:
    name = getattr(code, "co_qualname", code.co_name)
    name = f"{module}.{name}" if module else name
    return [name, code.co_filename, code.co_firstlineno, "python", digest(code)]


def digest(code: CodeType) -> str:
    """Return a digest of what ``code`` does, without its lines, its docstring and the functions inside it."""
    steps = [
        (one.opcode, _plain(one.argval) if one.opcode in dis.hasconst else one.arg)
        for one in dis.get_instructions(code)
    ]
    parts = (steps, code.co_names, code.co_cellvars, code.co_freevars)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def _plain(value: Any) -> Any:
    """Return a constant as something whose text is the same in every process."""
    if isinstance(value, frozenset):
        return "frozenset", sorted(repr(_plain(one)) for one in value)
    if isinstance(value, tuple):
        return "tuple", [_plain(one) for one in value]
    return "code" if hasattr(value, "co_code") else (type(value).__name__, value)
