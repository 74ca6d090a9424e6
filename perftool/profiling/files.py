"""Captures in files: which format a file is in, and which one a name asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool import discovery
from perftool.errors import InputError, UsageError
from perftool.profiling import opened
from perftool.store import atomic

if TYPE_CHECKING:
    from pathlib import Path

    from perftool.profiling.api import Reader, Writer
    from perftool.profiling.capture import Capture

_READERS: Final = "perftool.profiling.readers"
_WRITERS: Final = "perftool.profiling.writers"
# The reader that is asked last: almost any text could be its own.
_LAST: Final = "collapsed"


def formats() -> tuple[Writer, ...]:
    """Return the formats that captures can be written in."""
    return tuple(_writer(name) for name in discovery.names(_WRITERS))


def readable() -> tuple[Reader, ...]:
    """Return the formats that can be read, in the order in which they are asked."""
    names = sorted(discovery.names(_READERS), key=lambda name: name == _LAST)
    return tuple(discovery.load(_READERS, name, "READER", what="reader") for name in names)


def fits(name: str) -> Writer | None:
    """Return the format that a file of this name is written in: the one with the longest suffix that fits."""
    low = name.lower()
    suffixes = [(len(suffix), one) for one in formats() for suffix in one.suffixes if low.endswith(suffix)]
    return max(suffixes, key=lambda found: found[0])[1] if suffixes else None


def read(path: Path) -> Capture:
    """Return the capture in a file of any known format, which is told by its content.

    raises: UsageError when it cannot be opened; InputError when it is of no known format, or damaged.
    """
    head = opened.head(path)
    if not head:
        raise InputError(f"{path}: the file is empty")
    for reader in readable():
        if reader.recognises(path.name, head):
            return reader.read(path)
    known = ", ".join(reader.name for reader in readable())
    raise InputError(f"{path}: not a profile in a known format", hint=f"known formats: {known}")


def encode(capture: Capture, name: str) -> bytes:
    """Return the capture in the format called ``name``.

    raises: UsageError when there is none.
    """
    return _writer(name).write(capture)


def write(capture: Capture, path: Path, format: str | None = None) -> Writer:  # noqa: A002 - as people call it
    """Write the capture whole or not at all, in ``format`` or the one that the name of the file asks for.

    returns: the format that was written.
    raises: UsageError when the name fits none; OutputError when the file cannot be written.
    """
    writer = _writer(format) if format is not None else fits(path.name)
    if writer is None:
        suffixes = ", ".join(suffix for one in formats() for suffix in one.suffixes)
        raise UsageError(f"{path}: no format of profiles has this suffix", hint=f"known suffixes: {suffixes}")
    atomic.write_bytes(path, writer.write(capture))
    return writer


def _writer(name: str) -> Writer:
    found: Writer = discovery.load(_WRITERS, name, "WRITER", what="format of profiles")
    return found
