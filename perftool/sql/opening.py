"""Open what holds SQL: a file held as a whole, one too large for that, a pipe."""

from __future__ import annotations

import contextlib
import os
import stat
from typing import TYPE_CHECKING, BinaryIO, Final

from perftool.errors import InputError
from perftool.sql.source import LARGEST_UTF16, SNIFFED, Source, is_wide
from perftool.sql.stretches import Stretched

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LARGE: Final = 8 << 20
"""Bytes from which on a file is read in stretches."""

LARGEST_STREAM: Final = 256 << 20


@contextlib.contextmanager
def opened(path: Path, *, name: str) -> Iterator[Source | Stretched]:
    """Open ``path`` as a source for the time of a ``with`` block; ``name`` is how messages call it.

    A file of 8 MiB or more is read while it is cut, a stretch at a time: the walk over it ends with InputError should
    it change meanwhile.
    raises: InputError with the reason when it cannot be read.
    """
    try:
        file = path.open("rb")
    except IsADirectoryError as error:
        raise InputError(f"{name} is a folder") from error
    except OSError as error:
        raise InputError(f"cannot read {name}: {error.strerror or error}") from error
    with file:
        try:
            source = _source(file, name)
        except OSError as error:
            raise InputError(f"cannot read {name}: {error.strerror or error}") from error
        yield source


def _source(file: BinaryIO, name: str) -> Source | Stretched:
    status = os.fstat(file.fileno())
    if not stat.S_ISREG(status.st_mode):
        return streamed(file, name=name)
    if status.st_size < LARGE:
        return Source.of(file.read(), name=name)
    head = file.read(SNIFFED)
    if is_wide(head):
        return Source.of(head + file.read(LARGEST_UTF16), name=name)
    return Stretched(file)


def streamed(stream: BinaryIO, *, name: str) -> Source:
    """Make a source of all that a pipe or a device gives; raises: InputError when it gives too much."""
    data = stream.read(LARGEST_STREAM + 1)
    if len(data) > LARGEST_STREAM:
        raise InputError(f"{name} gives more than {LARGEST_STREAM >> 20} MiB", hint="write it to a file first")
    return Source.of(data, name=name)
