"""What a process saw, in a file that outlives it however it ends.

Lines of fields between tabs, only ever added; the last may be cut. A line begins with what it is: ``h`` the process,
``f`` a function, ``n`` a node of the tree of stacks, ``l`` a set of labels, ``w`` weights since the last such line,
``d`` a doubt, ``t`` the figures so far, ``e`` the end.
"""

from __future__ import annotations

import os
import sys
import time

from . import ends
from .sampler import Sampler

VERSION = 1
#: Nanoseconds of wall time between two writes: as much is lost when the process is killed.
EVERY_NS = 500_000_000
_FIRST_NS = 100_000_000


class Spool:
    """Samples a process and writes its log in ``folder``."""

    def __init__(self, settings, folder):
        self._settings = settings
        self._folder = folder
        self._sampler = Sampler(settings.get("rate", 100.0), self._flushed)
        self._reset()

    def _reset(self):
        self._path = os.path.join(self._folder, f"sampler-{os.getpid()}-{time.time_ns()}.log")
        self._functions = self._nodes = self._labels = 0
        self._begun = False
        self._next = time.monotonic_ns() + _FIRST_NS

    def start(self):
        self._sampler.start()
        ends.at_end(self._end)
        ends.in_child(self._child)

    def _child(self):
        if not self._sampler.running:
            return
        if not self._settings.get("children", True):
            self._sampler.forked(False)
            return
        self._sampler.forked(True)
        self._reset()

    def _end(self):
        if not self._sampler.running:
            return
        self._sampler.pause()
        self._write("e\n")

    def _flushed(self, sampler):
        if time.monotonic_ns() >= self._next:
            self._write("")
            self._next = time.monotonic_ns() + EVERY_NS

    def _write(self, last):
        text = "".join(self._lines()) + last
        try:
            out = os.open(self._path, os.O_CREAT | os.O_APPEND | os.O_WRONLY | getattr(os, "O_CLOEXEC", 0), 0o600)
            try:
                os.write(out, text.encode("utf-8", "backslashreplace"))
            finally:
                os.close(out)
        except OSError:
            self._sampler.pause()

    def _lines(self):
        sampler, stacks = self._sampler, self._sampler.stacks
        if not self._begun:
            self._begun = True
            command = list(getattr(sys, "orig_argv", None) or getattr(sys, "argv", []))
            yield _line("h", VERSION, os.getpid(), os.getppid(), sampler.started_ns, f"{sampler.rate:g}", *command)
        for name, file, line, code, kind in stacks.functions[self._functions :]:
            yield _line("f", name, file, line, code, kind)
        self._functions = len(stacks.functions)
        for node in stacks.nodes[self._nodes :]:
            yield _line("n", *node)
        self._nodes = len(stacks.nodes)
        for said in list(sampler.labels)[self._labels :]:
            yield _line("l", *(part for pair in said for part in pair))
        self._labels = len(sampler.labels)
        weights, sampler.weights = sampler.weights, {}
        for (node, said), (count, spent) in weights.items():
            yield _line("w", node, said, count, spent)
        yield _line("t", sampler.duration_ns(), *(part for pair in sampler.facts().items() for part in pair))


def _line(*fields):
    return "\t".join(map(_field, fields)) + "\n"


def _field(value):
    text = str(value)
    if "\\" in text or "\t" in text or "\n" in text or "\r" in text:
        text = text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
    return text
