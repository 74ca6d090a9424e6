"""From what is known of each file to its findings: those that need the project are judged when all files are known."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from perftool.events import Progress
from perftool.lint.cache import ANY
from perftool.lint.gathering import TOLD_EVERY
from perftool.lint.judged_file import JudgedFile
from perftool.lint.project import Project
from perftool.lint.records import Definitions, FileRecord
from perftool.lint.sharing import decode_file
from perftool.lint.work import encode
from perftool.sql.actions import Name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from perftool.events import Listener
    from perftool.lint.cache import Cache
    from perftool.lint.cutting import Entry
    from perftool.lint.diagnosing import Diagnoser
    from perftool.lint.limits import Limits, Schema
    from perftool.lint.selection import Selection
    from perftool.lint.spill import Pile

_AT_ONCE: Final = 200

_judged = msgspec.msgpack.Decoder(JudgedFile).decode
_definitions = msgspec.msgpack.Decoder(Definitions).decode


class Concluded(NamedTuple):
    """A file and what is found in it: ``unchanged`` as it was in the cache, None where it was and is no longer."""

    name: str
    judged: JudgedFile | None
    unchanged: bool


class Conclusion:
    """The second half of a run: the findings of each of ``entries``, in their order."""

    def __init__(
        self,
        entries: Sequence[Entry],
        pile: Pile,
        cache: Cache,
        selection: Selection,
        diagnoser: Diagnoser,
        limits: Limits,
        salt: bytes,
        schema: Schema | None,
        recover: Callable[[Entry], None],
    ) -> None:
        self._entries = entries
        self._pile = pile
        self._cache = cache
        self._selection = selection
        self._diagnoser = diagnoser
        self._limits = limits
        self._salt = salt
        self._schema = schema
        #: Works a file of which the cache has lost what it seemed to know; afterwards the pile has it, or nothing has.
        self._recover = recover
        self._projects: dict[str, Project] | None = None

    def files(self, listener: Listener) -> Iterator[Concluded]:
        """Yield what came of each file, in their order."""
        state = self._state()
        for start in range(0, len(self._entries), _AT_ONCE):
            part = self._entries[start : start + _AT_ONCE]
            fresh = [one.key for one in part if one.unchanged and one.state in (ANY, state)]
            kept = self._cache.judged(fresh) if fresh else {}
            old = [one.key for one in part if one.unchanged and one.key not in kept]
            records = self._cache.records(old) if old else {}
            for count, entry in enumerate(part, start):
                if count % TOLD_EVERY == 0:
                    listener.progress(Progress(done=count, total=len(self._entries), activity="files judged"))
                known = kept.get(entry.key)
                judged = self._judged_now(entry, records, state) if known is None else _judged(known)
                yield Concluded(entry.name, judged, known is not None)
        self._cache.touch([one.key for one in self._entries if one.unchanged])

    def judged(self, record: FileRecord) -> JudgedFile:
        """Return what is found in a file, whatever it needs to know of the others."""
        if self._projects is None:
            self._projects = self._added_up()
        plan = self._selection.plan(record.name)
        project = self._project(self._projects, record.dialect)
        found = self._diagnoser.diagnose(record, project, ignored=plan.ignored, extended=plan.extended)
        assert found is not None
        return found

    def _judged_now(self, entry: Entry, records: Mapping[bytes, bytes], state: bytes) -> JudgedFile | None:
        data = records.get(entry.key)
        if data is None:
            self._ensure(entry)
            if entry.place < 0:
                return None
            data = self._pile.get(entry.place)
        if entry.judged:
            return _judged(data)
        found = self.judged(decode_file(data))
        if self._cache.persistent:
            self._cache.keep_judged(entry.key, state, encode(found))
        return found

    def _ensure(self, entry: Entry) -> None:
        """Have what is known of a file in the pile, unless it is lost."""
        if entry.place < 0:
            self._recover(entry)

    def _state(self) -> bytes:
        """Return the digest of everything that findings of other files may depend on."""
        digest = blake2b(digest_size=16, key=self._salt)
        for entry in self._entries:
            if entry.defines:
                # It names the file too: which tables are meant depends on where it lies.
                digest.update(entry.key)
        return digest.digest()

    def _added_up(self) -> dict[str, Project]:
        """Return what the definitions of all files add up to, apart for each dialect: one file's tables are not
        those of another engine.
        """
        projects: dict[str, Project] = {}
        defining = [entry for entry in self._entries if entry.defines]
        for start in range(0, len(defining), _AT_ONCE):
            part = defining[start : start + _AT_ONCE]
            unchanged = [entry.key for entry in part if entry.defined < 0]
            kept = self._cache.definitions(unchanged) if unchanged else {}
            for entry in part:
                data = kept.get(entry.key)
                if data is None:
                    self._ensure(entry)
                    data = self._pile.get(entry.defined) if entry.defined >= 0 else None
                if data is not None:
                    found = _definitions(data)
                    self._project(projects, found.dialect).add(found, entry.name)
        return projects

    def _project(self, projects: dict[str, Project], dialect: str) -> Project:
        project = projects.get(dialect)
        if project is None:
            project = projects[dialect] = Project(schema_given=self._schema is not None)
            if self._schema is not None:
                for statement in self._schema(dialect):
                    project.take(statement)
            partitions: Mapping[str, str] = self._limits.partitions
            for table, column in partitions.items():
                schema, _, name = table.rpartition(".")
                project.partition(Name(name, schema), (column,))
        return project
