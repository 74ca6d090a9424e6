"""Analyse one file: cut it, analyse each statement that is not known yet, and put together what is known of it."""

from __future__ import annotations

from collections import Counter
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

from perftool.lint import suppressions
from perftool.lint.analysis import text_digest
from perftool.lint.api import ROW_STORES
from perftool.lint.cache import statements_kept
from perftool.lint.loading import LoadedFile, load
from perftool.lint.origins import Origin, origin_of
from perftool.lint.paths import is_down
from perftool.lint.records import DEFINING, Definitions, FileRecord, Placed, StatementRecord
from perftool.lint.work import FileResult, FileWork, Work, decode_statement, encode, encode_statement
from perftool.sql.actions import CreateOther
from perftool.sql.positions import Places
from perftool.sql.source import MAX_STATEMENT
from perftool.workers import pace

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from perftool.lint.diagnosing import Diagnoser
    from perftool.sql.actions import AnyAction

_DEFINING: Final[frozenset[type]] = frozenset(DEFINING)
#: What a remembered statement takes beside its text, about; and beside its encoded record, known by its key.
_COST: Final = 800
_COST_OF_KEY: Final = 200
#: Bytes of statements that are kept with their records, for those that come again.
REMEMBERED: Final = 20 << 20


def too_long(size: int, limit: int) -> StatementRecord:
    """Return the record of a statement that is not read."""
    message = f"{size:,} bytes, over the limit of {limit:,}"
    return StatementRecord(kind="UNKNOWN", error=message, error_code="PT001")


class FileWorker:
    """Analyses files with ``analyse``, which analyses one statement; remembers statements that it has seen.

    With a ``diagnoser`` it judges those whose findings do not depend on other files.
    """

    def __init__(self, analyse: Callable[[Work], StatementRecord], diagnoser: Diagnoser | None = None) -> None:
        self._analyse = analyse
        self._diagnoser = diagnoser
        # By their texts; or, where keys are asked for anyway, encoded by their keys, in a fifth of the room.
        self._seen: dict[Work, StatementRecord] = {}
        self._kept: dict[bytes, bytes] = {}
        self._equal: dict[bytes, bytes] = {}
        self._size = 0

    def __call__(self, work: FileWork) -> FileResult:
        """Return what came of a file; raises: InputError when it cannot be text."""
        loaded = load(
            work.data,
            work.name,
            work.dialect,
            max_statement=work.max_statement,
            reason=work.reason,
            beside=work.beside,
        )
        keys = [self._key(one.work, work.salt) for one in loaded.statements] if work.keys or work.store else []
        known = statements_kept(work.store, keys) if work.store else {}
        records: list[StatementRecord] = []
        new: list[tuple[bytes, bytes]] = []
        distinct = repeated = kept = 0
        seen = self._seen
        for index, one in enumerate(loaded.statements):
            if one.work is None:
                records.append(too_long(one.end - one.start, work.max_statement))
                continue
            data = self._kept.get(keys[index]) if keys else None
            record = decode_statement(data) if data is not None else seen.get(one.work)
            if record is not None:
                repeated += 1
                records.append(record)
                continue
            distinct += 1
            data = known.get(keys[index]) if known else None
            if data is not None:
                kept += 1
                record = decode_statement(data)
            else:
                pace.renew()
                record = self._analyse(one.work)
                if work.keys:
                    data = encode(record)
                    new.append((keys[index], data))
            if data is not None:
                self._keep(keys[index], data)
            else:
                self._remember(one.work, record)
            records.append(record)
        made = assembled(loaded, records, work.sets, work.data)
        judged = None
        if self._diagnoser is not None:
            judged = self._diagnoser.diagnose(made, None, ignored=work.ignored, extended=work.extended)
        return FileResult(
            record=b"" if judged is not None else encode(made),
            judged=b"" if judged is None else encode(judged),
            definitions=definitions(made),
            distinct=distinct,
            repeated=repeated,
            kept=kept,
            new=tuple(new),
        )

    def _remember(self, work: Work, record: StatementRecord) -> None:
        self._grow(_COST + 2 * len(work.text))
        self._seen[work] = record

    def _keep(self, key: bytes, data: bytes) -> None:
        # Most statements have nothing to say, and say it alike.
        same = self._equal.setdefault(data, data)
        self._grow(_COST_OF_KEY + (len(data) if same is data else 0))
        self._kept[key] = same

    def _grow(self, size: int) -> None:
        self._size += size
        if self._size > REMEMBERED:
            self._seen.clear()
            self._kept.clear()
            self._equal.clear()
            self._size = size

    @staticmethod
    def _key(work: Work | None, salt: bytes) -> bytes:
        return blake2b(encode_statement(work), digest_size=16, key=salt).digest() if work is not None else b""


def assembled(loaded: LoadedFile, records: Sequence[StatementRecord], sets: tuple[str, ...], data: bytes) -> FileRecord:
    """Put together what is known of a file from its statements' records."""
    speaking: list[Placed] = []
    opaque = errors = 0
    made_of = loaded.beside.made
    text = data if made_of is None else made_of
    places: Places | None = None
    for number, record in enumerate(records):
        if record.opaque:
            opaque += 1
        if record.error:
            errors += 1
        if record.speaks:
            one = loaded.statements[number]
            if places is None:
                places = Places(text)
            line, column = one.place or places.find(one.start)
            speaking.append(Placed(one.start, one.end, line, column, record, number))
    own = loaded.statements if made_of is None else ()
    return FileRecord(
        name=loaded.name,
        dialect=loaded.dialect,
        reason=loaded.reason,
        sets=sets,
        size=loaded.size,
        count=len(loaded.statements),
        opaque=opaque,
        errors=errors,
        statements=tuple(speaking),
        sections=loaded.sections,
        commands=loaded.commands,
        suppressions=tuple(suppressions.read(data, loaded.dialect, within=loaded.within, statements=own)),
        made_up=loaded.made_up,
        left_out=loaded.left_out,
        rewritten=loaded.rewritten,
        origin=_origin(loaded, data) if made_of is not None and speaking else None,
        note=loaded.beside.note,
        outdated=made_of is None and bool(loaded.beside.note),
    )


def _origin(loaded: LoadedFile, data: bytes) -> Origin:
    """Return what is needed to show in the model ``data`` what is found in the text that dbt made of it."""
    assert loaded.beside.made is not None
    own = load(data, loaded.name, loaded.dialect, max_statement=MAX_STATEMENT)
    statements = [(one.start, one.end, text_digest(one.work.text)) for one in own.statements if one.work is not None]
    return origin_of(data, loaded.beside.made, loaded.beside.name, statements)


def definitions(record: FileRecord) -> bytes:
    """Return what a file defines, encoded; empty where that is nothing."""
    found = defined(record)
    return b"" if found is None else encode(found)


def _matters(action: AnyAction, record: FileRecord) -> bool:
    """Say whether others need to know: of views and functions only what a schema of a row store is there for."""
    if not isinstance(action, CreateOther):
        return True
    return action.name is not None and action.name.schema != "" and record.dialect in ROW_STORES


def defined(record: FileRecord) -> Definitions | None:
    """Return what a file defines; None where that is nothing, or where it takes a migration back as a whole."""
    if is_down(record.name):
        return None
    turns = list(record.sections)
    down = False
    actions: list[AnyAction] = []
    filters: Counter[tuple[str, str]] = Counter()
    for statement in record.statements:
        while turns and turns[0][0] <= statement.start:
            down = turns.pop(0)[1]
        if not down:
            actions += [one for one in statement.record.actions if one.__class__ in _DEFINING and _matters(one, record)]
            if statement.record.filters:
                filters.update(statement.record.filters)
    if not actions and not filters:
        return None
    counted = tuple((table, column, count) for (table, column), count in filters.items())
    return Definitions(record.dialect, tuple(actions), counted)
