"""Files that are cut in this process, so that their statements go to workers one by one.

Those that a worker did not survive: only the guilty statement is lost. Large ones: they keep all workers busy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from perftool.lint.filework import assembled, too_long
from perftool.lint.loading import LoadedFile, Spoken, load
from perftool.lint.reading.surroundings import NOTHING, Beside
from perftool.lint.records import StatementRecord
from perftool.lint.work import Work, decode_statement, encode, encode_statement
from perftool.workers.api import Item

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from perftool.lint.reading.files import Found
    from perftool.lint.records import FileRecord
    from perftool.lint.selection import FilePlan
    from perftool.lint.totals import Totals
    from perftool.workers.api import Outcome

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
    """A file whose statements go to workers one by one; those that are back are in ``records``."""

    out: Out
    loaded: LoadedFile
    records: list[bytes | None]
    missing: int = 0
    lasting: bool = True


class Cutting:
    """Sends each statement of the files under way once, and puts files together again.

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
        self._claims: dict[int, tuple[Work, list[tuple[_Cut, int]]]] = {}
        self._numbers: dict[Work, int] = {}

    def cut(self, out: Out) -> Iterator[Item]:
        """Cut a file and yield those of its statements that are not under way; raises: InputError if it is no text."""
        loaded = load(
            out.data,
            out.entry.name,
            out.spoken.dialect,
            max_statement=self._max_statement,
            reason=out.spoken.reason,
            beside=out.beside,
        )
        cut = _Cut(out, loaded, [None] * len(loaded.statements))
        new: dict[Work, list[tuple[_Cut, int]]] = {}
        for index, one in enumerate(loaded.statements):
            if one.work is None:
                cut.records[index] = encode(too_long(one.end - one.start, self._max_statement))
                continue
            cut.missing += 1
            number = self._numbers.get(one.work)
            if number is not None:
                self._claims[number][1].append((cut, index))
                self._totals.repeated += 1
            elif one.work in new:
                new[one.work].append((cut, index))
                self._totals.repeated += 1
            else:
                new[one.work] = [(cut, index)]
                self._totals.distinct += 1
        if not cut.missing:
            self._put_together(cut)
        for work, claims in new.items():
            number = next(self._next)
            self._claims[number] = (work, claims)
            self._numbers[work] = number
            yield Item(number, encode_statement(work))

    def take(self, outcome: Outcome) -> None:
        """Take what came of a statement."""
        work, claims = self._claims.pop(outcome.number)
        del self._numbers[work]
        record = outcome.result
        if record is None:
            code = _CODES.get(outcome.failure, "PT003")
            record = encode(StatementRecord(kind="UNKNOWN", error=outcome.message, error_code=code))
        for cut, index in claims:
            cut.records[index] = record
            cut.missing -= 1
            cut.lasting = cut.lasting and outcome.result is not None
            if not cut.missing:
                self._put_together(cut)

    def _put_together(self, cut: _Cut) -> None:
        records = [decode_statement(record) for record in cut.records if record is not None]
        self._finish(cut.out, assembled(cut.loaded, records, cut.out.sets, cut.out.data), cut.lasting)
