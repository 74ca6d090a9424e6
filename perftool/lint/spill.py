"""Things kept in a file while they are made, and read again one by one: a list that takes no memory."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from typing import IO, TYPE_CHECKING, Any, Final, Generic, TypeVar, overload

import msgspec

from perftool.errors import OutputError

if TYPE_CHECKING:
    from types import TracebackType

Item = TypeVar("Item")

_EVERY: Final = 64
_BUFFER: Final = 1 << 18
_AHEAD: Final = 1 << 12


class Pile:
    """Bytes in a temporary file, each found again by the number that ``put`` gave; the file goes with the process.

    raises: OutputError when the disk is full.
    """

    def __init__(self) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile(prefix="perftool-", buffering=0)  # noqa: SIM115
        self._written = 0
        self._waiting = bytearray()

    def put(self, data: bytes) -> int:
        """Keep ``data`` and return its number."""
        place = self._written + len(self._waiting)
        self._waiting += len(data).to_bytes(4, "little")
        self._waiting += data
        if len(self._waiting) > _BUFFER:
            self._flush()
        return place

    def get(self, place: int) -> bytes:
        """Return what was put at ``place``."""
        if place >= self._written:
            start = place - self._written + 4
            return bytes(self._waiting[start : start + int.from_bytes(self._waiting[start - 4 : start], "little")])
        self._file.seek(place)
        first = self._file.read(_AHEAD)
        end = 4 + int.from_bytes(first[:4], "little")
        return first[4:end] if end <= len(first) else first[4:] + self._file.read(end - len(first))

    def close(self) -> None:
        """Let the file go."""
        self._file.close()

    def _flush(self) -> None:
        try:
            self._file.seek(self._written)
            view = memoryview(self._waiting)
            while view:
                view = view[self._file.write(view) :]
        except OSError as error:
            raise _full(error) from error
        self._written += len(self._waiting)
        self._waiting = bytearray()


class Spill(Sequence[Item], Generic[Item]):
    """A sequence in a temporary file: ``append`` as long as it is written, then walk over it any number of times.

    ``kind`` is the type of its items, anything msgspec can encode. The file goes when the spill is closed, or with
    the process. raises: OutputError when the disk is full.
    """

    def __init__(self, kind: Any) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile(prefix="perftool-", buffering=_BUFFER)  # noqa: SIM115
        self._encode = msgspec.msgpack.Encoder().encode
        self._decode = msgspec.msgpack.Decoder(kind).decode
        self._size = 0
        self._end = 0
        self._elsewhere = False
        # Where every 64th item begins: enough to reach any of them with few reads.
        self._marks: list[int] = []

    def append(self, item: Item) -> int:
        """Add ``item`` at the end and return its number."""
        data = self._encode(item)
        if self._size % _EVERY == 0:
            self._marks.append(self._end)
        try:
            if self._elsewhere:
                self._file.seek(self._end)
                self._elsewhere = False
            self._file.write(len(data).to_bytes(4, "little"))
            self._file.write(data)
        except OSError as error:
            raise _full(error) from error
        self._end += 4 + len(data)
        self._size += 1
        return self._size - 1

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[Item]:
        return self._walk(0)

    @overload
    def __getitem__(self, index: int) -> Item: ...
    @overload
    def __getitem__(self, index: slice) -> list[Item]: ...
    def __getitem__(self, index: int | slice) -> Item | list[Item]:
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(self._size))]
        number = index + self._size if index < 0 else index
        if not 0 <= number < self._size:
            raise IndexError(index)
        return next(self._walk(number))

    def _walk(self, number: int) -> Iterator[Item]:
        if number >= self._size:
            return
        position = self._marks[number // _EVERY]
        at = number - number % _EVERY
        while at < self._size:
            # Others may read or write between two steps, so the place is ours to remember.
            self._file.seek(position)
            self._elsewhere = True
            size = int.from_bytes(self._file.read(4), "little")
            if at >= number:
                data = self._file.read(size)
                position += 4 + size
                at += 1
                yield self._decode(data)
            else:
                position += 4 + size
                at += 1

    def close(self) -> None:
        """Let the file go."""
        self._file.close()

    def __enter__(self) -> Spill[Item]:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _full(error: OSError) -> OutputError:
    """Return what to raise when a temporary file cannot be written."""
    return OutputError(
        f"cannot write a temporary file: {(error.strerror or str(error)).lower()}",
        hint="free some space, or name another folder for temporary files in TMPDIR",
    )
