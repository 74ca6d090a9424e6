"""Lint any number of files: read, split, analyse each distinct statement once, judge, and spill what was found.

Two passes. The first reads each file once and sends the statements that nobody knows yet to workers; what is known of
a file goes to a temporary file as soon as its last statement is back, so that only files under way are in memory. The
second pass walks over these records in order, with the definitions of all of them added up, and judges.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

import msgspec

from perftool.errors import InputError
from perftool.events import Progress
from perftool.lint import suppressions
from perftool.lint.analysis import thresholds
from perftool.lint.judging import judge
from perftool.lint.loading import LoadedFile, load
from perftool.lint.place import Place
from perftool.lint.placing import diagnostic, span
from perftool.lint.problems import PROBLEMS
from perftool.lint.project import Project
from perftool.lint.records import NO_MARKS, FileRecord, Placed, StatementRecord
from perftool.lint.spill import Spill
from perftool.lint.totals import Totals
from perftool.lint.worker import DEFINES, ERROR, OPAQUE, SPEAKS, encode_work, encoded
from perftool.model.diagnostic import Diagnostic, Span
from perftool.workers.api import Item

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from perftool.events import Listener
    from perftool.lint.cache import Cache
    from perftool.lint.reading.files import Found
    from perftool.lint.selection import FilePlan, Selection
    from perftool.workers.api import Executor, Outcome

REMEMBERED: Final = 32 << 20
"""Bytes of records of statements that are kept at hand, for those that come again."""

_TOLD_EVERY: Final = 50
_CODES: Final = {"timeout": "PT002", "killed": "PT004", "memory": "PT004", "failed": "PT003", "cancelled": "PT002"}

_encode = msgspec.msgpack.Encoder().encode
_statement = msgspec.msgpack.Decoder(StatementRecord).decode
_file = msgspec.msgpack.Decoder(FileRecord).decode


class Judged(msgspec.Struct, frozen=True, array_like=True):
    """The findings of one file as they were judged, for the next run with the same file and project."""

    diagnostics: tuple[Diagnostic, ...]
    suppressed: int
    count: int
    opaque: int
    errors: int
    dialect: str
    reason: str
    sets: tuple[str, ...]
    size: int


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a run may take: bytes of one statement; ``runner`` is what is known of the migration runner."""

    max_statement: int = 1 << 20
    runner: Mapping[str, str] = field(default_factory=dict)
    partitions: Mapping[str, str] = field(default_factory=dict)
    compiled: bool = True


@dataclass(slots=True)
class _Entry:
    """A file of this run, in the order of the report: where its record is, or that it is as it was."""

    name: str
    key: bytes
    defines: bool = False
    state: bytes | None = None
    place: int = -1
    unchanged: bool = False
    failed: bool = False


@dataclass(slots=True)
class _UnderWay:
    """A file of which statements are still out."""

    loaded: LoadedFile
    sets: tuple[str, ...]
    entry: _Entry
    records: list[bytes | None]
    missing: int = 0
    lasting: bool = True
    defines: bool = False
    marks: msgspec.Raw = field(default_factory=lambda: NO_MARKS)


class Run:
    """One run of the linter over files; ``close`` it, or use it in a ``with`` block."""

    def __init__(
        self, selection: Selection, cache: Cache, executor: Executor, listener: Listener, limits: Limits, salt: bytes
    ) -> None:
        self._selection = selection
        self._cache = cache
        self._executor = executor
        self._listener = listener
        self._limits = limits
        self._salt = salt
        self._records: Spill[FileRecord] = Spill(FileRecord)
        self._entries: list[_Entry] = []
        self._waiting: dict[int, tuple[bytes, list[tuple[_UnderWay, int]]]] = {}
        self._numbers: dict[bytes, int] = {}
        self._remembered: OrderedDict[bytes, bytes] = OrderedDict()
        self._remembered_size = 0
        self._votes: dict[str, dict[str, int]] = {}
        self._by_name: dict[str, bytes] = {}
        self._options = thresholds(list(selection.rules.values()), selection.options)
        self._last_project: Project | None = None
        self.totals = Totals()
        #: What a finding must be to be reported; the others are not even counted.
        self.scope: Callable[[Diagnostic], bool] | None = None
        #: Whether a finding is known and does not count.
        self.known: Callable[[Diagnostic], bool] | None = None
        #: Every finding, in the order of files and lines.
        self.diagnostics: Spill[Diagnostic] = Spill(Diagnostic)

    def lint(self, files: Iterable[Found]) -> None:
        """Lint ``files``; then ``diagnostics`` and ``totals`` hold what was found.

        raises: what the executor raises; a file that cannot be read is counted as skipped.
        """
        for outcome in self._executor.run(self._items(files), ordered=False):
            self._take(outcome)
        self._cache.flush()
        self._judge_all()

    def is_as_read(self, name: str, data: bytes) -> bool:
        """Say whether ``data`` is what the file called ``name`` held when it was looked at."""
        if not self._by_name:
            self._by_name = {entry.name: entry.key for entry in self._entries}
        return self._by_name.get(name) == self._file_key(name, self._selection.plan(name), data)

    def close(self) -> None:
        """Let go of the temporary files."""
        self._records.close()
        self.diagnostics.close()

    def _items(self, files: Iterable[Found]) -> Iterator[Item]:
        number = 0
        for count, found in enumerate(files):
            if count % _TOLD_EVERY == 0:
                self._listener.progress(Progress(done=count, total=None, activity=f"files, {found.name}"))
            for key, work in self._read(found):
                number += 1
                self._numbers[key] = number
                self._waiting[number] = (key, self._claims.pop(key))
                yield Item(number, work)

    def _read(self, found: Found) -> Iterator[tuple[bytes, bytes]]:
        """Read one file, settle what is known of it, and yield the statements that are not."""
        self._claims: dict[bytes, list[tuple[_UnderWay, int]]] = {}
        if found.reason:
            self.totals.skip(found.name, found.reason)
            return
        try:
            data = found.path.read_bytes() if found.data is None else found.data
        except OSError as error:
            self.totals.skip(found.name, (error.strerror or str(error)).lower())
            return
        plan = self._selection.plan(found.name)
        key = self._file_key(found.name, plan, data)
        entry = _Entry(found.name, key)
        self._entries.append(entry)
        known = self._cache.file(key) if self._cache.persistent else None
        vote = self._vote(found.name)
        if known is not None and known.voted in (None, vote):
            entry.defines, entry.state, entry.unchanged = known.defines, known.state, True
            if known.voted is None:
                self._note_dialect(found.name, known.dialect)
            return
        try:
            loaded = load(data, found.name, plan, max_statement=self._limits.max_statement, voted=vote)
        except InputError as error:
            self._entries.pop()
            self.totals.skip(found.name, error.message)
            return
        if loaded.voted is None:
            self._note_dialect(loaded.name, loaded.dialect)
        yield from self._settle(loaded, plan, entry, data)

    def _begun(self, loaded: LoadedFile, plan: FilePlan, entry: _Entry, data: bytes) -> _UnderWay:
        """Return a file none of whose statements is known yet but those that are too long."""
        sets = tuple(sorted(self._selection.sets_of(plan, loaded.name, loaded.dialect)))
        under_way = _UnderWay(loaded, sets, entry, [None] * len(loaded.statements))
        found = suppressions.read(data, loaded.dialect, within=loaded.within)
        if found:
            under_way.marks = msgspec.Raw(_encode(found))
        for index, one in enumerate(loaded.statements):
            if one.work is None:
                message = f"{one.end - one.start:,} bytes, over the limit of {self._limits.max_statement:,}"
                under_way.records[index] = encoded(StatementRecord(kind="UNKNOWN", error=message, error_code="PT001"))
        return under_way

    def _settle(self, loaded: LoadedFile, plan: FilePlan, entry: _Entry, data: bytes) -> Iterator[tuple[bytes, bytes]]:
        under_way = self._begun(loaded, plan, entry, data)
        works: list[tuple[int, bytes, bytes]] = []
        for index, one in enumerate(loaded.statements):
            if one.work is not None:
                work = encode_work(one.work)
                works.append((index, blake2b(work, digest_size=16, key=self._salt).digest(), work))
        unknown = [key for _, key, _ in works if key not in self._remembered and key not in self._numbers]
        from_disk = self._cache.statements(dict.fromkeys(unknown)) if unknown else {}
        self.totals.kept += len(from_disk)
        new: dict[bytes, bytes] = {}
        under_way.missing = len(works)
        for index, key, work in works:
            record = self._remembered.get(key) or from_disk.get(key)
            if record is not None:
                under_way.records[index] = record
                under_way.missing -= 1
                if key in from_disk and key not in self._remembered:
                    self._remember(key, record)
                    self.totals.distinct += 1
                else:
                    self.totals.repeated += 1
                continue
            number = self._numbers.get(key)
            if number is not None:
                self._waiting[number][1].append((under_way, index))
                self.totals.repeated += 1
            elif key in new:
                self._claims[key].append((under_way, index))
                self.totals.repeated += 1
            else:
                new[key] = work
                self._claims[key] = [(under_way, index)]
                self.totals.distinct += 1
        if not under_way.missing:
            self._finish(under_way)
        yield from new.items()

    def _take(self, outcome: Outcome) -> None:
        key, claims = self._waiting.pop(outcome.number)
        del self._numbers[key]
        if outcome.result is not None:
            record = outcome.result
            self._cache.keep_statement(key, record)
            self._remember(key, record)
        else:
            code = _CODES.get(outcome.failure, "PT003")
            record = encoded(StatementRecord(kind="UNKNOWN", error=outcome.message, error_code=code))
        for under_way, index in claims:
            under_way.records[index] = record
            under_way.missing -= 1
            under_way.lasting = under_way.lasting and outcome.result is not None
            if not under_way.missing:
                self._finish(under_way)

    def _remember(self, key: bytes, record: bytes) -> None:
        self._remembered[key] = record
        self._remembered_size += len(record) + 100
        while self._remembered_size > REMEMBERED:
            _, gone = self._remembered.popitem(last=False)
            self._remembered_size -= len(gone) + 100

    def _finish(self, under_way: _UnderWay) -> None:
        kept = _encode(_record_of(under_way))
        entry = under_way.entry
        entry.defines = under_way.defines
        entry.place = self._records.append_raw(kept)
        if under_way.lasting and self._cache.persistent:
            loaded = under_way.loaded
            self._cache.keep_file(entry.key, kept, defines=entry.defines, dialect=loaded.dialect, voted=loaded.voted)

    def _file_key(self, name: str, plan: FilePlan, data: bytes) -> bytes:
        digest = blake2b(digest_size=16, key=self._salt)
        digest.update(
            repr((name, plan.dialect, sorted(plan.sets or ()), sorted(plan.ignored), sorted(plan.extended))).encode(
                "utf-8", "surrogatepass"
            )
        )
        digest.update(data)
        return digest.digest()

    def _vote(self, name: str) -> str:
        votes = self._votes.get(name.rpartition("/")[0])
        return max(votes, key=lambda dialect: votes[dialect]) if votes else ""

    def _note_dialect(self, name: str, dialect: str) -> None:
        if dialect:
            votes = self._votes.setdefault(name.rpartition("/")[0], {})
            votes[dialect] = votes.get(dialect, 0) + 1

    def _judge_all(self) -> None:
        state = self._state()
        project: Project | None = None
        for count, entry in enumerate(self._entries):
            if count % _TOLD_EVERY == 0:
                self._listener.progress(Progress(done=count, total=len(self._entries), activity="files judged"))
            judged: Judged | None = None
            if entry.unchanged and entry.state == state:
                data = self._cache.judged(entry.key)
                judged = msgspec.msgpack.decode(data, type=Judged) if data else None
                self.totals.unchanged_files += judged is not None
            if judged is None:
                if project is None:
                    project = self._project()
                judged = self._judge(entry, project)
                if judged is None:
                    continue
                if self._cache.persistent and not entry.failed:
                    self._cache.keep_judged(entry.key, state, _encode(judged))
            self.totals.add_file(entry.name, judged)
            for one in judged.diagnostics:
                if self.scope is not None and not self.scope(one):
                    continue
                if self.known is not None and self.known(one):
                    self.totals.known += 1
                    continue
                self.totals.add(one)
                self.diagnostics.append(one)
        self._cache.touch([entry.key for entry in self._entries if entry.unchanged])

    def _state(self) -> bytes:
        """Return the digest of everything that findings of other files may depend on."""
        digest = blake2b(digest_size=16, key=self._salt)
        for entry in self._entries:
            if entry.defines:
                digest.update(entry.key)
        return digest.digest()

    def _project(self) -> Project:
        project = Project()
        for entry in self._entries:
            if entry.defines:
                record = self._record(entry)
                if record is not None:
                    for *_, raw in record.statements:
                        project.take(_statement(raw).actions)
        return project

    def _record(self, entry: _Entry) -> FileRecord | None:
        if entry.place >= 0:
            return self._records[entry.place]
        data = self._cache.record(entry.key)
        if data is None:
            self.totals.skip(entry.name, "its record in the cache was lost during the run")
            entry.failed = True
            return None
        return _file(data)

    def _judge(self, entry: _Entry, project: Project) -> Judged | None:
        record = self._record(entry)
        return self._judged(entry.name, record, project) if record is not None else None

    def _judged(self, name: str, record: FileRecord, project: Project) -> Judged:
        plan = self._selection.plan(name)
        rules = self._selection.applying(plan, record.dialect, self._selection.sets_of(plan, name, record.dialect))
        place = Place(name, record.dialect, project, options=self._options, runner=self._limits.runner)
        placed = [
            Placed(start, end, line, column, _statement(raw), number)
            for number, start, end, line, column, raw in record.statements
        ]
        found = [_problem(name, one) for one in placed if one.record.error]
        equals: dict[tuple[str, str], int] = {}
        for code, finding, statement in judge(placed, place, rules, record.sections):
            rule = rules.get(code)
            equal = (code, statement.record.digest)
            equals[equal] = equals.get(equal, -1) + 1
            own = finding.severity or (rule.severity if rule else "error")
            called = rule.name if rule else PROBLEMS[code]
            severity = self._selection.severity(code, own)
            found.append(diagnostic(name, code, called, severity, finding, statement, equals[equal]))
        found.sort(key=lambda one: (one.span.start if one.span else 0, one.code))
        marks = suppressions.decode(record.suppressions)
        kept, silenced = suppressions.apply(found, marks, placed, name, rules)
        return Judged(
            diagnostics=tuple(kept),
            suppressed=silenced,
            count=record.count,
            opaque=record.opaque,
            errors=record.errors,
            dialect=record.dialect,
            reason=record.reason,
            sets=record.sets,
            size=record.size,
        )

    def look(self, name: str, data: bytes, work: Callable[[bytes], bytes]) -> Judged:
        """Return what is found in ``data`` if it were the file called ``name``, after a run, in this process.

        ``work`` is what a worker does. The project is that of the run. raises: InputError when it cannot be text.
        """
        plan = self._selection.plan(name)
        loaded = load(data, name, plan, max_statement=self._limits.max_statement, voted=self._vote(name))
        under_way = self._begun(loaded, plan, _Entry(name, b""), data)
        for index, one in enumerate(loaded.statements):
            if one.work is not None:
                under_way.records[index] = work(encode_work(one.work))
        if self._last_project is None:
            self._last_project = self._project()
        return self._judged(name, _record_of(under_way), self._last_project)


def _record_of(under_way: _UnderWay) -> FileRecord:
    """Put together what is known of a file whose statements are all back."""
    loaded = under_way.loaded
    speaking: list[tuple[int, int, int, int, int, msgspec.Raw]] = []
    opaque = errors = 0
    for number, (one, record) in enumerate(zip(loaded.statements, under_way.records, strict=True)):
        assert record is not None
        flags = record[0]
        opaque += bool(flags & OPAQUE)
        errors += bool(flags & ERROR)
        under_way.defines = under_way.defines or bool(flags & DEFINES)
        if flags & SPEAKS:
            speaking.append((number, one.start, one.end, one.line, one.column, msgspec.Raw(record[1:])))
    return FileRecord(
        name=loaded.name,
        dialect=loaded.dialect,
        reason=loaded.reason,
        sets=under_way.sets,
        size=loaded.size,
        count=len(loaded.statements),
        opaque=opaque,
        errors=errors,
        statements=tuple(speaking),
        sections=loaded.sections,
        suppressions=under_way.marks,
        made_up=loaded.made_up,
        left_out=loaded.left_out,
    )


def _problem(name: str, statement: Placed) -> Diagnostic:
    """Return the one diagnostic of a statement that was not analysed."""
    record = statement.record
    code = record.error_code
    message = record.error if code != "PT000" else f"not parsed, so not checked: {record.error}"
    where = Span(path=name, start=statement.start, end=statement.end, line=statement.line, column=statement.column)
    if record.layout is not None:
        where = span(name, statement, record.layout, 0, 0)
    return Diagnostic(
        code=code,
        name=PROBLEMS[code],
        severity="warning",
        message=message,
        span=where,
        key=f"{code}:{record.digest}:0",
    )
