"""What a process saw, in a file that outlives it however it ends.

Lines of fields between tabs, only ever added; the last may be cut. A line begins with what it is: ``h`` the process,
``f`` a function, ``c`` the digest of a function's code, ``n`` a node of the tree of stacks, ``l`` a set of labels,
``w`` weights since the last such line of this stack, ``t`` the figures so far, ``d`` a doubt, ``e`` the end.
"""

from __future__ import annotations

import os
import sys
import time

from . import ends
from .digests import digest
from .facts import facts
from .sampling import RATE, Sampling

TYPE_CHECKING = False  # typing would cost the target 10 ms
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

VERSION = 1
#: Nanoseconds of wall time between two writes: no more is lost when the process is killed.
EVERY_NS = 500_000_000
FIRST_NS = 100_000_000
#: A file that has grown by so many bytes is written anew, all weights of a stack in one line.
MOST_GROWTH = 8_000_000
# Digests are worked out a few at a time: together they may take as long as some samples.
_DIGESTS_AT_ONCE = 4


class Spool:
    """Samples a process and keeps its log in ``folder``, by path: a target may close files it does not know of."""

    def __init__(self, settings: dict[str, Any], folder: str) -> None:
        self._children = settings.get("children", True)
        self._duration_s = settings.get("duration_s")
        self._folder = folder
        self._sampling = Sampling(settings.get("rate") or RATE, self._sampled, self._forked)
        self._until_ns = 0
        self._closed = self._ended = self._failed = False
        self._reset()

    def start(self) -> None:
        """Begin to sample, unless the time for that is over."""
        if self._duration_s is not None:
            self._until_ns = _began_ns(self._folder) + int(self._duration_s * 1e9)
            if time.time_ns() >= self._until_ns:
                return
        ends.at_end(self.end)
        ends.still_here(self._again)
        self._sampling.start()
        # So that a process that is killed at once is known all the same.
        self._write(self._news())

    def end(self) -> None:
        """Write the rest and stop."""
        if self._closed:
            return
        self._closed = True
        self._sampling.pause()
        if self._begun or self._sampling.weights.held:
            self._write(self._news(all_digests=True), _line("e"))
        self._ended = not self._failed

    def _again(self) -> None:
        """Go on after an end that was none."""
        if self._ended:
            self._reset()
            self._sampling.start()

    def _reset(self) -> None:
        self._path = os.path.join(self._folder, f"sampler-{os.getpid()}-{time.time_ns()}.log")
        self._told = {"f": 0, "c": 0, "n": 0, "l": 0, "d": 0}
        self._total: dict[tuple[int, int], list[int]] = {}
        self._begun = False
        self._closed = self._ended = self._failed = False
        self._size = self._compact_size = 0
        self._next_ns = time.monotonic_ns() + FIRST_NS

    def _forked(self) -> None:
        if self._closed or not self._children:
            self._closed = True
            self._sampling.forked(on=False)
            return
        # Written once there is something to say: most forks become another program at once.
        self._reset()
        self._sampling.forked(on=True)

    def _sampled(self) -> None:
        now = time.monotonic_ns()
        if now < self._next_ns:
            return
        self._next_ns = now + EVERY_NS
        if self._until_ns and time.time_ns() >= self._until_ns:
            self.end()
        elif self._size > self._compact_size + MOST_GROWTH:
            self._rewrite()
        else:
            self._write(self._news())

    def _write(self, lines: Iterator[str], last: str = "") -> None:
        data = ("".join(lines) + last).encode("utf-8", "backslashreplace")
        if not _append(self._path, data):
            # The disk is full, or the folder gone: what is there stays, and the program goes on undisturbed.
            self._fail()
        self._size += len(data)

    def _fail(self) -> None:
        self._closed = self._failed = True
        self._sampling.pause()

    def _rewrite(self) -> None:
        """Write the whole log anew, in as few lines as possible, in place of the old one."""
        for _ in self._news():
            pass
        self._told = dict.fromkeys(self._told, 0)
        self._begun = False
        data = "".join(self._news(self._total)).encode("utf-8", "backslashreplace")
        fresh = self._path + ".new"
        if _append(fresh, data):
            try:
                os.replace(fresh, self._path)
            except OSError:
                self._fail()
                return
            self._size = self._compact_size = len(data)
            return
        # No room for a second copy: the first goes on to grow, from what it said last.
        if os.path.exists(fresh):
            os.unlink(fresh)
        self._compact_size = self._size

    def _news(
        self, weights: dict[tuple[int, int], list[int]] | None = None, *, all_digests: bool = False
    ) -> Iterator[str]:
        """Return the lines that say what was not said yet."""
        sampling, stacks, weighed = self._sampling, self._sampling.stacks, self._sampling.weights
        if not self._begun:
            self._begun = True
            yield _line(
                "h", VERSION, os.getpid(), os.getppid(), sampling.account.started_ns, f"{sampling.rate:g}", *_command()
            )
        for one in stacks.functions[self._new("f", len(stacks.functions))]:
            yield _line("f", *one)
        for node in stacks.nodes[self._new("n", len(stacks.nodes))]:
            yield _line("n", *node)
        for said in weighed.labels[self._new("l", len(weighed.labels))]:
            yield _line("l", *(part for pair in said for part in pair))
        for doubt in list(sampling.doubts.items())[self._new("d", len(sampling.doubts))]:
            yield _line("d", *doubt)
        if weights is None:
            weights = weighed.take()
            self._add(weights)
        for (node_at, label), (count, spent) in weights.items():
            yield _line("w", node_at, label, count, spent)
        known = len(stacks.codes)
        for at in range(self._told["c"], known if all_digests else min(known, self._told["c"] + _DIGESTS_AT_ONCE)):
            code = stacks.codes[at]
            if code is not None:
                yield _line("c", at, digest(code))
            self._told["c"] = at + 1
        yield _line("t", sampling.account.wall_ns(), *(part for pair in facts(sampling).items() for part in pair))

    def _new(self, kind: str, known: int) -> slice:
        before, self._told[kind] = self._told[kind], known
        return slice(before, known)

    def _add(self, weights: dict[tuple[int, int], list[int]]) -> None:
        total = self._total
        for key, (count, spent) in weights.items():
            held = total.get(key)
            if held is None:
                total[key] = [count, spent]
            else:
                held[0] += count
                held[1] += spent


def _append(path: str, data: bytes) -> bool:
    """Add to a file; returns False when not all could be written."""
    try:
        out = os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY | getattr(os, "O_CLOEXEC", 0), 0o600)
    except OSError:
        return False
    try:
        while data:
            data = data[os.write(out, data) :]
    except OSError:
        return False
    finally:
        os.close(out)
    return True


def _began_ns(folder: str) -> int:
    """Return when the first process of this run began, in nanoseconds since 1970; who comes first says it."""
    path = os.path.join(folder, "began")
    now = time.time_ns()
    try:
        out = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except OSError:
        try:
            return int(os.stat(path).st_mtime_ns)
        except OSError:
            return now
    os.close(out)
    return now


def _command() -> list[str]:
    given = getattr(sys, "orig_argv", None)
    if given is not None:
        return list(given)
    try:
        # Before 3.10 the interpreter does not say, and sys.argv is not there yet.
        with open("/proc/self/cmdline", "rb") as file:
            return [os.fsdecode(one) for one in file.read().split(b"\0")[:-1]]
    except OSError:
        return list(getattr(sys, "argv", []))


def _line(*fields: object) -> str:
    return "\t".join([_field(one) for one in fields]) + "\n"


def _field(value: object) -> str:
    text = str(value)
    if "\\" in text or "\t" in text or "\n" in text or "\r" in text:
        text = text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
    return text
