"""Collapsed stacks, as flamegraph.pl takes them and py-spy writes them (``--format raw``)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from perftool.profiling import opened
from perftool.profiling.api import Reader
from perftool.profiling.collapsed_text import capture_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import IO

    from perftool.profiling.capture import Capture

_SUFFIXES: Final = (".collapsed", ".folded", ".collapsed.txt", ".folded.txt")
_STACK: Final = re.compile(rb"(?:[^{\s].*)? -?\d+\r?")
_LINES: Final = 20
#: A line is read in pieces of this size, so that a file without line ends cannot fill the memory.
_PIECE: Final = 8 << 20


def recognises(name: str, head: bytes) -> bool:
    """Tell collapsed stacks by their name, or by a weight at the end of each of the first lines."""
    if name.lower().endswith(_SUFFIXES):
        return True
    if b"\0" in head:
        return False
    if head.startswith(b"process "):
        # py-spy: a command line may go over any number of lines.
        return re.search(rb'"(?:;.*)? \d+\r?$', head, re.MULTILINE) is not None
    lines = [line for line in head.split(b"\n")[: _LINES + 1] if line.strip() and not line.startswith(b"# ")]
    whole = lines[:-1] if len(lines) > 1 and len(head) >= opened.HEAD_BYTES else lines
    return bool(whole) and all(_STACK.fullmatch(line) for line in whole[:_LINES])


def read(path: Path) -> Capture:
    """Return the capture in a file of collapsed stacks.

    raises: InputError naming the first line that is no stack.
    """
    with opened.stream(path) as source:
        return capture_of(_lines(source), name=str(path))


def _lines(source: IO[bytes]) -> Iterator[bytes]:
    while line := source.readline(_PIECE):
        yield line


READER = Reader(name="collapsed", suffixes=_SUFFIXES, recognises=recognises, read=read)
