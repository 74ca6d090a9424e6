"""Every stack once, as a tree of frames, in bounded memory: what a sample needs is one number."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # typing would cost the target 10 ms
if TYPE_CHECKING:
    from types import CodeType, FrameType
    from typing import Any

#: Nodes beyond which new stacks are counted together: some 20 MB.
MOST_NODES = 100_000
#: Deeper stacks lose their middle.
MOST_FRAMES = 1_000

TOO_MANY = "too many different stacks"
TOO_DEEP = "frames left out"
GARBAGE_COLLECTION = "garbage collection"

OWN = os.path.dirname(os.path.abspath(__file__)) + os.sep
# Where a function begins to run, since 3.11: there, the interpreter looks for signals before it runs any of it.
_RESUME = (lambda: None).__code__.co_code[0] if sys.version_info >= (3, 11) else -1
# Since 3.11 the instructions lie in the code object itself, so that its address plus an offset is nobody else's.
_WIDTH = 1 if sys.version_info >= (3, 11) else 1 << 20
# What stands in a chain for the frames left out.
_GAP = 1
_HALF = MOST_FRAMES // 2
# What is kept of a raw node beside its children: the node that it stands for.
_NODE = 0


class Stacks:
    """Hands out a number for every stack.

    ``functions`` are (name, file, first line, kind), ``codes`` their code objects; ``nodes`` are (parent, function,
    line), the parent of an outermost frame is -1. ``dropped`` counts stacks that were one too many.
    """

    def __init__(self, most: int = MOST_NODES) -> None:
        self.functions: list[tuple[str, str, int, str]] = []
        self.codes: list[CodeType | None] = []
        self.nodes: list[tuple[int, int, int]] = []
        self.dropped = 0
        self._most = most
        self._at: dict[tuple[int, int, int], int] = {}
        self._function_of: dict[int, int] = {}
        self._markers: dict[str, int] = {}
        self._own: dict[str, bool] = {}
        # The same tree by instruction instead of line: walking it takes one look-up for each frame.
        self._raw: dict[int, Any] = {_NODE: -1}
        self._raw_nodes = 0
        # Code objects in it are held, so that no other code gets their address.
        self._held: dict[int, CodeType] = {}

    def node(self, frame: FrameType) -> int:
        """Return the number of the stack whose innermost frame is ``frame``, -1 when there is nothing to name."""
        chain: list[int] = []
        add = chain.append
        up: FrameType | None = frame
        while up is not None:
            add(id(up.f_code) * _WIDTH + up.f_lasti)
            up = up.f_back
        chain.reverse()
        if len(chain) > MOST_FRAMES:
            chain[_HALF:-_HALF] = [_GAP]
        raw = self._raw
        try:
            for key in chain:
                raw = raw[key]
        except KeyError:
            return self._entered(frame, chain)
        node: int = raw[_NODE]
        return node

    def below(self, node: int, marker: str) -> int:
        """Return the number of the stack ``node`` with what the profiler says (``marker``) as its leaf."""
        function = self._markers.get(marker)
        if function is None:
            function = self._markers[marker] = len(self.functions)
            self.functions.append((marker, "", 0, "marker"))
            self.codes.append(None)
        return self._child(node, function, 0, self._most * 2)

    def native(self, name: str) -> int:
        """Return the number of a stack that is nothing but the C code ``name``."""
        key = "native " + name
        function = self._markers.get(key)
        if function is None:
            function = self._markers[key] = len(self.functions)
            self.functions.append((name, "", 0, "native"))
            self.codes.append(None)
        return self._child(-1, function, 0, self._most * 2)

    def _entered(self, frame: FrameType, chain: list[int]) -> int:
        """Return the number of a stack whose way through the raw tree is not there yet, and make that way."""
        if self._raw_nodes >= self._most:
            # Only a way to find what is known: what is needed again makes itself known again.
            self._raw, self._held = {_NODE: -1}, {}
            self._raw_nodes = 0
        raw, known = self._raw, 0
        for key in chain:
            below = raw.get(key)
            if below is None:
                break
            raw = below
            known += 1
        node: int = raw[_NODE]
        for at, one in enumerate(_innermost(frame, chain, known), known):
            if one is None:
                node = self.below(node, TOO_DEEP)
            else:
                code = one.f_code
                self._held[id(code)] = code
                # Nothing of a function that is about to begin has run: what ran until now was its caller.
                if not (one is frame and at and _not_begun(frame)) and not self._is_own(code):
                    node = self._under(node, one)
            raw[chain[at]] = raw = {_NODE: node}
            self._raw_nodes += 1
        return node

    def _under(self, node: int, frame: FrameType) -> int:
        """Return the number of the stack that has ``frame`` on top of the stack ``node``."""
        if node >= 0 and self.functions[self.nodes[node][1]][0] == TOO_MANY:
            return node
        function = self._function(frame)
        below = self._child(node, function, frame.f_lineno or 0, self._most) if function >= 0 else -1
        if below < 0:
            self.dropped += 1
            return self.below(node, TOO_MANY)
        return below

    def _child(self, parent: int, function: int, line: int, most: int) -> int:
        key = (parent, function, line)
        found = self._at.get(key, -1)
        if found < 0 and len(self.nodes) < most:
            found = self._at[key] = len(self.nodes)
            self.nodes.append(key)
        return found

    def _is_own(self, code: CodeType) -> bool:
        file = code.co_filename
        found = self._own.get(file)
        if found is None:
            found = self._own[file] = file.startswith(OWN)
        return found

    def _function(self, frame: FrameType) -> int:
        code = frame.f_code
        held = self._function_of.get(id(code))
        if held is None:
            if len(self.nodes) >= self._most:
                return -1
            module = frame.f_globals.get("__name__")
            name = getattr(code, "co_qualname", code.co_name)
            held = self._function_of[id(code)] = len(self.functions)
            named = f"{module}.{name}" if isinstance(module, str) else name
            self.functions.append((named, code.co_filename, code.co_firstlineno, "python"))
            self.codes.append(code)
        return held


def _innermost(frame: FrameType, chain: list[int], known: int) -> list[FrameType | None]:
    """Return the frames of ``chain`` from place ``known`` on, None for the gap."""
    frames: list[FrameType | None] = []
    up: FrameType | None = frame
    gap = len(chain) > MOST_FRAMES
    for at in range(len(chain) - 1, known - 1, -1):
        frames.append(None if gap and at == _HALF else up)
        if gap and at == _HALF:
            outer: list[FrameType | None] = []
            while up is not None:
                outer.append(up)
                up = up.f_back
            up = outer[-_HALF]
        elif up is not None:
            up = up.f_back
    frames.reverse()
    return frames


def _not_begun(frame: FrameType) -> bool:
    """Say whether nothing of a function has run yet.

    A generator that goes on after a ``yield`` has run: between its last instruction and this one lies little but what
    took its value, often C code (``sum``, ``list``, ``join``) in which no signal is seen.
    """
    code, at = frame.f_code, frame.f_lasti
    if at < 0:
        return True
    if _RESUME < 0:
        return False
    instructions = code.co_code
    return instructions[at] == _RESUME and not instructions[at + 1]
