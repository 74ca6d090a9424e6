"""Where the bytes of a stream go: a file, a pipe or standard output, a place that fsspec knows."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, Protocol

from perftool.errors import OutputError, missing_extra
from perftool.store.replacement import Replacement

if TYPE_CHECKING:
    from perftool.queries.compression import Compressor


class ConsumerGoneError(Exception):
    """Whoever read what we write does so no longer."""


class Sink(Protocol):
    """Takes bytes. ``commit`` when all are written, ``discard`` when not; ``descriptor`` is that of a pipe or socket.

    ``lasting`` says that what is written cannot be taken back, and is seen while it is written.
    raises: OutputError when it cannot be written, ConsumerGoneError when nobody reads.
    """

    name: str
    lasting: bool
    descriptor: int | None

    def write(self, data: bytes) -> None:
        """Write all of ``data``; waits as long as the reader likes."""

    def restart(self) -> None:
        """Forget what was written."""

    def commit(self) -> None:
        """End well."""

    def discard(self, *, keep: bool = False) -> str:
        """Remove what was written, or keep it under another name; returns that name, "" where nothing is left."""


class PipeSink:
    """Standard output, or another stream that was opened by somebody else."""

    lasting = True

    def __init__(self, stream: BinaryIO, name: str = "standard output") -> None:
        self.name = name
        self._stream = stream
        self.descriptor = _pipe(stream)

    def write(self, data: bytes) -> None:
        """Write through."""
        try:
            self._stream.write(data)
            self._stream.flush()
        except (BrokenPipeError, ConnectionResetError) as error:
            raise ConsumerGoneError(self.name) from error
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise OutputError(f"cannot write to {self.name}: {reason}") from error

    def restart(self) -> None:
        """Refuse: it was seen."""
        raise OutputError(f"{self.name} cannot be begun again")

    def commit(self) -> None:
        """Do nothing: all is written through."""

    def discard(self, *, keep: bool = False) -> str:
        """Do nothing: it was seen."""
        del keep
        return ""


class FileSink:
    """A file, which appears only when it is whole; a named pipe or a device is written as it comes."""

    def __init__(self, path: Path) -> None:
        self.name = str(path)
        self._path = path
        self._file = Replacement(path)
        self.lasting = self._file.direct
        self.descriptor = _pipe(self._file) if self.lasting else None

    def write(self, data: bytes) -> None:
        """Write to the file that is not there yet."""
        try:
            self._file.write(data)
        except BrokenPipeError as error:
            raise ConsumerGoneError(self.name) from error

    def restart(self) -> None:
        """Forget what was written."""
        if self.lasting:
            raise OutputError(f"{self.name} cannot be begun again")
        self._file.restart()

    def commit(self) -> None:
        """Give the file its name."""
        self._file.commit()

    def discard(self, *, keep: bool = False) -> str:
        """Remove it, or keep it as NAME.partial."""
        kept = self._path.with_name(self._path.name + ".partial") if keep and not self.lasting else None
        self._file.discard(kept)
        return str(kept) if kept else ""


class RemoteSink:
    """A place that fsspec knows: what was written appears at the end, where that file system can do so.

    What one cannot is removed when the stream fails.
    """

    lasting = False
    descriptor: int | None = None

    def __init__(self, url: str) -> None:
        try:
            import fsspec
        except ImportError as error:
            raise missing_extra("fsspec", "stream") from error
        self.name = shown_url(url)
        self._committed = False
        with self._refused():
            self._system, self._path = fsspec.core.url_to_fs(url)
            self._system.start_transaction()
            self._file: Any = self._system.open(self._path, "wb")

    def write(self, data: bytes) -> None:
        """Write a part."""
        with self._refused():
            self._file.write(data)

    def restart(self) -> None:
        """Give up what was begun and begin again."""
        self.discard()
        with self._refused():
            self._system.start_transaction()
            self._file = self._system.open(self._path, "wb")

    def commit(self) -> None:
        """Complete the upload."""
        with self._refused():
            self._file.close()
            self._system.end_transaction()
            self._committed = True

    def discard(self, *, keep: bool = False) -> str:
        """Give up the upload."""
        del keep
        if self._committed:
            return ""
        with contextlib.suppress(Exception):
            self._file.close()
        with self._refused():
            self._system.transaction.complete(commit=False)
            # fsspec leaves its own mark, which end_transaction would take back with a commit.
            self._system._transaction = None  # noqa: SLF001
            self._system._intrans = False  # noqa: SLF001
        return ""

    @contextlib.contextmanager
    def _refused(self) -> Any:
        try:
            yield
        except (ImportError, ValueError) as error:
            raise OutputError(f"cannot write {self.name}: {_short(error)}") from error
        except Exception as error:
            # Each file system raises its own kinds.
            raise OutputError(f"cannot write {self.name}: {type(error).__name__}: {_short(error)}") from error


class Packing:
    """Compresses on the way into a sink, gathers small pieces, and counts bytes."""

    def __init__(self, sink: Sink, compressor: Compressor) -> None:
        self._sink = sink
        self._compressor = compressor
        self._parts: list[bytes] = []
        self._waiting = 0
        self.size = 0

    def write(self, data: bytes, *, now: bool = False) -> None:
        """Take ``data``; it is passed on when there is enough, or ``now``."""
        if data:
            self._parts.append(data)
            self._waiting += len(data)
        if now or self._waiting >= _ENOUGH:
            self._pass_on()

    @property
    def begun(self) -> bool:
        """Say whether anything was taken."""
        return self.size > 0 or self._waiting > 0

    def finish(self) -> None:
        """Write what is left, and the end of the compression."""
        self._pass_on()
        self._send(self._compressor.flush())

    def restart(self, compressor: Compressor) -> None:
        """Begin again."""
        self._sink.restart()
        self._compressor = compressor
        self._parts.clear()
        self._waiting = self.size = 0

    def _pass_on(self) -> None:
        data = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
        self._parts.clear()
        self._waiting = 0
        self._send(self._compressor.compress(data))

    def _send(self, data: bytes) -> None:
        if data:
            self._sink.write(data)
            self.size += len(data)


_ENOUGH: Final = 1 << 16


def is_url(target: str) -> bool:
    """Say whether fsspec is asked for: a scheme of more than a letter, which would be a drive."""
    scheme, found, _ = target.partition("://")
    return bool(found) and len(scheme) > 1 and scheme.replace("+", "").replace("-", "").isalnum()


def shown_url(url: str) -> str:
    """Return a URL without who logs in and what it is asked, which may be secret."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.partition('?')[0].rpartition('@')[2]}"


def opened(target: str) -> Sink:
    """Open a file or URL.

    raises: OutputError when it cannot be written, UnavailableError where fsspec is missing.
    """
    return RemoteSink(target) if is_url(target) else FileSink(Path(target))


def _pipe(stream: Any) -> int | None:
    try:
        descriptor = int(stream.fileno())
        mode = os.fstat(descriptor).st_mode
    except (OSError, ValueError, AttributeError):
        return None
    return descriptor if stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) else None


def _short(error: Exception) -> str:
    return (str(error).splitlines() or [""])[0][:200]
