"""Analyse one file: cut it, analyse each statement that is not known yet, and put together what is known of it."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import msgspec

from perftool.lint import suppressions
from perftool.lint.analysis import text_digest
from perftool.lint.cache import statement_queries, whole
from perftool.lint.loading import LoadedFile, load
from perftool.lint.origins import Origin, origin_of
from perftool.lint.records import NO_MARKS, FileRecord, StatementRecord
from perftool.lint.work import FileResult, FileWork, Work, encode, encode_statement
from perftool.sql.positions import Places
from perftool.sql.source import MAX_STATEMENT
from perftool.workers import pace

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SPEAKS: Final = 1
ERROR: Final = 2
OPAQUE: Final = 4
DEFINES: Final = 8

#: Characters of statements that are kept with their records, for those that come again.
REMEMBERED: Final = 8 << 20


def encoded(record: StatementRecord) -> bytes:
    """Return flags in one byte (SPEAKS, ERROR, OPAQUE, DEFINES) and the encoded record."""
    flags = SPEAKS * record.speaks | ERROR * bool(record.error) | OPAQUE * record.opaque | DEFINES * record.defines
    return bytes((flags,)) + encode(record)


def too_long(size: int, limit: int) -> bytes:
    """Return the encoded record of a statement that is not read."""
    message = f"{size:,} bytes, over the limit of {limit:,}"
    return encoded(StatementRecord(kind="UNKNOWN", error=message, error_code="PT001"))


class FileWorker:
    """Analyses files with ``analyse``, which analyses one statement; remembers statements that it has seen."""

    def __init__(self, analyse: Callable[[Work], bytes]) -> None:
        self._analyse = analyse
        self._seen: dict[Work, bytes] = {}
        self._size = 0

    def __call__(self, work: FileWork) -> bytes:
        """Return the encoded ``FileResult``; raises: InputError when the file cannot be text."""
        loaded = load(
            work.data,
            work.name,
            work.dialect,
            max_statement=work.max_statement,
            reason=work.reason,
            beside=work.beside,
        )
        keys = [self._key(one.work, work.salt) for one in loaded.statements] if work.keys or work.store else []
        known = self._known(work.store, keys) if work.store else {}
        records: list[bytes] = []
        new: list[tuple[bytes, bytes]] = []
        distinct = repeated = kept = 0
        seen = self._seen
        for index, one in enumerate(loaded.statements):
            if one.work is None:
                records.append(too_long(one.end - one.start, work.max_statement))
                continue
            record = seen.get(one.work)
            if record is not None:
                repeated += 1
                records.append(record)
                continue
            distinct += 1
            record = known.get(keys[index]) if known else None
            if record is not None:
                kept += 1
            else:
                pace.renew()
                record = self._analyse(one.work)
                if work.keys:
                    new.append((keys[index], record))
            self._remember(one.work, record)
            records.append(record)
        made, defines = assembled(loaded, records, work.sets, work.data)
        return encode(FileResult(msgspec.Raw(encode(made)), defines, distinct, repeated, kept, tuple(new)))

    def _remember(self, work: Work, record: bytes) -> None:
        self._size += len(work.text) + len(record) + 200
        if self._size > REMEMBERED:
            self._seen.clear()
            self._size = 0
        self._seen[work] = record

    @staticmethod
    def _key(work: Work | None, salt: bytes) -> bytes:
        return blake2b(encode_statement(work), digest_size=16, key=salt).digest() if work is not None else b""

    @staticmethod
    def _known(store: str, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """Return what the cache knows of these statements; a cache that cannot be read knows nothing."""
        import sqlite3
        from contextlib import closing

        found: dict[bytes, bytes] = {}
        try:
            # Opened for each file anew: nobody tells a worker when it is the last.
            with closing(sqlite3.connect(f"file:{quote(store)}?mode=ro", uri=True, timeout=5)) as connection:
                for query, part in statement_queries(keys):
                    found.update(whole(connection.execute(query, part)))
        except sqlite3.Error:
            return found
        return found


def assembled(
    loaded: LoadedFile, records: Sequence[bytes], sets: tuple[str, ...], data: bytes
) -> tuple[FileRecord, bool]:
    """Put together what is known of a file from its statements' encoded records; say whether it defines anything."""
    speaking: list[tuple[int, int, int, int, int, msgspec.Raw]] = []
    opaque = errors = defines = 0
    made_of = loaded.beside.made
    text = data if made_of is None else made_of
    places: Places | None = None
    for number, record in enumerate(records):
        flags = record[0]
        if not flags:
            continue
        opaque += bool(flags & OPAQUE)
        errors += bool(flags & ERROR)
        defines |= flags & DEFINES
        if flags & SPEAKS:
            one = loaded.statements[number]
            places = places or Places(text)
            line, column = one.place or places.find(one.start)
            speaking.append((number, one.start, one.end, line, column, msgspec.Raw(record[1:])))
    own = loaded.statements if made_of is None else ()
    found = suppressions.read(data, loaded.dialect, within=loaded.within, statements=own)
    made = FileRecord(
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
        suppressions=msgspec.Raw(encode(found)) if found else NO_MARKS,
        made_up=loaded.made_up,
        left_out=loaded.left_out,
        rewritten=loaded.rewritten,
        origin=_origin(loaded, data) if made_of is not None and speaking else None,
        note=loaded.beside.note,
        outdated=made_of is None and bool(loaded.beside.note),
    )
    return made, bool(defines)


def _origin(loaded: LoadedFile, data: bytes) -> Origin:
    """Return what is needed to show in the model ``data`` what is found in the text that dbt made of it."""
    assert loaded.beside.made is not None
    own = load(data, loaded.name, loaded.dialect, max_statement=MAX_STATEMENT)
    statements = [(one.start, one.end, text_digest(one.work.text)) for one in own.statements if one.work is not None]
    return origin_of(data, loaded.beside.made, loaded.beside.name, statements)
