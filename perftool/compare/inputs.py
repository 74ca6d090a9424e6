"""Inputs as the command line names them, and how one is read."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, BinaryIO, Final

import msgspec

from perftool import discovery
from perftool.compare.api import HEAD_BYTES, Folder, Imported, Importer, ReadOptions
from perftool.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_PACKAGE: Final = "perftool.compare.importers"
_FALLBACK: Final = "gobench"
_GZIP: Final = b"\x1f\x8b"
# The importers in the order in which they are asked: the likely ones first, so that others need no import.
_LIKELY: Final = ("gobench", "report")


class NamedInput(msgspec.Struct, frozen=True):
    """An input argument: ``label`` is its value of ``.file``, ``path`` what to open (``-`` is standard input)."""

    label: str
    path: str


class Input(msgspec.Struct, frozen=True):
    """What was read from an input, with the label of its column."""

    label: str
    imported: Imported


def parse(arguments: Sequence[str]) -> tuple[NamedInput, ...]:
    """Take ``label=path`` arguments apart; a path named more than once without label becomes ``path#0``, ``path#1``."""
    split = [_split(argument) for argument in arguments]
    counts = Counter(path for label, path in split if label is None)
    seen: Counter[str] = Counter()
    found: list[NamedInput] = []
    for label, path in split:
        if label is not None:
            found.append(NamedInput(label, path))
        elif counts[path] == 1:
            found.append(NamedInput(path, path))
        else:
            found.append(NamedInput(f"{path}#{seen[path]}", path))
            seen[path] += 1
    return tuple(found)


def _split(argument: str) -> tuple[str | None, str]:
    label, equals, path = argument.partition("=")
    return (label, path) if equals else (None, argument)


class _Replayed:
    """A stream whose first bytes were taken for a look and are given again."""

    def __init__(self, head: bytes, stream: BinaryIO) -> None:
        self._head = head
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        head, self._head = self._head, b""
        if size < 0:
            return head + self._stream.read()
        if head:
            self._head = head[size:]
            return head[:size]
        return self._stream.read(size)


def read(stream: BinaryIO, name: str, options: ReadOptions | None = None) -> Imported:
    """Read an input of any known format; the format is detected by content.

    ``name`` is the path as opened, for messages.
    raises: InputError when nothing usable is in it, naming what is known.
    """
    options = options or ReadOptions()
    try:
        head = _head(stream)
        replayed: BinaryIO = _Replayed(head, stream)  # type: ignore[assignment]
        return detect(head, name, options).read(replayed, name, options)
    except OSError as error:
        raise InputError(f"{name}: cannot be read to its end: {error.strerror or error}") from error


def read_folder(folder: Folder, name: str) -> Imported | None:
    """Read a folder that a tool wrote for one run; None where no importer knows it.

    raises: InputError when the files in it are of no use.
    """
    try:
        for importer in _importers():
            if importer.gathers is not None and (found := importer.gathers(folder, name)) is not None:
                return found
    except OSError as error:
        raise InputError(f"{name}: cannot be read to its end: {error.strerror or error}") from error
    return None


def _head(stream: BinaryIO) -> bytes:
    """Return up to ``HEAD_BYTES``, also from a pipe that gives less at a time."""
    pieces: list[bytes] = []
    length = 0
    while length < HEAD_BYTES and (piece := stream.read(HEAD_BYTES - length)):
        pieces.append(piece)
        length += len(piece)
    return b"".join(pieces)


def _importers() -> Iterator[Importer]:
    names = discovery.names(_PACKAGE)
    for name in (*_LIKELY, *(name for name in names if name not in _LIKELY)):
        yield discovery.load(_PACKAGE, name, "IMPORTER", what="importer")


def detect(head: bytes, name: str, options: ReadOptions) -> Importer:
    """Return the importer whose format ``head`` has.

    JSON that no importer knows is refused; any other text is read as benchmark text, which skips what it does
    not know.
    """
    if head.startswith(_GZIP) and not options.as_benchstat:
        raise InputError(f"{name}: compressed with gzip", hint="gzip -dc FILE | perftool compare … -")
    stripped = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    is_json = stripped[:1] in (b"{", b"[")
    for importer in _importers():
        if importer.detects(head) and not (importer.fallback and is_json):
            return importer
    if is_json and not options.as_benchstat:
        known = ", ".join(one.name.replace("_", "-") for one in _importers())
        raise InputError(f"{name}: JSON of no known kind", hint=f"known formats: {known}")
    fallback: Importer = discovery.load(_PACKAGE, _FALLBACK, "IMPORTER", what="importer")
    return fallback
