"""Files that are cut in this process: the large ones, so that they keep all workers busy, and their parts are small.

And those that a worker did not survive: their statements go one by one, so that only the guilty one is lost.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING, Final, NamedTuple

from perftool.lint.filework import assembled, too_long
from perftool.lint.loading import LoadedFile, LoadedStatement, Spoken, load
from perftool.lint.reading.surroundings import NOTHING, Beside
from perftool.lint.records import StatementRecord
from perftool.lint.sharing import Sharing
from perftool.lint.work import Stretch, decode_records, encode, encode_statement
from perftool.workers.api import Item

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from perftool.lint.found import Found
    from perftool.lint.records import FileRecord
    from perftool.lint.selection import FilePlan
    from perftool.lint.totals import Totals
    from perftool.workers.api import Outcome

STRETCH: Final = 64
"""Statements that go to a worker together, at most, and the bytes from which on no more are added."""

STRETCH_BYTES: Final = 32 << 10

_CODES: Final = {"timeout": "PT002", "killed": "PT004", "memory": "PT004", "failed": "PT003", "cancelled": "PT002"}


@dataclass(slots=True)
class Entry:
    """A file of this run, in the order of the report, and where that is which is known of it.

    ``unchanged``: in the cache, judged with the project's ``state``; ``found`` and the ``vote`` of the files around it
    are kept to work it after all, should the cache have lost it. Else at ``place`` in the pile: its findings where it
    is ``judged``, its record where not; ``defined`` is the place of what it defines, -1 where that is nothing.
    """

    name: str
    key: bytes
    unchanged: bool = False
    state: bytes | None = None
    judged: bool = False
    defines: bool = False
    place: int = -1
    defined: int = -1
    found: Found | None = None
    vote: str = ""
    #: A digest of what was known of it beside its bytes, and the dialect that this tells.
    beside: bytes = b""
    hint: Beside = NOTHING
    compiled: bool = False


@dataclass(slots=True)
class Out:
    """A file that is with a worker; its ``data`` are in the ``payload`` meanwhile."""

    entry: Entry
    plan: FilePlan
    spoken: Spoken
    sets: tuple[str, ...]
    data: bytes
    beside: Beside = NOTHING
    payload: bytes = b""


@dataclass(slots=True)
class _Cut:
    """A file whose statements are with workers; what came of them, encoded, is in ``records``.

    ``missing`` are still to come, and one more while not all are sent. ``first`` tells, by a digest, where a statement
    stands for the first time, and ``waiting`` which others wait for what comes of it. ``equal`` holds each record once.
    """

    out: Out
    loaded: LoadedFile
    records: list[bytes | None]
    missing: int = 1
    lasting: bool = True
    first: dict[bytes, int] = field(default_factory=dict)
    waiting: dict[int, list[int]] = field(default_factory=dict)
    equal: dict[bytes, bytes] = field(default_factory=dict)


class _Sent(NamedTuple):
    """Statements of a file that went to a worker together: their places among its statements, and they, encoded."""

    cut: _Cut
    indexes: tuple[int, ...]
    statements: tuple[bytes, ...]


class Cutting:
    """Sends the statements of files in stretches, each distinct one once, and puts the files together again.

    A stretch that a worker did not survive is sent again a statement at a time, so that only the guilty one is lost.
    ``finish`` is called with each file, its record, and whether that will be the same the next time.
    """

    def __init__(
        self,
        numbers: Iterator[int],
        max_statement: int,
        totals: Totals,
        finish: Callable[[Out, FileRecord, bool], None],
    ) -> None:
        self._next = numbers
        self._max_statement = max_statement
        self._totals = totals
        self._finish = finish
        self._sent: dict[int, _Sent] = {}
        self._again: deque[_Sent] = deque()

    @property
    def waits(self) -> bool:
        """Say whether statements are to be sent again."""
        return bool(self._again)

    def cut(self, out: Out, *, alone: bool = False) -> Iterator[Item]:
        """Cut a file and yield its distinct statements in stretches, or each ``alone``.

        raises: InputError if it is no text.
        """
        loaded = load(
            out.data,
            out.entry.name,
            out.spoken.dialect,
            max_statement=self._max_statement,
            reason=out.spoken.reason,
            beside=out.beside,
        )
        cut = _Cut(out, loaded, [None] * len(loaded.statements))
        most = 1 if alone else STRETCH
        indexes: list[int] = []
        statements: list[bytes] = []
        size = 0
        for index, data in self._distinct(cut):
            indexes.append(index)
            statements.append(data)
            size += len(data)
            if len(indexes) >= most or size >= STRETCH_BYTES:
                yield self._item(_Sent(cut, tuple(indexes), tuple(statements)))
                indexes, statements, size = [], [], 0
        if indexes:
            yield self._item(_Sent(cut, tuple(indexes), tuple(statements)))
        self._arrived(cut)

    def _distinct(self, cut: _Cut) -> Iterator[tuple[int, bytes]]:
        """Yield the place of each distinct statement, and it, encoded; let go of the texts on the way."""
        statements = cut.loaded.statements
        for index, one in enumerate(statements):
            if one.work is None:
                cut.records[index] = encode(too_long(one.end - one.start, self._max_statement))
                continue
            data = encode_statement(one.work)
            statements[index] = LoadedStatement(one.start, one.end, None, one.place)
            first = cut.first.setdefault(blake2b(data, digest_size=16).digest(), index)
            if first == index:
                self._totals.distinct += 1
                cut.missing += 1
                yield index, data
                continue
            self._totals.repeated += 1
            if cut.records[first] is not None:
                cut.records[index] = cut.records[first]
            else:
                cut.waiting.setdefault(first, []).append(index)

    def again(self) -> Iterator[Item]:
        """Yield one by one the statements of stretches that a worker did not survive."""
        while self._again:
            cut, indexes, statements = self._again.popleft()
            for index, data in zip(indexes, statements, strict=True):
                yield self._item(_Sent(cut, (index,), (data,)))

    def _item(self, sent: _Sent) -> Item:
        number = next(self._next)
        self._sent[number] = sent
        return Item(number, encode(Stretch(sent.statements)))

    def take(self, outcome: Outcome) -> None:
        """Take what came of a stretch."""
        sent = self._sent.pop(outcome.number)
        cut = sent.cut
        if outcome.result is not None:
            for index, record in zip(sent.indexes, decode_records(outcome.result), strict=True):
                self._settle(cut, index, record)
        elif len(sent.indexes) > 1:
            self._again.append(sent)
        else:
            code = _CODES.get(outcome.failure, "PT003")
            cut.lasting = False
            lost = StatementRecord(kind="UNKNOWN", error=outcome.message, error_code=code)
            self._settle(cut, sent.indexes[0], encode(lost))

    def _settle(self, cut: _Cut, index: int, record: bytes) -> None:
        # Most statements have nothing to say, and say it alike.
        record = cut.equal.setdefault(record, record)
        cut.records[index] = record
        for other in cut.waiting.pop(index, ()):
            cut.records[other] = record
        self._arrived(cut)

    def _arrived(self, cut: _Cut) -> None:
        cut.missing -= 1
        if cut.missing:
            return
        cut.first.clear()
        cut.equal.clear()
        made = assembled(cut.loaded, _decoded(cut.records), cut.out.sets, cut.out.data)
        cut.loaded.statements.clear()
        cut.out.data = b""
        self._finish(cut.out, made, cut.lasting)


def _decoded(records: list[bytes | None]) -> list[StatementRecord]:
    """Decode ``records``, equal ones once, and let go of what they were on the way."""
    sharing = Sharing()
    known: dict[bytes, StatementRecord] = {}
    decoded = []
    for index, data in enumerate(records):
        assert data is not None
        record = known.get(data)
        if record is None:
            record = sharing.decode(data)
            if not record.speaks:
                known[data] = record
        decoded.append(record)
        records[index] = None
    return decoded
