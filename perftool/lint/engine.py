"""Lint any number of files: read, analyse each in a worker, judge all of them, and spill what was found.

Two passes. The first reads each file once and sends those that nobody knows yet to workers; what is known of a file
goes to a temporary file as soon as it is back, so that only files under way are in memory. The second pass walks over
these records in order, with the definitions of all of them added up, and judges.

A file that a worker did not survive, or that is large, is cut here, and its statements go to workers one by one: so
only the guilty one is lost, and one large file keeps all of them busy.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING, Final, TypeAlias

import msgspec

from perftool.errors import InputError
from perftool.events import Progress
from perftool.lint import suppressions
from perftool.lint.analysis import thresholds
from perftool.lint.filework import assembled, encoded, too_long
from perftool.lint.judging import judge
from perftool.lint.loading import LoadedFile, Spoken, load, spoken
from perftool.lint.origins import placed_back
from perftool.lint.place import Place, is_down
from perftool.lint.placing import diagnostic, span
from perftool.lint.problems import PROBLEMS
from perftool.lint.project import Project
from perftool.lint.reading.generated import is_generated
from perftool.lint.reading.surroundings import NOTHING, Beside
from perftool.lint.records import FileRecord, JudgedFile, Placed, StatementRecord
from perftool.lint.spill import Spill
from perftool.lint.totals import Totals
from perftool.lint.work import FileWork, Work, decode_result, encode, encode_statement
from perftool.model.diagnostic import Diagnostic, Span
from perftool.sql.actions import AnyAction, Name
from perftool.workers.api import Item

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from perftool.events import Listener
    from perftool.lint.cache import Cache
    from perftool.lint.reading.files import Found
    from perftool.lint.reading.surroundings import Surroundings
    from perftool.lint.selection import FilePlan, Selection
    from perftool.workers.api import Executor, Outcome
    from perftool.workers.metrics import Metrics

LARGE: Final = 1 << 20
"""Bytes from which on a file is cut here and not in one worker."""

_TOLD_EVERY: Final = 50
_CODES: Final = {"timeout": "PT002", "killed": "PT004", "memory": "PT004", "failed": "PT003", "cancelled": "PT002"}

_statement = msgspec.msgpack.Decoder(StatementRecord).decode
_file = msgspec.msgpack.Decoder(FileRecord).decode


_judged = msgspec.msgpack.Decoder(JudgedFile).decode


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a run may take: bytes of one statement; ``runner`` is what is known of the migration runner."""

    max_statement: int = 1 << 20
    runner: Mapping[str, str] = field(default_factory=dict)
    partitions: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Entry:
    """A file of this run, in the order of the report: where its record is, or that it is as it was."""

    name: str
    key: bytes
    defines: bool = False
    state: bytes | None = None
    place: int = -1
    unchanged: bool = False
    #: Where to read it anew should the cache have lost what is kept of it.
    found: Found | None = None
    vote: str = ""
    #: A digest of what was known of it beside its bytes, and the dialect that this tells.
    beside: bytes = b""
    hint: Beside = NOTHING
    compiled: bool = False


@dataclass(slots=True)
class _Out:
    """A file that is with a worker."""

    entry: _Entry
    spoken: Spoken
    sets: tuple[str, ...]
    data: bytes
    beside: Beside = NOTHING


@dataclass(slots=True)
class _Cut:
    """A file whose statements go to workers one by one; those that are back are in ``records``."""

    out: _Out
    loaded: LoadedFile
    records: list[bytes | None]
    missing: int = 0
    lasting: bool = True


Schema: TypeAlias = "Callable[[str], Iterable[tuple[AnyAction, ...]]]"
"""Given a dialect, what each statement of the schema file does."""


class Run:
    """One run of the linter over files; ``close`` it, or use it in a ``with`` block."""

    def __init__(
        self,
        selection: Selection,
        cache: Cache,
        executor: Executor,
        listener: Listener,
        limits: Limits,
        salt: bytes,
        schema: Schema | None = None,
        surroundings: Surroundings | None = None,
    ) -> None:
        self._selection = selection
        self._cache = cache
        self._executor = executor
        self._listener = listener
        self._limits = limits
        self._salt = salt
        self._records: Spill[FileRecord] = Spill(FileRecord)
        self._entries: list[_Entry] = []
        self._number = 0
        self._out: dict[int, _Out] = {}
        self._claims: dict[int, tuple[Work, list[tuple[_Cut, int]]]] = {}
        self._numbers: dict[Work, int] = {}
        self._again: deque[_Out] = deque()
        self._votes: dict[str, dict[str, int]] = {}
        self._by_name: dict[str, _Entry] = {}
        self._surroundings = surroundings
        self._options = thresholds(list(selection.rules.values()), selection.options)
        self._projects: dict[str, Project] | None = None
        self._schema = schema
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
        self._work(self._items(files))
        self._cache.flush()
        self._judge_all()

    def _work(self, items: Iterator[Item]) -> None:
        while True:
            for outcome in self._executor.run(items, ordered=False):
                self._take(outcome)
            if not self._again:
                break
            items = self._items(())

    def is_as_read(self, name: str, data: bytes) -> bool:
        """Say whether ``data`` is what the file called ``name`` held when it was looked at."""
        entry = self._entry(name)
        return entry is not None and entry.key == self._file_key(name, self._selection.plan(name), data, entry.beside)

    def was_compiled(self, name: str) -> bool:
        """Say whether a text that was made of the file called ``name`` was looked at in its place."""
        entry = self._entry(name)
        return entry is not None and entry.compiled

    def _entry(self, name: str) -> _Entry | None:
        if not self._by_name:
            self._by_name = {entry.name: entry for entry in self._entries}
        return self._by_name.get(name)

    def looks_for(self, code: str) -> bool:
        """Say whether the rule ``code`` runs on some file."""
        return code in self._selection.rules or code in PROBLEMS

    def metrics(self) -> Metrics:
        """Return what the workers have done."""
        return self._executor.metrics()

    def close(self) -> None:
        """Let go of the temporary files."""
        self._records.close()
        self.diagnostics.close()

    def _items(self, files: Iterable[Found]) -> Iterator[Item]:
        for count, found in enumerate(files):
            if count % _TOLD_EVERY == 0:
                self._listener.progress(Progress(done=count, total=None, activity=f"files, {found.name}"))
            out = self._read(found)
            if out is None:
                continue
            if len(out.beside.made or out.data) >= LARGE:
                yield from self._cut(out)
            else:
                yield self._sent(out)
            while self._again:
                yield from self._cut(self._again.popleft())
        while self._again:
            yield from self._cut(self._again.popleft())

    def _read(self, found: Found) -> _Out | None:
        """Read one file and settle what is known of it; None when there is nothing to do for a worker."""
        if found.reason:
            self.totals.skip(found.name, found.reason)
            return None
        try:
            data = found.read()
        except OSError as error:
            self.totals.skip(found.name, (error.strerror or str(error)).lower())
            return None
        plan = self._selection.plan(found.name)
        beside = self._beside(found, plan, data)
        digest = beside.digest() if beside is not NOTHING else b""
        entry = _Entry(found.name, self._file_key(found.name, plan, data, digest), beside=digest, hint=beside)
        if beside.made is not None:
            entry.compiled, entry.hint = True, NOTHING
        self._entries.append(entry)
        vote = self._vote(found.name)
        known = self._cache.file(entry.key) if self._cache.persistent else None
        if known is not None and known.voted in (None, vote):
            entry.defines, entry.state, entry.unchanged = known.defines, known.state, True
            entry.found, entry.vote = found, vote
            if known.voted is None:
                self._note_dialect(found.name, known.dialect)
            return None
        told = spoken(data, found.name, plan, vote, beside)
        if entry.compiled:
            entry.hint = Beside(hint=told.dialect, reason=told.reason)
        if told.voted is None:
            self._note_dialect(found.name, told.dialect)
        return _Out(entry, told, self._sets(plan, found.name, told.dialect, data), data, beside)

    def _beside(self, found: Found, plan: FilePlan, data: bytes) -> Beside:
        if self._surroundings is None:
            return NOTHING
        return self._surroundings.of(found.path, data, on_disk=found.data is None, asked=plan.dialect is None)

    def _sets(self, plan: FilePlan, name: str, dialect: str, data: bytes) -> tuple[str, ...]:
        sets = self._selection.sets_of(plan, name, dialect, generated=is_generated(data))
        return tuple(sorted(sets)) or ("generated",)

    def _next(self) -> int:
        self._number += 1
        return self._number

    def _sent(self, out: _Out) -> Item:
        number = self._next()
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
            out.beside,
        )
        return Item(number, encode(work))

    def _cut(self, out: _Out) -> Iterator[Item]:
        """Cut a file here and yield its statements, each that is new once."""
        name = out.entry.name
        try:
            loaded = load(
                out.data,
                name,
                out.spoken.dialect,
                max_statement=self._limits.max_statement,
                reason=out.spoken.reason,
                beside=out.beside,
            )
        except InputError as error:
            self._entries.remove(out.entry)
            self.totals.skip(name, error.message)
            return
        cut = _Cut(out, loaded, [None] * len(loaded.statements))
        new: dict[Work, list[tuple[_Cut, int]]] = {}
        for index, one in enumerate(loaded.statements):
            if one.work is None:
                cut.records[index] = too_long(one.end - one.start, self._limits.max_statement)
                continue
            cut.missing += 1
            number = self._numbers.get(one.work)
            if number is not None:
                self._claims[number][1].append((cut, index))
                self.totals.repeated += 1
            elif one.work in new:
                new[one.work].append((cut, index))
                self.totals.repeated += 1
            else:
                new[one.work] = [(cut, index)]
                self.totals.distinct += 1
        if not cut.missing:
            self._finish(cut)
        for work, claims in new.items():
            number = self._next()
            self._claims[number] = (work, claims)
            self._numbers[work] = number
            yield Item(number, encode_statement(work))

    def _take(self, outcome: Outcome) -> None:
        out = self._out.pop(outcome.number, None)
        if out is None:
            self._take_statement(outcome)
        elif outcome.result is None:
            self._again.append(out)
        else:
            came = decode_result(outcome.result)
            self.totals.distinct += came.distinct
            self.totals.repeated += came.repeated
            self.totals.kept += came.kept
            for key, record in came.new:
                self._cache.keep_statement(key, record)
            self._keep(out, bytes(came.record), defines=came.defines, lasting=True)

    def _take_statement(self, outcome: Outcome) -> None:
        work, claims = self._claims.pop(outcome.number)
        del self._numbers[work]
        record = outcome.result
        if record is None:
            code = _CODES.get(outcome.failure, "PT003")
            record = encoded(StatementRecord(kind="UNKNOWN", error=outcome.message, error_code=code))
        for cut, index in claims:
            cut.records[index] = record
            cut.missing -= 1
            cut.lasting = cut.lasting and outcome.result is not None
            if not cut.missing:
                self._finish(cut)

    def _finish(self, cut: _Cut) -> None:
        records = [record for record in cut.records if record is not None]
        made, defines = assembled(cut.loaded, records, cut.out.sets, cut.out.data)
        self._keep(cut.out, encode(made), defines=defines, lasting=cut.lasting)

    def _keep(self, out: _Out, record: bytes, *, defines: bool, lasting: bool) -> None:
        entry = out.entry
        entry.defines = defines
        entry.place = self._records.append_raw(record)
        if lasting and self._cache.persistent:
            self._cache.keep_file(
                entry.key, record, defines=defines, dialect=out.spoken.dialect, voted=out.spoken.voted
            )

    def _file_key(self, name: str, plan: FilePlan, data: bytes, beside: bytes) -> bytes:
        digest = blake2b(digest_size=16, key=self._salt)
        digest.update(
            repr((name, plan.dialect, sorted(plan.sets or ()), sorted(plan.ignored), sorted(plan.extended))).encode(
                "utf-8", "surrogatepass"
            )
        )
        digest.update(beside)
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
        for count, entry in enumerate(self._entries):
            if count % _TOLD_EVERY == 0:
                self._listener.progress(Progress(done=count, total=len(self._entries), activity="files judged"))
            judged: JudgedFile | None = None
            if entry.unchanged and entry.state == state:
                data = self._cache.judged(entry.key)
                judged = _judged(data) if data else None
                self.totals.unchanged_files += judged is not None
            if judged is None:
                record = self._record(entry)
                if record is None:
                    self.totals.skip(entry.name, "what the cache knew of it was lost, and it has changed since")
                    continue
                judged = self._judged(entry.name, record)
                if self._cache.persistent:
                    self._cache.keep_judged(entry.key, state, encode(judged))
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
                # Which tables a file means depends on where it lies.
                digest.update(entry.key)
                digest.update(entry.name.encode("utf-8", "surrogateescape"))
        return digest.digest()

    def _project(self) -> dict[str, Project]:
        """Return what the definitions of all files add up to, apart for each dialect: one file's tables are not
        those of another engine. What takes a migration back does not count.
        """
        projects: dict[str, Project] = {}
        for entry in self._entries:
            record = self._record(entry) if entry.defines and not is_down(entry.name) else None
            if record is None:
                continue
            project = self._project_of(projects, record.dialect)
            turns = list(record.sections)
            down = False
            for _, start, _, _, _, raw in record.statements:
                while turns and turns[0][0] <= start:
                    down = turns.pop(0)[1]
                if not down:
                    statement = _statement(raw)
                    project.take(statement.actions, entry.name)
                    project.count_filters(statement.filters)
        return projects

    def _project_of(self, projects: dict[str, Project], dialect: str) -> Project:
        project = projects.get(dialect)
        if project is None:
            project = projects[dialect] = Project(schema_given=self._schema is not None)
            if self._schema is not None:
                for statement in self._schema(dialect):
                    project.take(statement)
            for table, column in self._limits.partitions.items():
                schema, _, name = table.rpartition(".")
                project.partition(Name(name, schema), (column,))
        return project

    def _record(self, entry: _Entry) -> FileRecord | None:
        if entry.place < 0:
            data = self._cache.record(entry.key)
            if data is not None:
                return _file(data)
            self._recover(entry)
        return self._records[entry.place] if entry.place >= 0 else None

    def _recover(self, entry: _Entry) -> None:
        """Read and work a file after all, of which the cache has lost what it seemed to know."""
        if entry.found is None:
            return
        try:
            data = entry.found.read()
        except OSError:
            return
        plan = self._selection.plan(entry.name)
        beside = self._beside(entry.found, plan, data)
        digest = beside.digest() if beside is not NOTHING else b""
        if self._file_key(entry.name, plan, data, digest) != entry.key:
            return
        told = spoken(data, entry.name, plan, entry.vote, beside)
        self._again.append(_Out(entry, told, self._sets(plan, entry.name, told.dialect, data), data, beside))
        self._work(self._items(()))

    def _judged(self, name: str, record: FileRecord) -> JudgedFile:
        if self._projects is None:
            self._projects = self._project()
        project = self._project_of(self._projects, record.dialect)
        rules = self._selection.applying(self._selection.plan(name), record.dialect, frozenset(record.sets))
        place = Place(name, record.dialect, project, options=self._options, runner=self._limits.runner)
        placed = [
            Placed(start, end, line, column, _statement(raw), number)
            for number, start, end, line, column, raw in record.statements
        ]
        equals: dict[tuple[str, str], int] = {}

        def ordinal(code: str, statement: Placed) -> int:
            equal = (code, statement.record.digest)
            equals[equal] = equals.get(equal, -1) + 1
            return equals[equal]

        found = [_problem(name, one, ordinal(one.record.error_code, one)) for one in placed if one.record.error]
        for code, finding, statement in judge(placed, place, rules, record.sections):
            rule = rules.get(code)
            own = finding.severity or (rule.severity if rule else "error")
            called = rule.name if rule else PROBLEMS[code]
            severity = self._selection.severity(code, own)
            number = ordinal(code, statement)
            found.append(diagnostic(name, code, called, severity, finding, statement, number, record.rewritten))
        found.sort(key=lambda one: (one.span.start if one.span else 0, one.code))
        if record.origin is not None:
            found = placed_back(found, record.origin, record.dialect)
            # Comments are those of the model: what of it was not analysed may be any of it.
            placed = [one._replace(start=0, end=record.size) for one in placed]
        marks = suppressions.decode(record.suppressions)
        kept, silenced = suppressions.apply(found, marks, placed, name, rules, self._selection.known)
        return JudgedFile(
            diagnostics=tuple(kept),
            suppressed=silenced,
            count=record.count,
            opaque=record.opaque,
            errors=record.errors,
            dialect=record.dialect,
            reason=record.reason,
            sets=record.sets,
            size=record.size,
            left_out=record.left_out,
            note=record.note,
            outdated=record.outdated,
        )

    def look(self, name: str, data: bytes, work: Callable[[Work], bytes]) -> JudgedFile:
        """Return what is found in ``data`` if it were the file called ``name``, after a run, in this process.

        ``work`` analyses one statement as a worker does. The project is that of the run. A template is read as it is:
        what dbt made of it would not be made of ``data``.
        raises: InputError when it cannot be text.
        """
        plan = self._selection.plan(name)
        entry = self._entry(name)
        told = spoken(data, name, plan, self._vote(name), entry.hint if entry is not None else NOTHING)
        limit = self._limits.max_statement
        loaded = load(data, name, told.dialect, max_statement=limit, reason=told.reason)
        records = [
            work(one.work) if one.work is not None else too_long(one.end - one.start, limit)
            for one in loaded.statements
        ]
        made, _ = assembled(loaded, records, self._sets(plan, name, told.dialect, data), data)
        return self._judged(name, made)


def _problem(name: str, statement: Placed, ordinal: int) -> Diagnostic:
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
        key=f"{code}:{record.digest}:{ordinal}",
    )
