"""Every stack once, as a tree of frames, in bounded memory: what a sample needs is one number."""

from __future__ import annotations

import os
import sys

#: Nodes and distinct stacks beyond which new stacks are counted together.
MOST_NODES = 100_000
MOST_STACKS = 50_000
#: Deeper stacks are cut at their outer end.
MOST_FRAMES = 1_000

TOO_MANY = "too many different stacks"
TOO_DEEP = "deeper frames left out"
GARBAGE_COLLECTION = "garbage collection"

OWN = os.path.dirname(os.path.abspath(__file__)) + os.sep
# Where a function begins to run, since 3.11: there, the interpreter looks for signals before it runs any of it.
_RESUME = (lambda: None).__code__.co_code[0] if sys.version_info >= (3, 11) else -1
_BEFORE = (0, 1)


class Stacks:
    """Hands out a number for every stack, and says what is new since it was last asked.

    ``functions`` are (name, file, first line, code digest, kind); ``nodes`` (parent, function, line), the parent of
    an outermost frame is -1. ``dropped`` counts samples whose stack was one too many.
    """

    def __init__(self, digest):
        self.functions = []
        self.nodes = []
        self.dropped = 0
        self._digest = digest
        # Code objects are held, so that their ids stay theirs.
        self._codes = {}
        self._at = {}
        self._known = {}
        self._markers = {}
        self._own = {}

    def node(self, frame):
        """Return the number of the stack whose innermost frame is ``frame``."""
        raw = []
        add = raw.append
        up = frame
        while up is not None:
            add(id(up.f_code))
            add(up.f_lasti)
            up = up.f_back
        # The hash stands for the stack: 64 bits, so that two of 50,000 meet with a chance of one in 10^10.
        key = hash(tuple(raw))
        found = self._known.get(key)
        if found is None:
            found = self._entered(frame)
            if len(self._known) >= MOST_STACKS:
                self._known.clear()
            self._known[key] = found
        return found

    def below(self, node, marker):
        """Return the number of the stack ``node`` with what the profiler says (``marker``) as its leaf."""
        function = self._markers.get(marker)
        if function is None:
            function = self._markers[marker] = len(self.functions)
            self.functions.append((marker, "", 0, "", "marker"))
        return self._child(node, function, 0, MOST_NODES * 2)

    def _entered(self, frame):
        if _not_begun(frame) and frame.f_back is not None:
            # What ran until now was its caller: nothing of the function has run yet.
            frame = frame.f_back
        chain = []
        while frame is not None:
            if not self._is_own(frame.f_code):
                chain.append((self._function(frame), frame.f_lineno or 0))
            frame = frame.f_back
        node = -1
        if len(chain) > MOST_FRAMES:
            del chain[MOST_FRAMES:]
            node = self.below(-1, TOO_DEEP)
        for function, line in reversed(chain):
            below = self._child(node, function, line, MOST_NODES)
            if below is None:
                self.dropped += 1
                known = self.below(node, TOO_MANY)
                return known if known is not None else -1
            node = below
        return node

    def _child(self, parent, function, line, most):
        key = (parent, function, line)
        found = self._at.get(key)
        if found is None and len(self.nodes) < most:
            found = self._at[key] = len(self.nodes)
            self.nodes.append(key)
        return found

    def _is_own(self, code):
        file = code.co_filename
        found = self._own.get(file)
        if found is None:
            found = self._own[file] = file.startswith(OWN)
        return found

    def _function(self, frame):
        code = frame.f_code
        held = self._codes.get(id(code))
        if held is None:
            module = frame.f_globals.get("__name__")
            name = getattr(code, "co_qualname", code.co_name)
            named = module + "." + name if type(module) is str else name
            held = self._codes[id(code)] = (code, len(self.functions))
            self.functions.append((named, code.co_filename, code.co_firstlineno, self._digest(code), "python"))
        return held[1]


def _not_begun(frame):
    code, at = frame.f_code, frame.f_lasti
    if at < 0:
        return True
    if _RESUME < 0:
        return False
    instructions = code.co_code
    return instructions[at] == _RESUME and instructions[at + 1] in _BEFORE
