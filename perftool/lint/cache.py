"""What is known of files and statements from earlier runs, in one SQLite file that many runs may share.

Two levels: the bytes of a file → what was found in it; the text of a statement → its facts and findings. A key holds
everything that the answer depends on, so an entry is right or it is not found. The file is no more than a cache: when
it is damaged it is made again, when it is locked for long nothing is kept.
"""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from perftool.lint.seals import sealed, unsealed

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence

FORMAT: Final = 3
LARGEST: Final = 1 << 30
"""Bytes of the file above which entries that were not used lately go."""

_DAY: Final = 86_400
_KEPT_DAYS: Final = 30
_BUSY_MS: Final = 10_000
# Bytes that wait to be written, and what a row takes beside what it holds.
_MOST_WAITING: Final = 2 << 20
_ROW: Final = 300
_ASKED: Final = 500

_SCHEMA: Final = f"""
PRAGMA page_size = 8192;
PRAGMA journal_mode = WAL;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -16384;
PRAGMA user_version = {FORMAT};
CREATE TABLE IF NOT EXISTS files (
  key BLOB NOT NULL, used INTEGER NOT NULL, dialect TEXT NOT NULL, voted TEXT, state BLOB,
  judged BLOB, definitions BLOB, record BLOB, UNIQUE (key)
);
CREATE TABLE IF NOT EXISTS statements (key BLOB NOT NULL, used INTEGER NOT NULL, record BLOB NOT NULL, UNIQUE (key));
"""


def _queries(query: str, keys: Sequence[bytes]) -> Iterator[tuple[str, Sequence[bytes]]]:
    """Yield ``query`` with its values for some hundred of ``keys`` at once."""
    for start in range(0, len(keys), _ASKED):
        part = keys[start : start + _ASKED]
        yield f"{query} WHERE key IN ({','.join('?' * len(part))})", part


def statements_kept(store: str, keys: Sequence[bytes]) -> dict[bytes, bytes]:
    """Return what the cache in the file ``store`` knows of statements; one that cannot be read knows nothing."""
    import sqlite3
    from urllib.parse import quote

    found: dict[bytes, bytes] = {}
    try:
        # Opened each time anew: nobody tells a worker when it is the last.
        with contextlib.closing(sqlite3.connect(f"file:{quote(store)}?mode=ro", uri=True, timeout=5)) as connection:
            for query, part in _queries("SELECT key, record FROM statements", keys):
                found.update(_whole(connection.execute(query, part)))
    except sqlite3.Error:
        return found
    return found


def _whole(rows: Iterable[tuple[bytes, object]]) -> Iterator[tuple[bytes, bytes]]:
    """Yield those of ``rows``, keys and what was kept under them, that are as they were written."""
    for key, kept in rows:
        record = unsealed(kept)
        if record is not None:
            yield key, record


class KnownFile(NamedTuple):
    """What is kept of a file beside its findings: ``defines`` whether it adds to what the project defines; ``state`` is
    the digest of the project that its findings were judged with, ANY where they stand whatever that is, None where
    they were not. ``dialect`` is the one it was read in, ``voted`` the one that the files around it had, where its own
    text told nothing."""

    defines: bool
    state: bytes | None
    dialect: str = ""
    voted: str | None = None


#: The state of findings that stand whatever the project defines.
ANY: Final = b""


class Cache:
    """Records by key; with ``path`` None, or where that cannot be used, nothing is kept and nothing is found.

    What is kept is found once it is written: by a later run, or after ``flush``. ``note`` is what to tell the user
    about the cache itself, "" if nothing. Not to be shared between threads.
    """

    def __init__(self, path: Path | None) -> None:
        self.note = ""
        #: The file where workers may look for statements of earlier runs, "" while there are none.
        self.store = ""
        self._today = int(time.time()) // _DAY
        self._statements: dict[bytes, bytes] = {}
        self._files: dict[bytes, tuple[Any, ...]] = {}
        self._judged: list[tuple[bytes, bytes, bytes]] = []
        self._waiting = 0
        self._path = path
        self._damaged = False
        self._connection = None if path is None else self._opened(path)

    @property
    def persistent(self) -> bool:
        """Whether anything is kept."""
        return self._connection is not None

    def keep_statement(self, key: bytes, record: bytes) -> None:
        """Keep the record of a statement."""
        self._statements[key] = record
        self._count(record)

    def files(self, keys: Sequence[bytes]) -> dict[bytes, KnownFile]:
        """Return what is kept of files, without records and findings."""
        found = self._all("SELECT key, definitions IS NOT NULL, state, dialect, voted FROM files", keys)
        return {key: KnownFile(bool(defines), *others) for key, defines, *others in found}

    def keep_file(
        self,
        key: bytes,
        *,
        record: bytes = b"",
        judged: bytes = b"",
        definitions: bytes = b"",
        dialect: str = "",
        voted: str | None = None,
    ) -> None:
        """Keep what is known of a file: its findings where they stand whatever the project defines, else its record."""
        state = ANY if judged else None
        contents = (sealed(one) if one else None for one in (record, definitions, judged))
        values = (key, self._today, dialect, voted, state, *contents)
        self._files[key] = values
        self._count(record, judged, definitions)

    def definitions(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """Return what files define, those that define something."""
        return dict(_whole(self._all("SELECT key, definitions FROM files", keys)))

    def records(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """Return the records of files."""
        return dict(_whole(self._all("SELECT key, record FROM files", keys)))

    def judged(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """Return the findings of files as they were judged last."""
        return dict(_whole(self._all("SELECT key, judged FROM files", keys)))

    def keep_judged(self, key: bytes, state: bytes, judged: bytes) -> None:
        """Keep the findings of a file, judged with the project whose digest is ``state``."""
        self._judged.append((state, sealed(judged), key))
        self._count(judged)

    def touch(self, keys: Sequence[bytes]) -> None:
        """Note that these files were asked for today."""
        old = [
            (self._today, key) for key, used in self._all("SELECT key, used FROM files", keys) if used != self._today
        ]
        if old:
            self._run("UPDATE files SET used = ? WHERE key = ?", old)

    def flush(self) -> None:
        """Write what waits to be written."""
        statements, files, judged = self._statements, self._files, self._judged
        self._statements, self._files, self._judged = {}, {}, []
        self._waiting = 0
        if statements:
            # In the order of the keys, which are digests: a page of the index is then filled at once.
            rows = [(key, sealed(record), self._today) for key, record in sorted(statements.items())]
            self._run("INSERT OR REPLACE INTO statements (key, record, used) VALUES (?, ?, ?)", rows)
        if files:
            self._run(
                "INSERT OR REPLACE INTO files (key, used, dialect, voted, state, record, definitions, judged)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                list(files.values()),
            )
        if judged:
            self._run("UPDATE files SET state = ?, judged = ? WHERE key = ?", judged)

    def _count(self, *kept: bytes) -> None:
        self._waiting += _ROW + sum(map(len, kept))
        if self._waiting > _MOST_WAITING:
            self.flush()

    def close(self) -> None:
        """Write what waits, drop what has not been used for long, and close the file."""
        import sqlite3

        with contextlib.suppress(sqlite3.Error):
            self.flush()
            if self._connection is not None:
                self._prune(self._connection)
                self._connection.commit()
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if self._damaged and self._path is not None:
            # The next run is to make it anew.
            _remove(self._path)

    def _prune(self, connection: sqlite3.Connection) -> None:
        """Drop what has not been used for long, once a day: all rows have to be looked at."""

        def told(name: str) -> int:
            return int(connection.execute(f"PRAGMA {name}").fetchone()[0])

        if told("application_id") == self._today:
            return
        oldest = self._today - (_KEPT_DAYS if told("page_count") * told("page_size") < LARGEST else 1)
        for table in ("files", "statements"):
            connection.execute(f"DELETE FROM {table} WHERE used < ?", [oldest])  # noqa: S608  two fixed names
        connection.execute(f"PRAGMA application_id = {self._today}")

    def _opened(self, path: Path) -> sqlite3.Connection | None:
        """Open the cache; a damaged one is made again, one that cannot be used is done without."""
        import sqlite3

        for attempt in range(2):
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                return self._prepared(path)
            except sqlite3.DatabaseError as error:
                if "locked" in str(error) or attempt:
                    self.note = f"cannot use the cache {path.name}: {error}"
                    break
                what = "is of another version" if str(error).startswith("format") else f"was damaged ({error})"
                self.note = f"the cache {path.name} {what}: it is made again"
                _remove(path)
            except OSError as error:
                self.note = f"cannot use the cache {path.name}: {error.strerror or error}"
                break
        return None

    def _prepared(self, path: Path) -> sqlite3.Connection:
        import sqlite3

        connection = sqlite3.connect(path, timeout=_BUSY_MS / 1000, isolation_level="IMMEDIATE")
        try:
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version not in (0, FORMAT):
                raise sqlite3.DatabaseError(f"format {version}")
            connection.executescript(_SCHEMA)
            if connection.execute("SELECT key FROM statements LIMIT 1").fetchall():
                self.store = str(path)
        except BaseException:
            connection.close()
            raise
        return connection

    def _all(self, query: str, keys: Sequence[bytes]) -> list[tuple[Any, ...]]:
        """Return the rows of these keys, in any order, of what is written."""
        if self._connection is None:
            return []
        import sqlite3

        found: list[tuple[Any, ...]] = []
        try:
            for asked, part in _queries(query, keys):
                found += self._connection.execute(asked, part)
        except sqlite3.DatabaseError as error:
            self._give_up(error)
            return []
        return found

    def _run(self, query: str, rows: list[tuple[Any, ...]]) -> None:
        if self._connection is None:
            return
        import sqlite3

        try:
            self._connection.executemany(query, rows)
            self._connection.commit()
        except sqlite3.DatabaseError as error:
            self._give_up(error)

    def _give_up(self, error: Exception) -> None:
        """Go on without a cache when it fails in the middle of a run."""
        import sqlite3

        if self._connection is None:
            return
        self._connection.close()
        self._connection = None
        self.note = f"the cache failed during the run ({error}): nothing more is kept"
        # Neither locked nor without room on the disk, which pass: its pages are wrong.
        self._damaged = not isinstance(error, sqlite3.OperationalError)


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        with contextlib.suppress(OSError):
            os.unlink(f"{path}{suffix}")
