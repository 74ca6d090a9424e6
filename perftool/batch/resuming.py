"""What an earlier run has written already: its whole lines count, a line that was cut is taken away."""

from __future__ import annotations

import csv
import re
from collections import Counter
from typing import TYPE_CHECKING, BinaryIO, Final

import msgspec

from perftool.batch.digests import Digests
from perftool.batch.lines import Csv, Form
from perftool.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

_NONE: Final = 0
_DIGEST: Final = re.compile(r"[0-9a-f]{16,}")


class _Kept(msgspec.Struct, frozen=True):
    number: int
    status: str
    digest: str


class Resumed:
    """The items that are done, by number, with the digest of their text; ``end`` is where the whole lines end.

    ``statuses`` counts them by status.
    """

    def __init__(self, name: str = "") -> None:
        self.name = name
        self.end = 0
        self.statuses: Counter[str] = Counter()
        self._digests = Digests()

    def __len__(self) -> int:
        return self.statuses.total()

    def has(self, number: int, digest: bytes) -> bool:
        """Say whether item ``number`` is done; raises: UsageError when it was another one then."""
        known = self._digests[number]
        if known == _NONE:
            return False
        if known != _as_number(digest.hex()):
            raise UsageError(
                f"{self.name} holds the results of other input, or of another operation: item {number} differs",
                hint="leave out --resume to write it anew",
            )
        return True

    def check_all_seen(self, count: int) -> None:
        """Make sure that the input of ``count`` items was not shorter; raises: UsageError when it was."""
        if len(self._digests) > count:
            raise UsageError(f"{self.name} holds more items than the input has: {len(self._digests)} and {count}")

    def close(self) -> None:
        """Let go of what was kept."""
        self._digests.close()

    def take(self, number: int, status: str, digest: str) -> bool:
        """Count a line; False when it stands there twice or cannot be right."""
        if number < 0 or number > len(self._digests) + (1 << 24) or not _DIGEST.fullmatch(digest):
            return False
        if self._digests[number] != _NONE:
            return False
        self._digests[number] = _as_number(digest)
        self.statuses[status] += 1
        return True


def read(file: BinaryIO, form: Form, name: str) -> Resumed:
    """Return what stands in ``file``, a results file that was written in ``form``.

    raises: UsageError when it is none.
    """
    resumed = Resumed(name)
    found = _rows(file, form) if isinstance(form, Csv) else _objects(file)
    for end, kept in found:
        if kept is not None and not resumed.take(kept.number, kept.status, kept.digest):
            raise UsageError(
                f"{name} holds item {kept.number} twice, out of all order or without a digest",
                hint="leave out --resume to write it anew",
            )
        resumed.end = end
    if not resumed.end and file.seek(0) == 0 and _looks_foreign(file.read(64), form):
        raise UsageError(f"{name} is no results file of perftool batch", hint="leave out --resume to write it anew")
    return resumed


def _looks_foreign(head: bytes, form: Form) -> bool:
    start = form.head() or b'{"number":'
    return bool(head) and not start.startswith(head[: len(start)])


def _objects(file: BinaryIO) -> Iterator[tuple[int, _Kept | None]]:
    decode, end = msgspec.json.Decoder(_Kept).decode, 0
    for line in file:
        if not line.endswith(b"\n"):
            return
        try:
            kept = decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return
        end += len(line)
        yield end, kept


def _rows(file: BinaryIO, form: Csv) -> Iterator[tuple[int, _Kept | None]]:
    end, last = 0, b""

    def texts() -> Iterator[str]:
        nonlocal end, last
        for last in file:
            end += len(last)
            yield last.decode("utf-8", "replace")

    reader, header = csv.reader(texts(), strict=True), None
    try:
        for row in reader:
            if len(row) != form.width or not last.endswith(b"\n"):
                return
            if header is None:
                header = {name: place for place, name in enumerate(row)}
                if form.head().decode().strip() != ",".join(row):
                    return
                yield end, None
                continue
            number = row[header["number"]]
            if not number.isdecimal():
                return
            yield end, _Kept(int(number), row[header["status"]], row[header["digest"]])
    except csv.Error:
        return


def _as_number(digest: str) -> int:
    return int(digest[:16], 16) or 1
