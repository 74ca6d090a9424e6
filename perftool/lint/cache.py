"""What is known of files and statements from earlier runs, in one SQLite file that many runs may share.

Two levels: the bytes of a file → what was found in it; the text of a statement → its facts and findings. A key holds
everything that the answer depends on, so an entry is right or it is not found. The file is no more than a cache: when
it is damaged it is made again, when it is locked for long nothing is kept.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from perftool.lint.seals import sealed, unsealed

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence

FORMAT: Final = 2
LARGEST: Final = 1 << 30
"""Bytes of the file above which entries that were not used lately go."""

_DAY: Final = 86_400
_KEPT_DAYS: Final = 30
_BUSY_MS: Final = 10_000
_BATCH: Final = 2_000
_ASKED: Final = 500

_SCHEMA: Final = f"""
PRAGMA page_size = 8192;
PRAGMA journal_mode = WAL;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -16384;
PRAGMA user_version = {FORMAT};
CREATE TABLE IF NOT EXISTS files (
  key BLOB NOT NULL, defines INTEGER NOT NULL, record BLOB NOT NULL, used INTEGER NOT NULL,
  dialect TEXT NOT NULL, voted TEXT, state BLOB, judged BLOB, UNIQUE (key)
);
CREATE TABLE IF NOT EXISTS statements (key BLOB NOT NULL, record BLOB NOT NULL, used INTEGER NOT NULL, UNIQUE (key));
"""


def statement_queries(keys: Sequence[bytes]) -> Iterator[tuple[str, Sequence[bytes]]]:
    """Yield queries, with their values, that ask a cache for keys and records of statements, some hundred at once."""
    for start in range(0, len(keys), _ASKED):
        part = keys[start : start + _ASKED]
        marks = ",".join("?" * len(part))
        yield f"SELECT key, record FROM statements WHERE key IN ({marks})", part  # noqa: S608  marks only


def whole(rows: Iterable[tuple[bytes, object]]) -> Iterator[tuple[bytes, bytes]]:
    """Yield those of ``rows``, keys and what was kept under them, that are as they were written."""
    for key, kept in rows:
        record = unsealed(kept)
        if record is not None:
            yield key, record


class KnownFile(NamedTuple):
    """What is kept of a file: ``defines``: it defines something that rules elsewhere stand on; ``state`` is the digest
    of the project that its findings (``judged``) were judged with. ``dialect`` is the one it was read in, ``voted``
    the one that the files around it had, where its own text told nothing."""

    defines: bool
    state: bytes | None
    dialect: str = ""
    voted: str | None = None


class Cache:
    """Records by key. ``path`` None keeps them in a file of its own for this run only.

    ``note`` is what to tell the user about the cache itself, "" if nothing. Not to be shared between threads.
    """

    def __init__(self, path: Path | None) -> None:
        self.note = ""
        self.persistent = path is not None
        #: The file where workers may look for statements of earlier runs, "" while there are none.
        self.store = ""
        self._today = int(time.time()) // _DAY
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._pending: dict[bytes, bytes] = {}
        self._path = path
        # The file, where it turned out in the middle of a run to be damaged: the next one is to make it anew.
        self._damaged: Path | None = None
        self._connection = self._opened(path)

    def statements(self, keys: Iterable[bytes]) -> dict[bytes, bytes]:
        """Return the records of those statements that are known."""
        found: dict[bytes, bytes] = {}
        asked: list[bytes] = []
        for key in keys:
            waiting = self._pending.get(key)
            if waiting is not None:
                found[key] = waiting
            else:
                asked.append(key)
        for query, part in statement_queries(asked):
            found.update(whole(self._all(query, part)))
        return found

    def keep_statement(self, key: bytes, record: bytes) -> None:
        """Keep the record of a statement."""
        self._pending[key] = record
        if len(self._pending) >= _BATCH:
            self.flush()

    def file(self, key: bytes) -> KnownFile | None:
        """Return what is kept of a file, without its record."""
        rows = self._all("SELECT defines, state, dialect, voted FROM files WHERE key = ?", [key])
        return KnownFile(bool(rows[0][0]), *rows[0][1:]) if rows else None

    def keep_file(
        self, key: bytes, record: bytes, *, defines: bool, dialect: str = "", voted: str | None = None
    ) -> None:
        """Keep the record of a file; see ``KnownFile``."""
        self._run(
            "INSERT OR REPLACE INTO files (key, defines, record, used, dialect, voted) VALUES (?, ?, ?, ?, ?, ?)",
            [(key, int(defines), sealed(record), self._today, dialect, voted)],
        )

    def record(self, key: bytes) -> bytes | None:
        """Return the record of a file."""
        rows = self._all("SELECT record FROM files WHERE key = ?", [key])
        return unsealed(rows[0][0]) if rows else None

    def judged(self, key: bytes) -> bytes | None:
        """Return the findings of a file as they were judged last."""
        rows = self._all("SELECT judged FROM files WHERE key = ?", [key])
        return unsealed(rows[0][0]) if rows else None

    def keep_judged(self, key: bytes, state: bytes, judged: bytes) -> None:
        """Keep the findings of a file, judged with the project whose digest is ``state``."""
        self._run("UPDATE files SET state = ?, judged = ? WHERE key = ?", [(state, sealed(judged), key)])

    def touch(self, keys: list[bytes]) -> None:
        """Note that these files were asked for today."""
        if self.persistent:
            self._run(
                "UPDATE files SET used = ? WHERE key = ? AND used <> ?",
                [(self._today, key, self._today) for key in keys],
            )

    def flush(self) -> None:
        """Write what waits to be written."""
        waiting, self._pending = self._pending, {}
        if waiting:
            rows = [(key, sealed(record), self._today) for key, record in waiting.items()]
            self._run("INSERT OR REPLACE INTO statements (key, record, used) VALUES (?, ?, ?)", rows)

    def close(self) -> None:
        """Write what waits, drop what has not been used for long, and close the file."""
        import sqlite3

        with contextlib.suppress(sqlite3.Error):
            self.flush()
            if self.persistent:
                self._prune()
            self._connection.commit()
        self._connection.close()
        if self._damaged is not None:
            _remove(self._damaged)
        if self._folder is not None:
            self._folder.cleanup()

    def _prune(self) -> None:
        execute = self._connection.execute
        (pages,), (size,) = execute("PRAGMA page_count").fetchone(), execute("PRAGMA page_size").fetchone()
        oldest = self._today - (_KEPT_DAYS if pages * size < LARGEST else 1)
        for table in ("files", "statements"):
            execute(f"DELETE FROM {table} WHERE used < ?", [oldest])  # noqa: S608  two fixed names

    def _opened(self, path: Path | None) -> sqlite3.Connection:
        """Open the cache; a damaged one is made again, one that cannot be used is replaced by one for this run."""
        import sqlite3

        if path is not None:
            for attempt in range(2):
                try:
                    path.parent.mkdir(parents=True, exist_ok=True)
                    return self._prepared(path)
                except sqlite3.DatabaseError as error:
                    if "locked" in str(error) or attempt:
                        self.note = f"cannot use the cache {path.name}: {error}"
                        break
                    self.note = f"the cache {path.name} was damaged ({error}) and is made again"
                    _remove(path)
                except OSError as error:
                    self.note = f"cannot use the cache {path.name}: {error.strerror or error}"
                    break
            self.persistent = False
        self._folder = tempfile.TemporaryDirectory(prefix="perftool-lint-")
        return self._prepared(Path(self._folder.name, "run.sqlite"))

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

    def _all(self, query: str, values: Sequence[bytes]) -> list[tuple[Any, ...]]:
        import sqlite3

        try:
            return list(self._connection.execute(query, values))
        except sqlite3.DatabaseError as error:
            self._give_up(error)
            return []

    def _run(self, query: str, rows: list[tuple[Any, ...]]) -> None:
        import sqlite3

        try:
            self._connection.executemany(query, rows)
            self._connection.commit()
        except sqlite3.DatabaseError as error:
            self._give_up(error)

    def _give_up(self, error: Exception) -> None:
        """Go on without a cache when the shared one fails in the middle of a run."""
        import sqlite3

        if not self.persistent:
            return
        self.persistent = False
        self.note = f"the cache failed during the run ({error}): nothing more is kept"
        if not isinstance(error, sqlite3.OperationalError):
            # Neither locked nor without room on the disk, which pass: its pages are wrong.
            self._damaged = self._path


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        with contextlib.suppress(OSError):
            os.unlink(f"{path}{suffix}")
