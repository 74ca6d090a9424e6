"""What a whole run found, kept for the next one that would meet the same: then nothing is read, looked up or judged.

A run is kept under all that was asked for, with the state of everything on disk that it depended on (``footprint``).
Whatever is not exactly as it was, or is damaged, is not found, and the run takes the way through the cache. A run in
which anything may have changed, or in which something failed that may succeed the next time, is not kept at all.
"""

from __future__ import annotations

import contextlib
import os
import time
from typing import IO, TYPE_CHECKING, Final, NamedTuple
from zlib import crc32

import msgspec

from perftool.lint.judged_file import JudgedFile
from perftool.lint.reading.watching import Watched
from perftool.lint.seals import sealed, unsealed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

    from perftool.lint.reading.watching import Folder, State

LARGEST: Final = 256 << 20
"""Bytes of findings above which a run is not kept."""

MOST: Final = 8
"""Runs that are kept of a project, those that were asked for something else among them."""

ROOM: Final = 512 << 20
"""Bytes that all of them may take together; the latest is kept in any case."""

# What the cache knows of the same files is to be used now and then, or it would be dropped.
_LONGEST_S: Final = 7 * 86_400
_SUFFIX: Final = ".run"

_encode = msgspec.msgpack.Encoder().encode
_judged = msgspec.msgpack.Decoder(tuple[str, JudgedFile]).decode
_LENGTH: Final = 4
_PIECE: Final = 1 << 20


class FoundFile(msgspec.Struct, frozen=True, array_like=True):
    """A file that a run found: where, how the report calls it, and why it was not read if it was not."""

    path: str
    name: str
    reason: str


class _Head(msgspec.Struct, frozen=True, array_like=True):
    key: bytes
    watched: Watched


class WholeRun(msgspec.Struct, frozen=True, array_like=True):
    """A run: the files found, those passed over with the reason, the rules that ran; what its findings take.

    They stand behind it in the same file, each file's with its length before it; ``checksum`` is that of all of them.
    """

    head: msgspec.Raw
    found: tuple[FoundFile, ...]
    skipped: tuple[tuple[str, str], ...]
    codes: frozenset[str]
    size: int
    checksum: int


class Kept(NamedTuple):
    """A run that was found, and the states of the files that it depends on, as they were seen just now.

    ``judged`` is the file that its findings are read from, at the first of them.
    """

    run: WholeRun
    states: dict[str, State]
    judged: IO[bytes]

    def files(self) -> Iterator[tuple[str, JudgedFile]]:
        """Yield each file's name and findings, in the order of the report; once."""
        with self.judged as file:
            while length := file.read(_LENGTH):
                yield _judged(file.read(int.from_bytes(length, "little")))


_run = msgspec.msgpack.Decoder(WholeRun).decode
_head = msgspec.msgpack.Decoder(_Head).decode


class Notes:
    """What is gathered while a run goes on, to be kept at its end."""

    def __init__(self) -> None:
        self.started = time.time_ns()
        self.lasting = True
        self.skipped: tuple[tuple[str, str], ...] = ()
        self.looked_for: Collection[str] = ()
        self.folders: list[Folder] = []
        self._judged: IO[bytes] | None = None
        self._size = 0
        self._checksum = 0

    def take(self, name: str, judged: JudgedFile) -> None:
        """Note the findings of a file."""
        if not self.lasting:
            return
        data = _encode((name, judged))
        data = len(data).to_bytes(_LENGTH, "little") + data
        self._size += len(data)
        self._checksum = crc32(data, self._checksum)
        try:
            if self._judged is None:
                import tempfile

                self._judged = tempfile.TemporaryFile(prefix="perftool-")  # noqa: SIM115
            self._judged.write(data)
            self.lasting = self._size <= LARGEST
        except (OSError, ValueError):
            self.lasting = False

    def made(self, key: bytes, found: Collection[FoundFile], codes: Iterable[str]) -> Iterator[bytes]:
        """Yield the run as it is kept under ``key``; nothing where the next one may find something else."""
        from perftool.lint.reading.footprint import watched

        seen = watched([one.path for one in found], self.folders, self.looked_for, self.started)
        if seen is None:
            return
        head = msgspec.Raw(_encode(_Head(key, seen)))
        run = WholeRun(head, tuple(found), self.skipped, frozenset(codes), self._size, self._checksum)
        data = sealed(_encode(run))
        yield len(data).to_bytes(_LENGTH, "little") + data
        if self._judged is not None:
            self._judged.seek(0)
            while piece := self._judged.read(_PIECE):
                yield piece

    def close(self) -> None:
        """Let go of the temporary file."""
        if self._judged is not None:
            self._judged.close()


class WholeRuns:
    """The runs that are kept in a ``folder``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, key: bytes) -> Kept | None:
        """Return the run under ``key``, if everything that it depended on is as it was."""
        path = self._path(key)
        with contextlib.ExitStack() as stack:
            try:
                file = stack.enter_context(open(path, "rb"))
                if not 0 <= time.time() - os.fstat(file.fileno()).st_mtime < _LONGEST_S:
                    return None
                data = unsealed(file.read(int.from_bytes(file.read(_LENGTH), "little")))
                if data is None:
                    return None
                run = _run(data)
                head = _head(run.head)
                if head.key != key or _checksum(file) != (run.size, run.checksum):
                    return None
            except (OSError, msgspec.MsgspecError):
                return None
            states = head.watched.same()
            if states is None:
                return None
            stack.pop_all()
            return Kept(run, states, file)

    def keep(self, key: bytes, notes: Notes, found: Collection[FoundFile], codes: Iterable[str]) -> None:
        """Keep a run that has ended; what cannot be written is done without."""
        if not notes.lasting:
            return
        path = self._path(key)
        temporary = f"{path}.{os.getpid()}"
        try:
            pieces = notes.made(key, found, codes)
            first = next(pieces, b"")
            if not first:
                return
            os.makedirs(self._folder, exist_ok=True)
            with open(temporary, "wb") as file:
                file.write(first)
                file.writelines(pieces)
            os.replace(temporary, path)
            self._prune()
        except (OSError, UnicodeEncodeError):
            # A name that is no text cannot be kept either.
            with contextlib.suppress(OSError):
                os.unlink(temporary)

    def _path(self, key: bytes) -> str:
        return os.path.join(self._folder, key.hex() + _SUFFIX)

    def _prune(self) -> None:
        """Drop all but the latest, as many as there is room for."""
        with os.scandir(self._folder) as listing:
            kept = sorted(listing, key=lambda entry: entry.stat().st_mtime_ns, reverse=True)
        taken = 0
        for number, entry in enumerate(kept):
            taken += entry.stat().st_size
            if number >= MOST or (number and taken > ROOM):
                with contextlib.suppress(OSError):
                    os.unlink(entry.path)


def _checksum(file: IO[bytes]) -> tuple[int, int]:
    """Return size and checksum of what follows in a file, and go back to where it begins."""
    start = file.tell()
    size = checksum = 0
    while piece := file.read(_PIECE):
        size, checksum = size + len(piece), crc32(piece, checksum)
    file.seek(start)
    return size, checksum
