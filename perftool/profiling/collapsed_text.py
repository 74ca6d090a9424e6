"""Collapsed stacks: a line for each stack, frames from the outermost with semicolons between, a weight at its end.

py-spy writes more into a frame: the source and line of a function, and frames for processes and threads, which
become labels. The command lines that it writes into them may go over several lines.

source: Brendan Gregg, "Flame Graphs" (stackcollapse scripts); py-spy 0.4, ``record --format raw``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from perftool.errors import InputError
from perftool.profiling import opened
from perftool.profiling.capture import SAMPLES, Builder, Function
from perftool.profiling.naming import THREAD, kind_of, qualified

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from perftool.profiling.capture import Capture

#: The frame that stands for no frame at all.
UNKNOWN: Final = "unknown"
#: The most characters of one stack: 50,000 frames of an ordinary length.
_LONGEST: Final = 4 << 20
_WEIGHT: Final = re.compile(r"-?[0-9]{1,18}")
_IS_PROCESS: Final = re.compile(r'process \d+:"')
_PROCESS: Final = re.compile(r'process (\d+):"(.*?)"(?:;|\Z)', re.DOTALL)
#: What follows the last quotation mark of a stack that begins with a process, once it is whole.
_FRAMES: Final = re.compile(r"(?:;[^;]*\)(?:: [^;]*)?)* -?[0-9]+")
_PLACE: Final = re.compile(r"(.*?)(?::(\d{1,9}))?", re.DOTALL)


def capture_of(lines: Iterable[bytes], *, name: str) -> Capture:
    """Return the stacks in ``lines`` as a capture of samples; what the weights really count, the format does not say.

    ``name`` is the file, for messages. Processes and threads become the labels ``pid`` and ``thread``.
    raises: InputError naming the line that is no stack, or when there is none at all.
    """
    builder = Builder((SAMPLES,))
    frames: dict[str, int] = {}
    threads: dict[str, str] = {}
    held: list[tuple[list[int], str, str, int]] = []
    left = opened.MOST_FRAMES
    for line, text in _records(lines, name):
        written, _, weight = text.rpartition(" ")
        if not _WEIGHT.fullmatch(weight):
            raise InputError(f"{name}:{line}: not a stack: {weight[:40]!r} at its end is no whole number")
        pid, thread, rest = _head(written, threads)
        stack: list[int] = []
        # py-spy writes samples without a stack, from before there was any Python code to see.
        for one in (rest or UNKNOWN).split(";"):
            at = frames.get(one)
            if at is None:
                at = frames[one] = builder.frame(*_frame(one))
            stack.append(at)
        left -= len(stack)
        if left < 0 or len(held) >= opened.MOST_ENTRIES:
            raise InputError(f"{name}:{line}: more stacks than perftool reads")
        held.append((stack, pid, thread, int(weight)))
    if not held:
        raise InputError(f"{name}: there is no stack in it")
    for stack, pid, thread, samples in held:
        # A thread that had no name yet, or none any more, is the same thread.
        labels = {"pid": pid, "thread": threads.get(thread, thread.rpartition(" ")[2])}
        builder.add(stack, (samples,), {key: label for key, label in labels.items() if label})
    return builder.build()


def text_of(stacks: Iterable[tuple[tuple[str, ...], int]]) -> str:
    """Return stacks of names and their weights as lines; what divides frames and lines is replaced in names."""
    return "".join(f"{';'.join(map(_plain, names)) or UNKNOWN} {weight}\n" for names, weight in stacks)


def _plain(name: str) -> str:
    """Return a name without what divides frames and lines, and without what would make it a process of py-spy."""
    plain = " ".join(re.split(r"[\r\n]+", name)).replace(";", ",") or UNKNOWN
    return plain.replace('"', "'") if _IS_PROCESS.match(plain) else plain


def _records(lines: Iterable[bytes], name: str) -> Iterator[tuple[int, str]]:
    """Yield each stack as text with the line it begins at; lines of a comment and empty ones are passed over."""
    kept: list[str] = []
    began = size = 0
    for line, raw in enumerate(lines, 1):
        text = raw.rstrip(b"\r\n").decode("utf-8", "surrogateescape")
        size += len(text)
        if size > _LONGEST:
            raise InputError(f"{name}:{began or line}: a stack of more than {_LONGEST >> 20} MiB")
        if not kept:
            began = line
            if not text.strip() or (text.startswith("#") and not _WEIGHT.fullmatch(text.rpartition(" ")[2])):
                size = 0
                continue
        kept.append(text)
        if not _IS_PROCESS.match(kept[0]) or _FRAMES.fullmatch(text.rpartition('"')[2]):
            yield began, "\n".join(kept)
            kept, size = [], 0
    if kept:
        yield began, "\n".join(kept)


def _head(text: str, threads: dict[str, str]) -> tuple[str, str, str]:
    """Take processes and the thread off the beginning of a stack; names of threads are kept in ``threads``."""
    pid = thread = ""
    at = 0
    while found := _PROCESS.match(text, at):
        pid, at = found[1], found.end()
    first, _, rest = text[at:].partition(";")
    if (named := THREAD.fullmatch(first)) is None:
        return pid, thread, text[at:]
    if named[2]:
        threads[f"{pid} {named[1]}"] = named[2]
    return pid, f"{pid} {named[1]}", rest


def _frame(text: str) -> tuple[Function, int]:
    """Return the function and line that a frame names: ``name (file:line)``, or just a name."""
    if text == UNKNOWN:
        return Function(UNKNOWN, kind="marker"), 0
    name, place = _divided(text)
    if place is None:
        return Function(text, kind=kind_of(text, "")), 0
    found = _PLACE.fullmatch(place)
    file, line = (found[1], found[2]) if found else (place, None)
    return Function(qualified(name, file), file, kind=kind_of(name, file)), int(line or 0)


def _divided(text: str) -> tuple[str, str | None]:
    """Divide ``name (place)`` at the bracket that the last one closes; other brackets belong to the name."""
    if not text.endswith(")"):
        return text, None
    depth = 0
    for at in range(len(text) - 1, 0, -1):
        depth += (text[at] == ")") - (text[at] == "(")
        if depth == 0:
            place = text[at + 1 : -1]
            is_place = bool(re.search(r"[./<]|:\d+\Z", place))
            return (text[: at - 1], place) if text[at - 1] == " " and is_place else (text, None)
    return text, None
