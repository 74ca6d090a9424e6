"""From files to what is known of each: read once, looked up in the cache, analysed by workers where it is not there.

What comes back goes to a temporary file at once, so that only files under way are in memory. Files that are large, or
that a worker did not survive, are cut in this process: see ``cutting``.
"""

from __future__ import annotations

import itertools
from collections import deque
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

from perftool.errors import InputError
from perftool.events import Progress
from perftool.lint.cutting import Cutting, Entry, Out
from perftool.lint.filework import assembled, definitions, too_long
from perftool.lint.loading import load, spoken
from perftool.lint.reading.generated import is_generated
from perftool.lint.reading.surroundings import NOTHING, Beside
from perftool.lint.speaking import Speaking
from perftool.lint.work import FileWork, decode_result, decode_work, encode
from perftool.workers.api import Item

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from perftool.events import Listener
    from perftool.lint.cache import Cache, KnownFile
    from perftool.lint.found import Found
    from perftool.lint.limits import Limits
    from perftool.lint.reading.surroundings import Surroundings
    from perftool.lint.records import FileRecord, StatementRecord
    from perftool.lint.selection import FilePlan, Selection
    from perftool.lint.spill import Pile
    from perftool.lint.totals import Totals
    from perftool.lint.work import Work
    from perftool.workers.api import Executor, Outcome

LARGE: Final = 1 << 20
"""Bytes from which on a file is cut here and not in one worker."""

TOLD_EVERY: Final = 50
"""Files between two lines of progress."""

# Files that the cache is asked for at once: so many, or so many bytes.
_ASKED: Final = 256
_ASKED_BYTES: Final = 1 << 20


@dataclass(slots=True)
class _Read:
    """A file that was read and may be known."""

    found: Found
    entry: Entry
    plan: FilePlan
    data: bytes
    beside: Beside = NOTHING


class Gathering:
    """The first half of a run: afterwards ``entries`` are its files, and pile and cache hold what is known of them."""

    def __init__(
        self,
        selection: Selection,
        cache: Cache,
        pile: Pile,
        listener: Listener,
        limits: Limits,
        salt: bytes,
        totals: Totals,
        surroundings: Surroundings | None = None,
    ) -> None:
        self._selection = selection
        self._by_name: dict[str, Entry] = {}
        self._cache = cache
        self._pile = pile
        self._listener = listener
        self._limits = limits
        self._salt = salt
        self._totals = totals
        self.entries: list[Entry] = []
        #: Whether all that is known would be the same the next time, with the same files.
        self.lasting = True
        self._numbers = itertools.count(1)
        self._out: dict[int, Out] = {}
        self._cutting = Cutting(self._numbers, limits.max_statement, totals, self._finish)
        self._again: deque[Out] = deque()
        self._speaking = Speaking(selection, surroundings)
        self._told: dict[FilePlan, bytes] = {}

    def gather(self, files: Iterable[Found], executor: Executor) -> None:
        """Find out what is to be known of ``files``; raises: what the executor raises."""
        self._work(self._items(files), executor)
        self._cache.flush()

    def recover(self, entry: Entry, executor: Executor) -> None:
        """Read and work a file after all, of which the cache has lost what it seemed to know; not if it changed."""
        known, entry.found = entry.found, None
        if known is None:
            return
        try:
            data = known.read()
        except OSError:
            return
        plan = self._selection.plan(entry.name)
        beside = self._speaking.beside(known, plan, data)
        digest = beside.digest() if beside is not NOTHING else b""
        if self._key(entry.name, plan, data, digest) == entry.key:
            told = spoken(data, entry.name, plan, entry.vote, beside)
            self._again.append(Out(entry, plan, told, self._sets(plan, entry.name, told.dialect, data), data, beside))
            self._work(self._items(()), executor)

    def _work(self, items: Iterator[Item], executor: Executor) -> None:
        while True:
            for outcome in executor.run(items, ordered=False):
                self._take(outcome)
            if not (self._again or self._cutting.waits):
                break
            items = self._items(())

    def entry(self, name: str) -> Entry | None:
        """Return the file called ``name``, None if it was not looked at."""
        if not self._by_name:
            self._by_name = {entry.name: entry for entry in self.entries}
        return self._by_name.get(name)

    def is_as_read(self, name: str, data: bytes) -> bool:
        """Say whether ``data`` is what the file called ``name`` held when it was looked at."""
        entry = self.entry(name)
        return entry is not None and entry.key == self._key(name, self._selection.plan(name), data, entry.beside)

    def _key(self, name: str, plan: FilePlan, data: bytes, beside: bytes) -> bytes:
        """Return a digest of all that is known of a file when it is read."""
        told = self._told.get(plan)
        if told is None:
            chosen = (plan.dialect, sorted(plan.sets or ()), sorted(plan.ignored), sorted(plan.extended))
            told = self._told[plan] = repr(chosen).encode()
        digest = blake2b(told, digest_size=16, key=self._salt)
        digest.update(f"\0{name}\0".encode("utf-8", "surrogatepass"))
        digest.update(beside)
        digest.update(data)
        return digest.digest()

    def assembled(self, name: str, data: bytes, work: Callable[[Work], StatementRecord]) -> FileRecord:
        """Return what is known of ``data`` as the file called ``name``; ``work`` analyses one statement.

        A template is read as it is: what dbt made of it would not be made of ``data``.
        raises: InputError when it cannot be text.
        """
        plan = self._selection.plan(name)
        entry = self.entry(name)
        vote = entry.vote if entry is not None else self._speaking.so_far(name)
        told = spoken(data, name, plan, vote, entry.hint if entry is not None else NOTHING)
        limit = self._limits.max_statement
        loaded = load(data, name, told.dialect, max_statement=limit, reason=told.reason)
        records = [
            work(one.work) if one.work is not None else too_long(one.end - one.start, limit)
            for one in loaded.statements
        ]
        return assembled(loaded, records, self._sets(plan, name, told.dialect, data), data)

    def _items(self, files: Iterable[Found]) -> Iterator[Item]:
        for out in self._unknown(files):
            if len(out.beside.made or out.data) >= LARGE:
                yield from self._cut_here(out)
            else:
                yield self._sent(out)
            yield from self._once_more()
        yield from self._once_more()

    def _once_more(self) -> Iterator[Item]:
        """Yield what a worker did not survive, a statement at a time."""
        while self._again:
            yield from self._cut_here(self._again.popleft(), alone=True)
        yield from self._cutting.again()

    def _unknown(self, files: Iterable[Found]) -> Iterator[Out]:
        """Read ``files`` and yield those that the cache does not know."""
        batch: list[_Read] = []
        size = 0
        for count, found in enumerate(files):
            if count % TOLD_EVERY == 0:
                self._listener.progress(Progress(done=count, total=None, activity=f"files, {found.name}"))
            read = self._read(found)
            if read is not None:
                batch.append(read)
                size += len(read.data)
                if size > _ASKED_BYTES or len(batch) >= _ASKED or not self._cache.persistent:
                    yield from self._looked_up(batch)
                    batch, size = [], 0
        yield from self._looked_up(batch)

    def _read(self, found: Found) -> _Read | None:
        if found.reason:
            self._totals.skip(found.name, found.reason)
            return None
        try:
            data = found.read()
        except OSError as error:
            self._totals.skip(found.name, (error.strerror or str(error)).lower())
            self.lasting = False
            return None
        plan = self._selection.plan(found.name)
        beside = self._speaking.beside(found, plan, data)
        digest = beside.digest() if beside is not NOTHING else b""
        entry = Entry(found.name, self._key(found.name, plan, data, digest), beside=digest, hint=beside)
        if beside.made is not None:
            entry.compiled, entry.hint = True, NOTHING
        self.entries.append(entry)
        return _Read(found, entry, plan, data, beside)

    def _looked_up(self, batch: list[_Read]) -> Iterator[Out]:
        known = self._cache.files([one.entry.key for one in batch]) if self._cache.persistent else {}
        for one in batch:
            out = self._settled(one, known.get(one.entry.key))
            if out is not None:
                yield out

    def _settled(self, read: _Read, known: KnownFile | None) -> Out | None:
        """Settle what is ``known`` of a file; None when there is nothing to do for a worker."""
        entry, plan = read.entry, read.plan
        tells = known.voted is None if known is not None else None
        vote = entry.vote = self._speaking.vote(read.found, plan, read.data, read.beside, tells=tells)
        if known is not None and known.voted in (None, vote):
            entry.defines, entry.state, entry.unchanged = known.defines, known.state, True
            entry.found = read.found
            if entry.compiled:
                entry.hint = Beside(hint=known.dialect)
            if known.voted is None:
                self._speaking.note(entry.name, known.dialect)
            return None
        told = spoken(read.data, entry.name, plan, vote, read.beside)
        if entry.compiled:
            entry.hint = Beside(hint=told.dialect, reason=told.reason)
        if told.voted is None:
            self._speaking.note(entry.name, told.dialect)
        sets = self._sets(plan, entry.name, told.dialect, read.data)
        return Out(entry, plan, told, sets, read.data, read.beside)

    def _sets(self, plan: FilePlan, name: str, dialect: str, data: bytes) -> tuple[str, ...]:
        sets = self._selection.sets_of(plan, name, dialect, generated=is_generated(data))
        return tuple(sorted(sets)) or ("generated",)

    def _cut_here(self, out: Out, *, alone: bool = False) -> Iterator[Item]:
        try:
            yield from self._cutting.cut(out, alone=alone)
        except InputError as error:
            self.entries.remove(out.entry)
            self._totals.skip(out.entry.name, error.message)

    def _sent(self, out: Out) -> Item:
        number = next(self._numbers)
        self._out[number] = out
        work = FileWork(
            out.entry.name,
            out.spoken.dialect,
            out.spoken.reason,
            out.sets,
            out.data,
            self._limits.max_statement,
            self._cache.store,
            self._cache.persistent,
            self._salt,
            out.plan.ignored,
            out.plan.extended,
            out.beside,
        )
        out.payload = encode(work)
        out.data = b""
        return Item(number, out.payload)

    def _take(self, outcome: Outcome) -> None:
        out = self._out.pop(outcome.number, None)
        if out is None:
            self._cutting.take(outcome)
        elif outcome.result is None:
            out.data = decode_work(out.payload).data
            self._again.append(out)
        else:
            came = decode_result(outcome.result)
            self._totals.distinct += came.distinct
            self._totals.repeated += came.repeated
            self._totals.kept += came.kept
            for key, record in came.new:
                self._cache.keep_statement(key, record)
            self._keep(out, came.record, came.judged, came.definitions)

    def _finish(self, out: Out, made: FileRecord, lasting: bool) -> None:
        self._keep(out, encode(made), b"", definitions(made), lasting=lasting)

    def _keep(self, out: Out, record: bytes, judged: bytes, defined: bytes, *, lasting: bool = True) -> None:
        entry = out.entry
        self.lasting &= lasting
        entry.judged, entry.defines = bool(judged), bool(defined)
        entry.place = self._pile.put(judged or record)
        if defined:
            entry.defined = self._pile.put(defined)
        if lasting and self._cache.persistent:
            self._cache.keep_file(
                entry.key,
                record=record,
                judged=judged,
                definitions=defined,
                dialect=out.spoken.dialect,
                voted=out.spoken.voted,
            )
